//! Failures of the disk are logged, and those of the last moment reach standard error without a
//! subscriber.
#![cfg(target_os = "linux")]

use super::Recorder;
use lunogram::ErrorKind;
use lunogram::queue::{Delivery, Durability, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Fault};
use lunogram::{Client, ClientBuilder};
use lunogram_tests::process::{again, assert_passes, preloaded};
use lunogram_tests::spool::{Seen, builder, cut_off, drain, numbers, recovered, server, track};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tracing::Level;

/// The folder of a disk whose syncs fail while it has the file `broken`; set for the process that
/// has it.
const DISK: &str = "LUNOGRAM_TEST_UNSYNCED";

const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int sync_file(void) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/broken", getenv("LUNOGRAM_TEST_UNSYNCED"));
    errno = EIO;
    return access(path, F_OK) == 0 ? -1 : 0;
}

int fsync(int file) { return sync_file(); }
int fdatasync(int file) { return sync_file(); }
"#;

/// A disk, in the process in which its syncs fail.
struct Disk(PathBuf);

impl Disk {
    /// The disk of this process; `None` in the process that starts it.
    fn here() -> Option<Self> {
        std::env::var_os(DISK).map(|folder| Self(PathBuf::from(folder)))
    }

    /// The command that runs a test of this module again, with a disk in this folder.
    fn again(folder: &Path, test: &str) -> Command {
        let mut child = again(&format!("tracing::spool::{test}"));
        child
            .env(DISK, folder)
            .env("LD_PRELOAD", preloaded(folder, LIBRARY));
        child
    }

    /// Runs a test again, with a disk.
    fn run(test: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        assert_passes(&mut Self::again(folder.path(), test));
    }

    fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }

    fn fail(&self) {
        fs::write(self.0.join("broken"), "").expect("a writable folder");
    }

    fn repair(&self) {
        fs::remove_file(self.0.join("broken")).expect("the file");
    }
}

/// A client that logs to the recorder.
fn logging(builder: ClientBuilder, recorder: &Recorder) -> Client {
    tracing::subscriber::with_default(recorder.clone(), || builder.build().expect("a client"))
}

/// The error of a failed sync is that of the next call.
fn track_after_failure(client: &Client, n: u64) {
    let error = client.track(&Seen { user: "u", n });
    assert_eq!(
        error.expect_err("not synced").kind(),
        ErrorKind::Spool,
        "{n}"
    );
    track(client, n..n + 1);
}

#[tokio::test]
async fn syncs_that_fail_in_the_background_are_logged_once_in_a_row() {
    let Some(disk) = Disk::here() else {
        return Disk::run("syncs_that_fail_in_the_background_are_logged_once_in_a_row");
    };
    let (server, recorder, clock) = (server().await, Recorder::default(), Clock::new());
    server.inject(Fault::status(503).always());
    let client = logging(builder(&server, disk.spool()).clock(&clock), &recorder);
    let logged = || recorder.count(Level::WARN, "the spool cannot be synced");
    let sync = async || {
        clock.idle().await;
        clock.advance(Duration::from_secs(1));
        clock.idle().await;
    };
    track(&client, 0..3);
    sync().await;
    assert_eq!(logged(), 0);
    disk.fail();
    track(&client, 3..4);
    sync().await;
    assert_eq!(logged(), 1);
    track_after_failure(&client, 4);
    sync().await;
    assert_eq!(logged(), 1);
    disk.repair();
    track_after_failure(&client, 5);
    sync().await;
    disk.fail();
    track(&client, 6..7);
    sync().await;
    assert_eq!(logged(), 2, "{:?}", recorder.lines());
    server.clear_faults();
    drain(&client, &clock).await;
    assert!(numbers(&server).into_iter().eq(0..7));
}

#[tokio::test]
async fn a_sync_that_fails_at_the_end_is_logged() {
    let Some(disk) = Disk::here() else {
        return Disk::run("a_sync_that_fails_at_the_end_is_logged");
    };
    let (server, recorder) = (server().await, Recorder::default());
    let client = logging(builder(&server, disk.spool()), &recorder);
    disk.fail();
    track(&client, 0..1);
    let stats = client.shutdown(Duration::from_secs(3_600)).await;
    let stats = stats.expect("not held");
    assert!(stats.is_lossless() && stats.delivered() == 1, "{stats}");
    let logged = recorder.count(Level::WARN, "the spool was not written or synced");
    assert_eq!(logged, 1, "{:?}", recorder.lines());
}

