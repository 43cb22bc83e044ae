//! The spool with problems: unusable folders and files, and calls at unfortunate moments.

use lunogram::queue::{Delivery, DropReason, Durability, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ErrorKind};
use lunogram_tests::spool::{
    Seen, assert_conserved, builder, cut_off, drain, files, logs, numbers, options, recovered,
    server, track,
};
use std::fs;
use std::path::Path;
use std::time::Duration;

#[tokio::test]
async fn flush_fails_after_a_shutdown_that_left_events_in_the_spool() {
    let spool = tempfile::tempdir().expect("a folder");
    let client = cut_off(spool.path());
    track(&client, 0..10);
    let (flushed, ended) = tokio::join!(client.flush(), client.shutdown(Duration::ZERO));
    assert_eq!(ended.expect("not held").pending(), 10);
    for outcome in [flushed, client.flush().await] {
        let error = outcome.expect_err("undelivered events");
        assert_eq!(error.kind(), ErrorKind::ShutDown);
    }
}

#[tokio::test]
async fn a_shutdown_unlocks_the_folder() {
    let spool = tempfile::tempdir().expect("a folder");
    let unused = cut_off(spool.path());
    let _ = unused.shutdown(Duration::ZERO).await.expect("not held");
    let used = cut_off(spool.path());
    track(&used, 0..3);
    let _ = used.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(recovered(&cut_off(spool.path())).recovered(), 3);
    for ended in [unused, used] {
        let outcome = ended.track(&Seen { user: "u", n: 0 });
        assert_eq!(outcome.expect_err("shut down").kind(), ErrorKind::ShutDown);
    }
}

#[tokio::test]
async fn foreign_files_in_the_folder_are_not_touched() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let foreign = [
        "7.log",
        "app.log",
        "2026.old.log",
        "+000000003.log",
        "mine.new",
    ];
    for name in foreign {
        fs::write(spool.path().join(name), "mine").expect("a writable folder");
    }
    // A process was killed after it had deleted a log and before it deleted its acks.
    fs::write(spool.path().join("0000000005.acks"), "").expect("a writable folder");
    // And another one while it created one.
    fs::write(spool.path().join("0000000006.log.new"), "").expect("a writable folder");
    let client = builder(&server, spool.path()).build().expect("a client");
    assert!(files(spool.path(), "acks").is_empty());
    track(&client, 0..9);
    client.flush().await.expect("not held");
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert!(numbers(&server).into_iter().eq(0..9));
    for name in foreign {
        let bytes = fs::read(spool.path().join(name)).expect("a readable file");
        assert_eq!(bytes, b"mine");
    }
    assert_eq!(logs(spool.path()).len(), foreign.len() - 1);
    assert_eq!(files(spool.path(), "new").len(), 1);
}

#[test]
fn a_folder_with_the_name_of_a_spool_file_is_an_error() {
    for name in ["0000000001.log", "lock"] {
        let spool = tempfile::tempdir().expect("a folder");
        fs::create_dir(spool.path().join(name)).expect("a writable folder");
        let error = Client::builder("sk_1").spool(spool.path()).build();
        let error = error.expect_err("an unreadable file");
        assert_eq!(error.kind(), ErrorKind::Spool);
        let text = error.to_string();
        assert!(text.contains(&spool.path().display().to_string()), "{text}");
    }
}

#[tokio::test]
async fn a_deleted_folder_is_an_error_and_does_not_block_delivery() {
    for durability in [Durability::Immediate, Durability::default()] {
        let (server, parent) = (server().await, tempfile::tempdir().expect("a folder"));
        let spool = parent.path().join("spool");
        let clock = Clock::new();
        server.inject(Fault::status(503).always());
        let client = builder(&server, SpoolOptions::new(&spool).durability(durability))
            .queue(QueueOptions::default().max_events(5))
            .clock(&clock)
            .build()
            .expect("a client");
        track(&client, 0..50);
        clock.idle().await;
        fs::remove_dir_all(&spool).expect("the folder");
        // Before the next sync is due, or as the first one whose sync fails.
        track(&client, 50..51);
        clock.advance(Duration::from_secs(1));
        clock.idle().await;
        for n in 60..65 {
            let error = client.track(&Seen { user: "u", n });
            let error = error.expect_err("a deleted folder");
            assert_eq!(error.kind(), ErrorKind::Spool);
        }
        server.clear_faults();
        drain(&client, &clock).await;
        client.flush().await.expect("not held");
        let stats = client.stats();
        assert_conserved(&stats);
        assert!(stats.delivered() >= 5, "{stats}");
        assert_eq!(stats.dropped(), stats.dropped_because(DropReason::Damaged));
        // Refused events are not sent.
        let arrived = numbers(&server);
        assert!(
            arrived.is_sorted() && arrived.iter().all(|n| *n <= 50),
            "{arrived:?}"
        );
    }
}

