//! Events that an earlier process left in the spool: `build` does not read them, and the delivery
//! thread reads each file once.

use futures_util::FutureExt;
use lunogram::queue::{DropReason, SpoolOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ClientBuilder, ErrorKind, Event, LunogramEvent, UpsertUserRequest};
use lunogram_tests::spool::{
    Seen, assert_conserved, builder, cut_off, drain, logs, numbers, options, recovered, server,
    track,
};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

#[derive(LunogramEvent)]
struct Long<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    n: u64,
    filler: &'a str,
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Leaves events about these users in turn, in a log for each client.
async fn leave(spool: &Path, users: &[&str], numbers: std::ops::Range<u64>, filler: &str) {
    let client = cut_off(spool);
    for (n, user) in numbers.zip(users.iter().cycle()) {
        let event = Long { user, n, filler };
        client.track(&event).expect("room");
    }
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
}

fn size(file: &Path) -> u64 {
    fs::metadata(file).expect("a file").len()
}

/// Damages the first record of the first log, which has no payload.
fn damage(spool: &Path) {
    let log = &logs(spool)[0];
    let mut bytes = fs::read(log).expect("a readable file");
    bytes[0] ^= 1;
    fs::write(log, bytes).expect("a writable file");
}

/// Damages the first log. The client's delivery thread stops before it takes that log over, in the
/// hook that reports the damage, until the result is dropped.
fn stopped(spool: &Path, builder: ClientBuilder) -> (Client, Sender<()>) {
    damage(spool);
    let (go_on, stopped) = channel();
    let stopped = Mutex::new(stopped);
    let client = builder.on_drop(move |_| {
        let _ = stopped.lock().expect("no panic").recv();
    });
    (client.build().expect("a client"), go_on)
}

/// Bytes that this thread has read from files.
#[cfg(target_os = "linux")]
fn read_by(work: impl FnOnce()) -> u64 {
    let read = || {
        let counts = fs::read_to_string("/proc/thread-self/io").expect("the counts");
        let count = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
        count.and_then(|count| count.parse::<u64>().ok())
    };
    let before = read().expect("a number");
    work();
    read().expect("a number") - before
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn build_reads_the_start_of_each_file_only() {
    let (server, spool) = (server().await, folder());
    let filler = "x".repeat(50_000);
    for first in [0, 30, 60] {
        leave(spool.path(), &["u"], first..first + 30, &filler).await;
    }
    assert!(logs(spool.path()).iter().map(|log| size(log)).sum::<u64>() > 4_000_000);
    let build = |builder: ClientBuilder, client: &mut Option<Client>| {
        *client = Some(builder.build().expect("a client"));
    };
    let (mut other, mut client) = (None, None);
    let without = Client::builder(server.key()).base_url(server.url());
    let without = read_by(|| build(without, &mut other));
    let with = read_by(|| build(builder(&server, spool.path()), &mut client));
    assert!(with < without + 3 * 256 + 4_096, "{with} and {without}");
    let client = client.expect("built");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().delivered(), 90);
}

#[cfg(target_os = "linux")]
mod reads {
    //! Counts the reads of the logs, as the operating system sees them.

    use super::{builder, folder, fs, leave, logs, numbers, options, server, size};
    use lunogram_tests::process::{again, assert_passes, preloaded};
    use std::path::Path;

    /// The folder for the spool and the counts; set for the process that is observed.
    const FOLDER: &str = "LUNOGRAM_TEST_READS";

    /// Appends the path and the number of bytes to the file `reads` for each read of a log.
    const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t read(int file, void *bytes, size_t count) {
    ssize_t (*next)(int, void *, size_t) = dlsym(RTLD_NEXT, "read");
    const char *folder = getenv("LUNOGRAM_TEST_READS");
    char link[64], path[PATH_MAX], reads[PATH_MAX];
    ssize_t result = next(file, bytes, count);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (folder && result > 0 && length > 4 && memcmp(path + length - 4, ".log", 4) == 0) {
        path[length] = 0;
        snprintf(reads, sizeof reads, "%s/reads", folder);
        int counts = open(reads, O_WRONLY | O_CREAT | O_APPEND, 0644);
        dprintf(counts, "%zd %s\n", result, path);
        close(counts);
    }
    return result;
}
"#;

    async fn deliver(folder: &Path, max_events: usize) {
        let (server, spool) = (server().await, folder.join("spool"));
        let left: Vec<_> = logs(&spool)
            .into_iter()
            .map(|log| (size(&log), log))
            .collect();
        let client = builder(&server, spool.as_path())
            .queue(options().max_events(max_events))
            .build()
            .expect("a client");
        client.flush().await.expect("not held");
        assert!(numbers(&server).into_iter().eq(0..90));
        assert_eq!(left.len(), 3);
        let reads = fs::read_to_string(folder.join("reads")).expect("text");
        for (size, log) in left {
            let log = log.display().to_string();
            let of_log = reads.lines().filter_map(|read| read.split_once(' '));
            let of_log = of_log.filter(|(_, path)| *path == log);
            let read: u64 = of_log
                .filter_map(|(bytes, _)| bytes.parse::<u64>().ok())
                .sum();
            // With the start, of which as much is read again when the client is built.
            let once = size + 256;
            if max_events >= 90 {
                assert_eq!(read, once, "{log}");
            } else {
                assert!(read <= 2 * once, "{log}: {read} of {size}");
            }
        }
    }