#[tokio::test]
async fn without_a_subscriber_it_is_a_line_on_standard_error() {
    let test = "without_a_subscriber_it_is_a_line_on_standard_error";
    let Some(disk) = Disk::here() else {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Disk::again(folder.path(), test);
        let output = child.arg("--nocapture").output().expect("a process");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let lines: Vec<_> = errors
            .lines()
            .filter(|line| line.starts_with("lunogram: "))
            .collect();
        assert_eq!(lines.len(), 1, "{errors}");
        assert!(lines[0].contains("queued items in it (2)"), "{errors}");
        return;
    };
    // After the delivery of everything, there is nothing that the next process could miss.
    let server = server().await;
    let client = builder(&server, disk.0.join("other")).build();
    let client = client.expect("a client");
    let left = cut_off(disk.spool());
    disk.fail();
    track(&client, 0..1);
    let stats = client.shutdown(Duration::from_secs(3_600)).await;
    assert!(stats.expect("not held").is_lossless());
    track(&left, 0..2);
    let stats = left.shutdown(Duration::ZERO).await.expect("not held");
    assert!(stats.is_lossless() && stats.spooled() == 2, "{stats}");
}

#[tokio::test]
async fn an_event_whose_own_sync_fails_is_accepted_and_logged_or_refused_and_not_sent() {
    let Some(disk) = Disk::here() else {
        return Disk::run(
            "an_event_whose_own_sync_fails_is_accepted_and_logged_or_refused_and_not_sent",
        );
    };
    let (server, recorder) = (server().await, Recorder::default());
    let spool = SpoolOptions::new(disk.spool()).durability(Durability::Immediate);
    let client = logging(builder(&server, spool), &recorder);
    let logged = || {
        recorder.count(
            Level::WARN,
            "further ones are refused until a sync succeeds",
        )
    };
    track(&client, 0..1);
    assert_eq!(logged(), 0);
    disk.fail();
    track(&client, 1..2);
    assert_eq!(logged(), 1, "{:?}", recorder.lines());
    for _ in 0..3 {
        let error = client.track(&Seen { user: "u", n: 99 });
        assert_eq!(error.expect_err("not synced").kind(), ErrorKind::Spool);
    }
    assert_eq!(client.stats().accepted(), 2);
    disk.repair();
    track(&client, 2..3);
    client.flush().await.expect("not held");
    assert_eq!(logged(), 1);
    assert_eq!(numbers(&server), [0, 1, 2]);
    let stats = client.shutdown(Duration::ZERO).await.expect("not held");
    assert!(stats.is_lossless() && stats.delivered() == 3, "{stats}");
    let ended = recorder.count(Level::WARN, "");
    assert_eq!(ended, 1, "{:?}", recorder.lines());
}

#[tokio::test]
async fn events_that_cannot_be_marked_are_logged_once_in_a_row_and_flush_fails() {
    for repairs in [true, false] {
        let (server, recorder, clock) = (server().await, Recorder::default(), Clock::new());
        let spool = tempfile::tempdir().expect("a folder");
        let left = cut_off(spool.path());
        track(&left, 0..5);
        let _ = left.shutdown(Duration::ZERO).await.expect("not held");

        // Only drains, so no call of `track` returns the error.
        let queue = QueueOptions::default().delivery(Delivery::AtMostOnce);
        let client = logging(
            builder(&server, spool.path()).queue(queue).clock(&clock),
            &recorder,
        );
        assert_eq!(recovered(&client).recovered(), 5);
        let acks = spool.path().join("0000000001.acks");
        fs::create_dir(&acks).expect("a writable folder");
        for _ in 0..3 {
            let error = client.flush().await.expect_err("no marks");
            assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            assert!(error.to_string().contains("cannot mark events"), "{error}");
            assert!(std::error::Error::source(&error).is_some());
            let next = clock.idle().await;
            clock.advance(next.expect("it tries again"));
        }
        let logged = recorder.count(Level::WARN, "cannot be marked in the spool");
        assert_eq!(logged, 1, "{:?}", recorder.lines());
        assert!(numbers(&server).is_empty());
        if repairs {
            fs::remove_dir(acks).expect("the folder");
            drain(&client, &clock).await;
            client.flush().await.expect("the disk works");
            assert_eq!(numbers(&server), [0, 1, 2, 3, 4]);
        }
        let stats = client.shutdown(Duration::ZERO).await.expect("not held");
        let left = if repairs { 0 } else { 5 };
        assert!(stats.is_lossless() && stats.spooled() == left, "{stats}");
    }
}
