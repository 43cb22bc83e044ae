//! The order of the spool's writes, its syncs and the requests, as the operating system sees it.
#![cfg(target_os = "linux")]

use lunogram::queue::{Delivery, Durability, SpoolOptions};
use lunogram_tests::process::{again, assert_passes, preloaded};
use lunogram_tests::spool::{builder, options, server, track};
use std::fs;
use std::path::Path;

/// The folder for the spool and the log; set for the process that is observed.
const FOLDER: &str = "LUNOGRAM_TEST_ORDER";

/// Appends a line to the file `calls` for each write and sync of a spool's marks, and for each
/// request with events.
const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
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

static int is_marks(int file) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path);
    return length > 5 && memcmp(path + length - 5, ".acks", 5) == 0;
}

static void note_request(const void *bytes, size_t count) {
    if (memmem(bytes, count, "POST /api/client/users/events", 29)) note("request");
}

ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (is_marks(file)) note("mark");
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
    if (is_marks(file)) note("sync");
    return result;
}

int fdatasync(int file) {
    int (*next)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = next(file);
    if (is_marks(file)) note("sync");
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
    assert_eq!(client.stats().delivered(), 40);
}

#[tokio::test]
async fn a_mark_is_on_disk_before_its_batch_leaves() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = Path::new(&folder);
        for delivery in [Delivery::AtMostOnce, Delivery::Isolated] {
            deliver(folder, delivery).await;
            let calls = fs::read_to_string(folder.join("calls")).expect("text");
            fs::remove_file(folder.join("calls")).expect("removed");
            let (mut marks, mut synced, mut requests) = (0, 0, 0);
            for call in calls.lines() {
                match call {
                    "mark" => marks += 1,
                    "sync" => synced = marks,
                    _ => {
                        requests += 1;
                        // Each request has its own mark, and no mark waits for a sync.
                        assert!(marks >= requests && synced == marks, "{calls}");
                    }
                }
            }
            assert!(requests >= 8, "{delivery:?}: {calls}");
        }
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = again("spool_order::a_mark_is_on_disk_before_its_batch_leaves");
    child
        .env(FOLDER, folder.path())
        .env("LD_PRELOAD", preloaded(folder.path(), LIBRARY));
    assert_passes(&mut child);
}