    async fn observe(test: &str, max_events: usize) {
        if let Some(folder) = std::env::var_os(FOLDER) {
            return deliver(Path::new(&folder), max_events).await;
        }
        let folder = folder();
        let filler = "x".repeat(10_000);
        for first in [0, 30, 60] {
            let spool = folder.path().join("spool");
            leave(&spool, &["u"], first..first + 30, &filler).await;
        }
        let mut child = again(&format!("spool_recovery::reads::{test}"));
        child
            .env(FOLDER, folder.path())
            .env("LD_PRELOAD", preloaded(folder.path(), LIBRARY));
        assert_passes(&mut child);
    }

    #[tokio::test]
    async fn each_file_is_read_once() {
        observe("each_file_is_read_once", 1_000).await;
    }

    #[tokio::test]
    async fn without_room_in_memory_a_file_is_read_twice_at_most() {
        observe("without_room_in_memory_a_file_is_read_twice_at_most", 7).await;
    }
}

#[tokio::test]
async fn what_is_tracked_before_the_rest_is_read_comes_after_it() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    let users = ["a", "b", "c"];
    for user in users {
        let user = UpsertUserRequest::new(user);
        server.client().upsert_user(&user).await.expect("no faults");
    }
    leave(spool.path(), &users, 0..300, "").await;
    leave(spool.path(), &users, 300..600, "").await;
    let (client, stop) = stopped(spool.path(), builder(&server, spool.path()));
    for n in 600..900 {
        let user = users[usize::try_from(n % 3).expect("small")];
        let event = Long {
            user,
            n,
            filler: "",
        };
        client.track(&event).expect("room");
    }
    let last = Event::new("last").to("a").data(json!({"n": 900}));
    let receipt = client.receipts().track(&last);
    let stats = client.stats();
    assert!(
        stats.is_recovering() && stats.to_string().contains("not read yet"),
        "{stats}"
    );
    assert_eq!((stats.accepted(), stats.recovered()), (301, 0));
    assert!(client.flush().now_or_never().is_none(), "it is not over");
    drop(stop);
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!((stats.delivered(), stats.recovered()), (901, 600));
    assert!(
        !stats.is_recovering() && !stats.to_string().contains("not read yet"),
        "{stats}"
    );
    assert!(receipt.expect("room").await.is_delivered());
    for user in 0..3 {
        let of_user = numbers(&server).into_iter().filter(|n| n % 3 == user);
        assert!(of_user.eq((user..901).step_by(3)));
    }
}

#[tokio::test]
async fn a_client_that_ends_before_the_rest_is_read_loses_nothing() {
    let (server, spool) = (server().await, folder());
    leave(spool.path(), &["u"], 0..20, "").await;
    leave(spool.path(), &["u"], 20..40, "").await;
    let first = Client::builder("sk_1").base_url("http://127.0.0.1:1");
    let (first, stop) = stopped(spool.path(), first.spool(spool.path()));
    track(&first, 40..60);
    // It waits for the delivery thread for half a second.
    let stats = first.shutdown(Duration::ZERO).await.expect("not held");
    assert!(stats.is_recovering(), "{stats}");
    assert_eq!((stats.spooled(), stats.pending()), (20, 20));
    drop((stop, first));
    let spool = SpoolOptions::new(spool.path()).wait_for_lock(Duration::MAX);
    let next = builder(&server, spool).build().expect("a client");
    next.flush().await.expect("not held");
    assert_eq!(next.stats().recovered(), 60);
    assert!(numbers(&server).into_iter().eq(0..60));
}

#[tokio::test]
async fn a_drop_right_after_build_delivers_the_rest() {
    let (server, spool) = (server().await, folder());
    leave(spool.path(), &["u"], 0..60, &"x".repeat(50_000)).await;
    let queue = options().drain_on_drop(Duration::from_secs(3_600));
    let client = builder(&server, spool.path()).queue(queue).build();
    drop(client.expect("a client"));
    assert!(numbers(&server).into_iter().eq(0..60));
}