/// A client that cannot write acks, because a folder has the name of its acks file.
fn without_acks(server: &Server, spool: &Path, clock: &Clock, delivery: Delivery) -> Client {
    let client = builder(server, spool)
        .queue(
            options()
                .delivery(delivery)
                .batch_age(Duration::from_secs(1)),
        )
        .clock(clock)
        .build()
        .expect("a client");
    fs::create_dir(spool.join("0000000001.acks")).expect("a writable folder");
    for n in 0..5 {
        // With `Isolated`, the event before is due at once; its failed ack is the error of this
        // call.
        while client.track(&Seen { user: "u", n }).is_err() {}
    }
    client
}

#[tokio::test]
async fn unwritable_acks_are_reported() {
    let (server, spool, clock) = (
        server().await,
        tempfile::tempdir().expect("a folder"),
        Clock::new(),
    );
    let client = without_acks(&server, spool.path(), &clock, Delivery::AtLeastOnce);
    drain(&client, &clock).await;
    assert_eq!(client.stats().delivered(), 5);
    let error = client.track(&Seen { user: "u", n: 5 });
    assert_eq!(
        error.expect_err("the deferred error").kind(),
        ErrorKind::Spool
    );
    track(&client, 5..6);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(client.stats().pending(), 1);

    // If the acks cannot be read either, events could be sent twice, so the spool is not opened.
    let error = Client::builder("sk_1").spool(spool.path()).build();
    assert_eq!(error.expect_err("unreadable acks").kind(), ErrorKind::Spool);
    fs::remove_dir(spool.path().join("0000000001.acks")).expect("the folder");
    let next = cut_off(SpoolOptions::new(spool.path()).any_project());
    assert!(recovered(&next).recovered() >= 1);
}

#[tokio::test]
async fn without_acks_no_event_is_sent_that_must_not_arrive_twice() {
    for delivery in [Delivery::AtMostOnce, Delivery::Isolated] {
        let (server, spool, clock) = (
            server().await,
            tempfile::tempdir().expect("a folder"),
            Clock::new(),
        );
        let client = without_acks(&server, spool.path(), &clock, delivery);
        clock.advance(Duration::from_secs(1));
        // Retries have no pauses here, so the client retries all the time.
        while client.track(&Seen { user: "u", n: 9 }).is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(numbers(&server).is_empty());
        fs::remove_dir(spool.path().join("0000000001.acks")).expect("the folder");
        drain(&client, &clock).await;
        assert!(numbers(&server).starts_with(&[0, 1, 2, 3, 4]));
        assert_eq!(client.stats().delivered(), client.stats().accepted());
    }
}

#[tokio::test]
async fn a_log_that_is_cut_while_it_takes_events_loses_only_the_cut_ones() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    server.inject(Fault::status(503).always());
    let client = builder(&server, spool.path())
        .queue(options().max_events(2))
        .build()
        .expect("a client");
    track(&client, 0..20);
    let log = &logs(spool.path())[0];
    let length = fs::metadata(log).expect("a file").len();
    let file = fs::File::options().write(true).open(log);
    file.expect("a file").set_len(length / 2).expect("cut");
    track(&client, 20..40);
    server.clear_faults();
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_conserved(&stats);
    let damaged = stats.dropped_because(DropReason::Damaged);
    assert!((8..=11).contains(&damaged), "{stats}");
    assert_eq!(stats.dropped(), damaged);
    let arrived = numbers(&server);
    assert!(arrived.is_sorted(), "{arrived:?}");
    assert!(
        arrived.ends_with(&(20..40).collect::<Vec<_>>()),
        "{arrived:?}"
    );
}

#[tokio::test]
async fn acknowledgements_that_are_deleted_meanwhile_bring_their_events_back() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    for first in [0, 10] {
        let client = cut_off(spool.path());
        track(&client, first..first + 10);
        let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    }
    // The first event of the second file, after the record of the format, is settled.
    let acks = spool.path().join("0000000002.acks");
    let offset = 26_u32.to_le_bytes();
    let sum = crc32fast::hash(&[&[6], &offset[..]].concat()).to_le_bytes();
    let record = [&[0xFF, 6, 4, 0, 0, 0], &sum[..], &offset[..]].concat();
    fs::write(&acks, record).expect("a writable folder");
    server.inject(Fault::status(503).always());
    // Memory is full with the first file while the acknowledgements of the second are deleted.
    let client = builder(&server, spool.path())
        .queue(options().max_events(2))
        .build()
        .expect("a client");
    assert_eq!(recovered(&client).recovered(), 19);
    fs::remove_file(acks).expect("a file");
    server.clear_faults();
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!((stats.delivered(), stats.pending()), (20, 0), "{stats}");
    assert!(numbers(&server).into_iter().eq(0..20));
}
