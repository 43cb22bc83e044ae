//! A spool that fills its disk, in a process in which writes fail when the folder is full.
#![cfg(target_os = "linux")]

use lunogram::queue::{Delivery, SpoolOptions};
use lunogram::{Client, ErrorKind, Event};
use lunogram_tests::process::{again, assert_passes, preloaded};
use lunogram_tests::spool::{builder, cut_off, numbers, options, server};
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// The folder of the spool; set for the process whose disk is small.
const FOLDER: &str = "LUNOGRAM_TEST_SMALL_DISK";

/// Writes to regular files fail when the folder would have more bytes than the disk.
const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static long used(const char *folder) {
    long sum = 0;
    DIR *open = opendir(folder);
    struct dirent *entry;
    while (open && (entry = readdir(open))) {
        char path[PATH_MAX];
        struct stat found;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &found) == 0 && S_ISREG(found.st_mode)) sum += found.st_size;
    }
    if (open) closedir(open);
    return sum;
}

static int is_full(int file, size_t count) {
    const char *folder = getenv("LUNOGRAM_TEST_SMALL_DISK");
    struct stat found;
    return folder && fstat(file, &found) == 0 && S_ISREG(found.st_mode)
        && used(folder) + (long)count > (2 << 20);
}

ssize_t write(int file, const void *bytes, size_t count) {
    ssize_t (*next)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
    if (is_full(file, count)) {
        errno = ENOSPC;
        return -1;
    }
    return next(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    ssize_t (*next)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    if (is_full(file, count)) {
        errno = ENOSPC;
        return -1;
    }
    return next(file, bytes, count, at);
}
"#;

/// Tracks until the disk is full, and returns how many events fit.
fn fill(client: &Client, from: u64) -> u64 {
    let filler = "x".repeat(1_000);
    for n in from.. {
        let seen = Event::new("seen").to("u");
        let seen = seen.data(json!({"n": n, "filler": filler}));
        if let Err(error) = client.track(&seen) {
            assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            return n;
        }
    }
    unreachable!("the disk is small")
}

async fn drains(folder: &Path, delivery: Delivery) {
    let server = server().await;
    let first = cut_off(folder);
    let events = fill(&first, 0);
    assert!(events > 1_000, "{events}");
    let _ = first.shutdown(Duration::ZERO).await.expect("not held");

    let next = builder(&server, SpoolOptions::new(folder))
        .queue(options().delivery(delivery).batch_events(7))
        .build()
        .expect("a client");
    next.flush().await.expect("not held");
    let stats = next.stats();
    assert_eq!(
        (stats.delivered(), stats.recovered()),
        (events, events),
        "{stats}"
    );
    // The room is free again.
    assert!(fill(&next, events) > events);
    let _ = next.shutdown(Duration::ZERO).await.expect("not held");
    let arrived = numbers(&server);
    assert!(
        arrived.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "each once, in order"
    );
}

#[tokio::test]
async fn a_disk_that_the_spool_filled_drains_again() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let deliveries = [
            Delivery::AtLeastOnce,
            Delivery::AtMostOnce,
            Delivery::Isolated,
        ];
        for delivery in deliveries {
            let folder = Path::new(&folder);
            drains(folder, delivery).await;
            for file in std::fs::read_dir(folder).expect("a folder") {
                std::fs::remove_file(file.expect("a file").path()).expect("removed");
            }
        }
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let spool = folder.path().join("spool");
    std::fs::create_dir(&spool).expect("a writable folder");
    let mut child = again("spool_full::a_disk_that_the_spool_filled_drains_again");
    child
        .env(FOLDER, &spool)
        .env("LD_PRELOAD", preloaded(folder.path(), LIBRARY));
    assert_passes(&mut child);
}
