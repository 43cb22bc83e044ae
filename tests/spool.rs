//! The spool: accepted events are delivered despite the end of the process, an outage, or file
//! damage.

use lunogram::queue::{
    Delivery, DropReason, Durability, Overflow, QueueOptions, SpoolOptions, Stats,
};
use lunogram::testing::{Fault, Server};
use lunogram::{Client, ErrorKind, Event, UpsertUserRequest};
use lunogram_tests::spool::{
    Seen, assert_conserved, builder, cut_off, files, logs, numbers, options, recovered,
};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Tracks events with these numbers with a client that cannot deliver them, and shuts it down.
async fn leave_behind(spool: &Path, events: std::ops::Range<u64>) {
    let client = cut_off(spool);
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    for n in events {
        client.track(&Seen { user: "u", n }).expect("room");
    }
    let stats = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_conserved(&stats);
    assert_eq!(stats.spooled(), stats.pending());
}

#[tokio::test]
async fn the_next_client_delivers_the_rest_in_order() {
    let spool = folder();
    leave_behind(spool.path(), 0..100).await;
    leave_behind(spool.path(), 100..150).await;

    let server = Server::start().expect("a port");
    let client = builder(&server, spool.path()).build().expect("a client");
    client.track(&Seen { user: "u", n: 150 }).expect("room");
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_eq!(stats.recovered(), 152);
    assert_eq!((stats.accepted(), stats.delivered()), (153, 153));
    assert_eq!((stats.spooled(), stats.pending()), (0, 0));
    assert!(numbers(&server).into_iter().eq(0..151));
    assert!(server.lost().is_empty());

    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert!(logs(spool.path()).is_empty(), "no log is left");
}

#[tokio::test]
async fn events_beyond_the_memory_limit_wait_on_disk_in_order() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    server.inject(Fault::status(503).always());
    let few = options().max_events(10).batch_events(7);
    let client = builder(&server, spool.path())
        .queue(few)
        .build()
        .expect("a client");
    for user in ["a", "b", "c"] {
        client
            .identify(&UpsertUserRequest::new(user))
            .expect("room");
    }
    for n in 0..3_000 {
        let user = ["a", "b", "c"][usize::try_from(n % 3).expect("small")];
        client.track(&Seen { user, n }).expect("room");
    }
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!((stats.pending(), stats.spooled()), (3_003, 3_003));
    server.clear_faults();
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.spooled()), (3_003, 0));
    assert!(server.lost().is_empty());
    for user in 0..3 {
        let of_user = numbers(&server).into_iter().filter(|n| n % 3 == user);
        assert!(of_user.eq((user..3_000).step_by(3)));
    }
}

#[tokio::test]
async fn a_spool_belongs_to_one_client() {
    let spool = folder();
    let first = cut_off(spool.path());
    let second = Client::builder("sk_1").spool(spool.path()).build();
    let error = second.expect_err("in use");
    assert_eq!(error.kind(), ErrorKind::Spool);
    let text = error.to_string();
    assert!(text.contains("in use by another client"), "{text}");
    assert!(text.contains(&spool.path().display().to_string()), "{text}");
    drop(first);
    drop(cut_off(spool.path()));
}

#[test]
fn an_unusable_folder_is_named_in_the_error() {
    let spool = folder();
    let file = spool.path().join("file");
    fs::write(&file, "").expect("a writable folder");
    let error = Client::builder("sk_1").spool(file.as_path()).build();
    let error = error.expect_err("a file is not a folder");
    assert_eq!(error.kind(), ErrorKind::Spool);
    assert!(error.to_string().contains(&file.display().to_string()));
    assert!(std::error::Error::source(&error).is_some());
}

#[tokio::test]
async fn a_spool_of_a_newer_version_is_left_alone() {
    let spool = folder();
    leave_behind(spool.path(), 0..3).await;
    let log = &logs(spool.path())[0];
    let mut bytes = fs::read(log).expect("a readable file");
    // Replaces the format record: its body, and its checksum.
    let payload = b"lunogram spool 2";
    bytes[10..26].copy_from_slice(payload);
    let mut sum = crc32fast::Hasher::new();
    sum.update(&[bytes[1]]);
    sum.update(payload);
    bytes[6..10].copy_from_slice(&sum.finalize().to_le_bytes());
    fs::write(log, &bytes).expect("a writable folder");
    let error = Client::builder("sk_1").spool(spool.path()).build();
    let text = error.expect_err("an unknown format").to_string();
    assert!(text.contains("newer version"), "{text}");
    assert_eq!(fs::read(log).expect("a readable file"), bytes);
}

