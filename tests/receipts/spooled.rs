//! Receipts of a client with a spool, whose events may be only on disk.

use super::{all, builder, complete, options, patient, stuck, track};
use futures_util::FutureExt;
use lunogram::queue::{Delivery, DropReason, Fate, Overflow, SpoolOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, UpsertUserRequest};
use lunogram_tests::spool::{cut_off, numbers};
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[tokio::test]
async fn events_in_memory_and_on_disk_are_delivered() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    server.inject(Fault::status(503).times(3));
    let client = builder(&server, options().max_events(10).batch_events(7))
        .spool(spool.path())
        .build()
        .expect("a client");
    let user = client.receipts().identify(&UpsertUserRequest::new("u"));
    let receipts = (0..500).map(|n| track(&client, n)).collect();
    assert_eq!(all(receipts).await, [Fate::Delivered; 500]);
    assert!(user.expect("room").await.is_delivered());
    assert!(numbers(&server).into_iter().eq(0..500));
}

#[tokio::test]
async fn what_stays_in_the_spool_is_reported_and_delivered_by_the_next_client() {
    for is_dropped in [false, true] {
        let spool = folder();
        let client = cut_off(spool.path());
        let user = client.receipts().identify(&UpsertUserRequest::new("u"));
        let receipts: Vec<_> = (0..9).map(|n| track(&client, n)).collect();
        let fates = if is_dropped {
            drop(client);
            all(receipts).await
        } else {
            let _ = client.shutdown(Duration::ZERO).await.expect("not held");
            complete(receipts)
        };
        assert_eq!(fates, [Fate::LeftInSpool; 9]);
        assert_eq!(user.expect("room").await, Fate::LeftInSpool);

        // The spool is free when the receipts complete.
        let server = Server::start().expect("a port");
        let spool = SpoolOptions::new(spool.path()).any_project();
        let next = builder(&server, options()).spool(spool).build();
        let next = next.expect("a free spool");
        let last = track(&next, 9);
        next.flush().await.expect("not held");
        assert!(last.await.is_delivered());
        assert_eq!(next.stats().delivered(), 11);
        assert!(numbers(&server).into_iter().eq(0..10));
    }
}

#[tokio::test]
async fn events_only_on_disk_are_left_there() {
    let (server, spool) = (Server::start().expect("a port"), folder());
    server.inject(Fault::status(503).always());
    let client = builder(&server, options().max_events(3))
        .spool(spool.path())
        .build()
        .expect("a client");
    let receipts = (0..50).map(|n| track(&client, n)).collect();
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(complete(receipts), [Fate::LeftInSpool; 50]);
}

#[tokio::test]
async fn an_acknowledged_event_in_flight_is_unknown_and_not_left() {
    let (spool, clock) = (folder(), Clock::new());
    let server = stuck(&clock);
    let client = builder(&server, options().delivery(Delivery::AtMostOnce))
        .spool(spool.path())
        .clock(&clock)
        .build()
        .expect("a client");
    let first = track(&client, 1);
    clock.idle().await;
    // Of the same subject, so it waits for the first one.
    let second = track(&client, 2);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(first.now_or_never(), Some(Fate::Unknown));
    assert_eq!(second.now_or_never(), Some(Fate::LeftInSpool));
}

#[tokio::test]
async fn a_full_spool_reports_what_it_drops() {
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let (server, spool) = (Server::start().expect("a port"), folder());
        let client = builder(&server, patient().overflow(overflow))
            .spool(SpoolOptions::new(spool.path()).max_bytes(1_000))
            .build()
            .expect("a client");
        server.inject(Fault::status(503).always());
        let receipts: Vec<_> = (0..50).map(|n| track(&client, n)).collect();
        server.clear_faults();
        client.flush().await.expect("not held");
        let fates = all(receipts).await;
        let full = Fate::Dropped(DropReason::QueueFull);
        let count = |fate| fates.iter().filter(|known| **known == fate).count() as u64;
        let stats = client.stats();
        assert!(count(full) > 0 && count(Fate::Delivered) > 0);
        assert_eq!(count(full), stats.dropped());
        assert_eq!(count(Fate::Delivered), stats.delivered());
        if overflow == Overflow::DropNewest {
            // With the other option, all older ones may be on their way.
            assert_eq!(fates.last(), Some(&full));
        }
    }
}

#[tokio::test]
async fn events_whose_records_are_gone_are_reported_as_damaged() {
    let (server, parent, clock) = (Server::start().expect("a port"), folder(), Clock::new());
    let spool = parent.path().join("spool");
    server.inject(Fault::status(503).always());
    let client: Client = builder(&server, options().max_events(5))
        .spool(&spool)
        .clock(&clock)
        .build()
        .expect("a client");
    let mut receipts: Vec<_> = (0..10).map(|n| track(&client, n)).collect();
    // The first ten are read now, and the others later.
    clock.idle().await;
    receipts.extend((10..50).map(|n| track(&client, n)));
    fs::remove_dir_all(&spool).expect("the folder");
    server.clear_faults();
    lunogram_tests::spool::drain(&client, &clock).await;
    let lost = complete(receipts.split_off(10));
    assert_eq!(lost, [Fate::Dropped(DropReason::Damaged); 40]);
    assert_eq!(complete(receipts), [Fate::Delivered; 10]);
    assert_eq!(client.stats().dropped_because(DropReason::Damaged), 40);
}
