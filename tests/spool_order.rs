//! The order of the spool's writes, its syncs and the requests, as the operating system sees it.
#![cfg(target_os = "linux")]

use lunogram::queue::{Delivery, Durability, SpoolOptions};
use lunogram_tests::process::{again, assert_passes, preloaded};
use lunogram_tests::spool::{builder, options, server, track};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// The folder for the spool and the log; set for the process that is observed.
const FOLDER: &str = "LUNOGRAM_TEST_ORDER";

/// Appends a line to the file `calls` for each write and sync of a spool's marks, for each file of
/// marks that is created, for each sync of the folder, for each file that is removed, and for each
/// request with events.
const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void note(const char *call) {
    const char *folder = getenv("LUNOGRAM_TEST_ORDER");
    char path[PATH_MAX];
    if (!folder) return;
    snprintf(path, sizeof path, "%s/calls", folder);
    int calls = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
    dprintf(calls, "%s\n", call);
    close(calls);
}

static int ends(const char *path, const char *end) {
    size_t length = strlen(path), more = strlen(end);
    return length > more && strcmp(path + length - more, end) == 0;
}

static int is(int file, const char *end) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return ends(path, end);
}

static void note_sync(int file) {
    if (is(file, ".acks")) note("sync");
    if (is(file, "/spool")) note("folder");
}

static void note_request(const void *bytes, size_t count) {
    if (memmem(bytes, count, "POST /api/client/users/events", 29)) note("request");
}

ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (is(file, ".acks")) note("mark");
    note_request(bytes, count);
    return next(file, bytes, count);
}

ssize_t send(int file, const void *bytes, size_t count, int flags) {
    ssize_t (*next)(int, const void *, size_t, int) = dlsym(RTLD_NEXT, "send");
    note_request(bytes, count);
    return next(file, bytes, count, flags);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    ssize_t (*next)(int, const struct iovec *, int) = dlsym(RTLD_NEXT, "writev");
    for (int i = 0; i < count; i++) note_request(parts[i].iov_base, parts[i].iov_len);
    return next(file, parts, count);
}

int fsync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fsync");
    int result = next(file);
    note_sync(file);
    return result;
}

int fdatasync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = next(file);
    note_sync(file);
    return result;
}

int open64(const char *path, int flags, ...) {
    int (*next)(const char *, int, ...) = dlsym(RTLD_NEXT, "open64");
    va_list rest;
    va_start(rest, flags);
    int mode = va_arg(rest, int);
    va_end(rest);
    if (ends(path, ".acks") && flags & O_CREAT && access(path, F_OK)) note("created");
    return next(path, flags, mode);
}

int unlink(const char *path) {
    int (*next)(const char *) = dlsym(RTLD_NEXT, "unlink");
    int result = next(path);
    if (ends(path, ".log")) note("log removed");
    if (ends(path, ".acks")) note("acks removed");
    return result;
}
"#;

async fn deliver(folder: &Path, delivery: Delivery) {
    let server = server().await;
    let spool = SpoolOptions::new(folder.join("spool")).durability(Durability::Immediate);
    let client = builder(&server, spool)
        .queue(options().delivery(delivery).batch_events(5).in_flight(1))
        .build()
        .expect("a client");
    for n in 0..4 {
        track(&client, 10 * n..10 * (n + 1));
        client.flush().await.expect("not held");
    }
    let stats = client.shutdown(Duration::from_secs(60)).await;
    assert_eq!(stats.expect("not held").delivered(), 40);
}

#[tokio::test]
async fn a_mark_is_on_disk_before_its_batch_leaves_and_a_file_is_gone_before_its_marks() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = Path::new(&folder);
        for delivery in [Delivery::AtMostOnce, Delivery::Isolated] {
            deliver(folder, delivery).await;
            let calls = fs::read_to_string(folder.join("calls")).expect("text");
            fs::remove_file(folder.join("calls")).expect("removed");
            let (mut marks, mut synced, mut requests) = (0, 0, 0);
            let (mut created, mut removed, mut names_are_synced) = (0, 0, true);
            for call in calls.lines() {
                match call {
                    "mark" => marks += 1,
                    "sync" => synced = marks,
                    "folder" => names_are_synced = true,
                    "created" => {
                        created += 1;
                        names_are_synced = false;
                    }
                    "log removed" => names_are_synced = false,
                    "acks removed" => {
                        removed += 1;
                        // Without them, a log that came back would be sent again.
                        assert!(names_are_synced, "{calls}");
                    }
                    _ => {
                        requests += 1;
                        // Each request has its own mark, and no mark waits for a sync.
                        let are_on_disk = synced == marks && names_are_synced;
                        assert!(marks >= requests && are_on_disk, "{calls}");
                    }
                }
            }
            assert!(requests >= 8 && created > 0, "{delivery:?}: {calls}");
            assert_eq!(created, removed, "{calls}");
        }
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = again(
        "spool_order::a_mark_is_on_disk_before_its_batch_leaves_and_a_file_is_gone_before_its_marks",
    );
    child
        .env(FOLDER, folder.path())
        .env("LD_PRELOAD", preloaded(folder.path(), LIBRARY));
    assert_passes(&mut child);
}