#[tokio::test]
async fn a_full_spool_applies_the_overflow_policy() {
    for overflow in [
        Overflow::Refuse,
        Overflow::DropNewest,
        Overflow::DropOldest,
        Overflow::Wait,
    ] {
        let spool = folder();
        let small = SpoolOptions::new(spool.path()).max_bytes(2_000);
        let client = Client::builder("sk_1")
            .base_url("http://127.0.0.1:1")
            .queue(QueueOptions::default().overflow(overflow))
            .spool(small)
            .build()
            .expect("a client");
        let long = Event::new("seen")
            .to("u")
            .data(json!({"a": "x".repeat(2_000)}));
        let never = client.track(&long).expect_err("larger than the spool");
        assert_eq!(never.kind(), ErrorKind::TooLarge);
        assert!(!never.is_retryable(), "{never}");
        let tracked: Vec<_> = (0..100)
            .map(|n| client.track(&Seen { user: "u", n }))
            .collect();
        let refused = tracked.iter().filter_map(|one| one.as_ref().err());
        let refused: Vec<_> = refused.map(lunogram::Error::kind).collect();
        let stats = client.stats();
        assert_conserved(&stats);
        match overflow {
            Overflow::Refuse | Overflow::Wait => {
                assert!(refused.len() > 50);
                assert!(refused.iter().all(|kind| *kind == ErrorKind::QueueFull));
                assert_eq!(stats.dropped(), 0);
            }
            _ => {
                assert!(refused.is_empty());
                assert_eq!(stats.accepted(), 100);
                assert!(stats.dropped_because(DropReason::QueueFull) > 50);
            }
        }
        let bytes: u64 = logs(spool.path())
            .iter()
            .map(|log| fs::metadata(log).expect("a readable file").len())
            .sum();
        // Dropped events stay in the log until the log is deleted.
        assert!(
            overflow == Overflow::DropOldest || bytes <= 2_100,
            "{bytes}"
        );
        let waiting = stats.spooled();
        let _ = client.shutdown(Duration::ZERO).await.expect("not held");

        let server = Server::start().expect("a port");
        let client = builder(&server, spool.path()).build().expect("a client");
        assert_eq!(recovered(&client).recovered(), waiting);
        client.flush().await.expect("not held");
        assert_eq!(client.stats().delivered(), waiting);
    }
}

#[tokio::test]
async fn each_durability_keeps_accepted_events() {
    for durability in [
        Durability::Immediate,
        Durability::Within(Duration::ZERO),
        Durability::default(),
    ] {
        let (server, spool) = (Server::start().expect("a port"), folder());
        let client = builder(
            &server,
            SpoolOptions::new(spool.path()).durability(durability),
        )
        .build()
        .expect("a client");
        client.identify(&UpsertUserRequest::new("u")).expect("room");
        std::thread::scope(|threads| {
            for thread in 0..4 {
                let client = &client;
                threads.spawn(move || {
                    for n in 0..50 {
                        let n = thread * 50 + n;
                        client.track(&Seen { user: "u", n }).expect("room");
                    }
                });
            }
        });
        let stats = client
            .shutdown(Duration::from_secs(60))
            .await
            .expect("not held");
        assert_eq!(stats.delivered(), 201);
        let arrived: BTreeSet<_> = numbers(&server).into_iter().collect();
        assert!(arrived.into_iter().eq(0..200));
    }
}

/// Runs a client whose responses are lost, and that ends while the outcome is unknown.
async fn lose_answers(server: &Server, spool: &Path, delivery: Delivery) -> Stats {
    let client = builder(server, spool)
        .queue(options().delivery(delivery))
        .build()
        .expect("a client");
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    client.flush().await.expect("not held");
    server.inject(Fault::lose_answer().always());
    for n in 0..20 {
        client.track(&Seen { user: "u", n }).expect("room");
    }
    while numbers(server).is_empty() {
        tokio::task::yield_now().await;
    }
    let stats = client.shutdown(Duration::ZERO).await.expect("not held");
    server.clear_faults();
    assert_conserved(&stats);
    stats
}