#[tokio::test]
async fn the_bound_holds_before_the_rest_is_read() {
    let (server, spool) = (server().await, folder());
    leave(spool.path(), &["u"], 0..20, "").await;
    let left = size(&logs(spool.path())[0]);
    let options = SpoolOptions::new(spool.path()).max_bytes(left + 300);
    let (client, stop) = stopped(spool.path(), builder(&server, options));
    let mut fit = 0;
    let error = loop {
        match client.track(&Seen {
            user: "u",
            n: 20 + fit,
        }) {
            Ok(()) => fit += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    assert!((1..5).contains(&fit), "{fit}");
    drop(stop);
    client.flush().await.expect("not held");
    track(&client, 20 + fit..20 + fit + 10);
    client.flush().await.expect("not held");
    assert!(numbers(&server).into_iter().eq(0..30 + fit));
}

#[tokio::test]
async fn the_rest_is_counted_although_memory_is_full() {
    let (server, spool) = (server().await, folder());
    for first in [0, 20, 40] {
        leave(spool.path(), &["u"], first..first + 20, "").await;
    }
    server.inject(Fault::status(503).always());
    let client = builder(&server, spool.path())
        .queue(options().max_events(5))
        .build()
        .expect("a client");
    let stats = recovered(&client);
    assert_eq!((stats.recovered(), stats.pending()), (60, 60));
    assert_eq!(logs(spool.path()).len(), 3);
    server.clear_faults();
    client.flush().await.expect("not held");
    assert!(numbers(&server).into_iter().eq(0..60));
}

/// Makes a file unreadable, or readable again.
fn hide(log: &Path) {
    fs::rename(log, log.with_extension("aside")).expect("a file");
    fs::create_dir(log).expect("a writable folder");
}

fn show(log: &Path) {
    fs::remove_dir(log).expect("the folder");
    fs::rename(log.with_extension("aside"), log).expect("the file");
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_reported_and_waited_for() {
    for max_events in [1_000, 5] {
        let (server, spool, clock) = (server().await, folder(), Clock::new());
        for first in [0, 20, 40] {
            leave(spool.path(), &["u"], first..first + 20, "").await;
        }
        let queue = options().max_events(max_events);
        let builder = builder(&server, spool.path()).queue(queue).clock(&clock);
        let (client, stop) = stopped(spool.path(), builder);
        let log = &logs(spool.path())[1];
        hide(log);
        drop(stop);
        track(&client, 60..70);
        for _ in 0..3 {
            clock.idle().await;
            let error = client.flush().await.expect_err("an unreadable file");
            assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            assert!(std::error::Error::source(&error).is_some());
            let stats = client.stats();
            assert!(stats.is_recovering(), "{stats}");
            assert_eq!((stats.delivered(), stats.pending()), (20, 10), "{stats}");
            clock.advance(Duration::from_secs(1));
        }
        clock.idle().await;
        show(log);
        clock.advance(Duration::from_secs(1));
        drain(&client, &clock).await;
        client.flush().await.expect("not held");
        let stats = client.stats();
        assert_eq!((stats.delivered(), stats.recovered()), (70, 60), "{stats}");
        assert_eq!(stats.dropped(), stats.dropped_because(DropReason::Damaged));
        assert!(numbers(&server).into_iter().eq(0..70));
    }
}

#[tokio::test]
async fn what_is_read_after_a_deletion_is_dropped() {
    let (server, spool, clock) = (server().await, folder(), Clock::new());
    let other = UpsertUserRequest::new("v");
    server
        .client()
        .upsert_user(&other)
        .await
        .expect("no faults");
    leave(spool.path(), &["u"], 0..10, "").await;
    leave(spool.path(), &["u", "v"], 10..30, "").await;
    damage(spool.path());
    let (go_on, stop) = channel::<()>();
    let (stop, dropped) = (Mutex::new(stop), Arc::new(Mutex::new(Vec::new())));
    let reasons = Arc::clone(&dropped);
    let client = builder(&server, spool.path())
        .clock(&clock)
        .on_drop(move |dropped| {
            let _ = stop.lock().expect("no panic").recv();
            reasons.lock().expect("no panic").push(dropped.reason());
        })
        .build()
        .expect("a client");
    let log = &logs(spool.path())[1];
    hide(log);
    drop(go_on);
    clock.idle().await;
    client.delete_user("u").await.expect("it exists");
    let user = UpsertUserRequest::new("u");
    client.identify(&user).expect("room");
    track(&client, 30..33);
    show(log);
    clock.advance(Duration::from_secs(1));
    drain(&client, &clock).await;
    client.flush().await.expect("not held");
    let left = (0..10).chain((11..30).step_by(2)).chain(30..33);
    assert!(
        numbers(&server).into_iter().eq(left),
        "{:?}",
        numbers(&server)
    );
    let mut expected = vec![DropReason::Damaged];
    expected.extend([DropReason::Deleted; 10]);
    assert_eq!(*dropped.lock().expect("no panic"), expected);
    assert!(
        !spool.path().join("deletions").exists(),
        "nothing in it matters"
    );
}

#[tokio::test]
async fn files_without_events_are_free_for_another_project() {
    let (server, spool, copy) = (server().await, folder(), folder());
    let client = builder(&server, spool.path()).build().expect("a client");
    track(&client, 0..10);
    client.flush().await.expect("not held");
    // As after a kill: the log and its acknowledgements are still there.
    for file in fs::read_dir(spool.path()).expect("a folder") {
        let file = file.expect("an entry");
        fs::copy(file.path(), copy.path().join(file.file_name())).expect("room");
    }
    assert_eq!(logs(copy.path()).len(), 1);
    let next = Client::builder("sk_1").spool(copy.path()).build();
    let next = next.expect("no events");
    assert_eq!(recovered(&next).recovered(), 0);
    assert!(logs(copy.path()).is_empty(), "no log is left");
}