#[tokio::test]
async fn events_in_flight_at_the_end_are_sent_again_only_at_least_once() {
    for delivery in [
        Delivery::AtLeastOnce,
        Delivery::AtMostOnce,
        Delivery::Isolated,
    ] {
        let (server, spool) = (Server::start().expect("a port"), folder());
        let stats = lose_answers(&server, spool.path(), delivery).await;
        assert_eq!(stats.spooled(), stats.pending());
        let client = builder(&server, spool.path())
            .queue(options().delivery(delivery))
            .build()
            .expect("a client");
        assert_eq!(recovered(&client).recovered(), stats.pending());
        client.flush().await.expect("not held");
        let arrived = numbers(&server);
        let distinct: BTreeSet<_> = arrived.iter().copied().collect();
        if delivery == Delivery::AtLeastOnce {
            assert_eq!(stats.unknown(), 0);
            assert!(distinct.into_iter().eq(0..20));
        } else {
            assert_eq!(arrived.len(), distinct.len(), "{delivery:?}: {arrived:?}");
            assert!(arrived.len() as u64 + stats.unknown() >= 20);
        }
    }
}

/// Damages the log, and returns what the next client delivers, with its stats.
async fn after_damage(spool: &Path, damage: impl FnOnce(&mut Vec<u8>)) -> (Vec<u64>, Stats) {
    let log = logs(spool).remove(0);
    let mut bytes = fs::read(&log).expect("a readable file");
    damage(&mut bytes);
    fs::write(&log, &bytes).expect("a writable folder");

    let server = Server::start().expect("a port");
    server
        .client()
        .upsert_user(&UpsertUserRequest::new("u"))
        .await
        .expect("no faults");
    let reported = Arc::new(Mutex::new(0));
    let count = Arc::clone(&reported);
    let client = builder(&server, spool)
        .on_drop(move |dropped| {
            assert_eq!(dropped.reason(), DropReason::Damaged);
            *count.lock().expect("no panic") += 1;
        })
        .build()
        .expect("opens despite the damage");
    client.flush().await.expect("not held");
    let stats = client
        .shutdown(Duration::from_secs(60))
        .await
        .expect("not held");
    assert_conserved(&stats);
    assert_eq!(stats.pending(), 0);
    let damaged = stats.dropped_because(DropReason::Damaged);
    assert_eq!(*reported.lock().expect("no panic"), damaged);
    assert!(logs(spool).is_empty(), "no log is left");
    let aside = files(spool, "damaged");
    assert_eq!(
        aside.len() as u64,
        damaged.min(1),
        "a damaged log is renamed"
    );
    (numbers(&server), stats)
}

#[tokio::test]
async fn a_flipped_bit_loses_at_most_one_event() {
    // Positions over the whole file, including the first record and the last byte.
    for share in 0..=40 {
        let spool = folder();
        leave_behind(spool.path(), 0..60).await;
        let (arrived, stats) = after_damage(spool.path(), |bytes| {
            let at = (bytes.len() - 1) * share / 40;
            bytes[at] ^= 1 << (share % 8);
        })
        .await;
        assert_eq!(stats.dropped_because(DropReason::Damaged), 1);
        assert!(arrived.len() >= 59, "{share}: {arrived:?}");
        assert!(arrived.is_sorted());
    }
}

#[tokio::test]
async fn the_records_of_a_truncated_log_are_delivered() {
    for share in 0..=20 {
        let spool = folder();
        leave_behind(spool.path(), 0..60).await;
        let mut left = 0;
        let (arrived, stats) = after_damage(spool.path(), |bytes| {
            left = bytes.len() * share / 20;
            bytes.truncate(left);
        })
        .await;
        assert!(stats.dropped_because(DropReason::Damaged) <= 1);
        // A record takes less than 100 bytes, and all records before the cut are read.
        assert!(arrived.len() >= (left / 100).saturating_sub(2), "{left}");
        assert!(arrived.iter().copied().eq(0..arrived.len() as u64));
    }
}
