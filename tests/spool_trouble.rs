//! The spool where something is wrong: with its folder, with its files, or with the moment.

use lunogram::testing::{Clock, Fault, Server};
use lunogram::{
    Client, Delivery, DropReason, Durability, ErrorKind, LunogramEvent, QueueOptions, SpoolOptions,
    UpsertUserRequest,
};
use lunogram_tests::spool::{assert_conserved, builder, cut_off, files, logs, numbers, options};
use std::fs;
use std::path::Path;
use std::time::Duration;

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    n: u64,
}

fn track(client: &Client, numbers: std::ops::Range<u64>) {
    for n in numbers {
        client.track(&Seen { user: "u", n }).expect("there is room");
    }
}

async fn server() -> Server {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("u");
    server.client().upsert_user(&user).await.expect("no faults");
    server
}

#[tokio::test]
async fn what_is_left_to_the_next_client_is_not_flushed_by_a_client_that_has_ended() {
    let spool = tempfile::tempdir().expect("a folder");
    let client = cut_off(spool.path());
    track(&client, 0..10);
    let (flushed, ended) = tokio::join!(client.flush(), client.shutdown(Duration::ZERO));
    assert_eq!(ended.expect("not held").pending(), 10);
    for outcome in [flushed, client.flush().await] {
        let error = outcome.expect_err("nothing was delivered");
        assert_eq!(error.kind(), ErrorKind::ShutDown);
    }
}

#[tokio::test]
async fn a_client_that_was_shut_down_gives_the_folder_free() {
    let spool = tempfile::tempdir().expect("a folder");
    let unused = cut_off(spool.path());
    unused.shutdown(Duration::ZERO).await.expect("not held");
    let used = cut_off(spool.path());
    track(&used, 0..3);
    used.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(cut_off(spool.path()).stats().recovered(), 3);
    for ended in [unused, used] {
        let outcome = ended.track(&Seen { user: "u", n: 0 });
        assert_eq!(outcome.expect_err("too late").kind(), ErrorKind::ShutDown);
    }
}

#[tokio::test]
async fn files_that_are_not_the_spools_are_left_alone() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let foreign = ["7.log", "app.log", "2026.old.log", "+000000003.log"];
    for name in foreign {
        fs::write(spool.path().join(name), "mine").expect("it can be written");
    }
    // A process was killed between the end of a log and that of its marks.
    fs::write(spool.path().join("0000000005.marks"), "").expect("it can be written");
    let client = builder(&server, spool.path()).build().expect("a client");
    assert!(files(spool.path(), "marks").is_empty());
    track(&client, 0..9);
    client.flush().await.expect("not held");
    client.shutdown(Duration::ZERO).await.expect("not held");
    assert!(numbers(&server).into_iter().eq(0..9));
    for name in foreign {
        let bytes = fs::read(spool.path().join(name)).expect("it is there");
        assert_eq!(bytes, b"mine");
    }
    assert_eq!(logs(spool.path()).len(), foreign.len());
}

#[test]
fn a_folder_in_the_place_of_a_file_is_an_error() {
    for name in ["0000000001.log", "lock"] {
        let spool = tempfile::tempdir().expect("a folder");
        fs::create_dir(spool.path().join(name)).expect("it can be made");
        let error = Client::builder("sk_1").spool(spool.path()).build();
        let error = error.expect_err("nothing can be read");
        assert_eq!(error.kind(), ErrorKind::Spool);
        let text = error.to_string();
        assert!(text.contains(&spool.path().display().to_string()), "{text}");
    }
}

/// Moves the clock until nothing waits any more.
async fn drain(client: &Client, clock: &Clock) {
    loop {
        let next = clock.idle().await;
        if client.stats().pending() == 0 {
            return;
        }
        assert!(next.is_some(), "waits for ever: {}", client.stats());
        clock.advance(next.unwrap_or_default());
    }
}

#[tokio::test]
async fn a_folder_that_disappears_is_an_error_and_nobody_waits_for_it() {
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
        fs::remove_dir_all(&spool).expect("it is there");
        // Within the time in which the disk was to have it.
        let late = client.track(&Seen { user: "u", n: 50 });
        assert_eq!(late.is_err(), durability == Durability::Immediate);
        clock.advance(Duration::from_secs(1));
        clock.idle().await;
        for n in 60..65 {
            let error = client.track(&Seen { user: "u", n });
            let error = error.expect_err("there is no folder");
            assert_eq!(error.kind(), ErrorKind::Spool);
        }
        server.clear_faults();
        drain(&client, &clock).await;
        client.flush().await.expect("not held");
        let stats = client.stats();
        assert_conserved(&stats);
        assert!(stats.delivered() >= 5, "{stats}");
        assert_eq!(stats.dropped(), stats.dropped_because(DropReason::Damaged));
        assert!(numbers(&server).is_sorted());
    }
}

/// A client that cannot write down what it has done, because something else stands in that place.
fn without_marks(server: &Server, spool: &Path, clock: &Clock, delivery: Delivery) -> Client {
    let client = builder(server, spool)
        .queue(
            options()
                .delivery(delivery)
                .batch_age(Duration::from_secs(1)),
        )
        .clock(clock)
        .build()
        .expect("a client");
    fs::create_dir(spool.join("0000000001.marks")).expect("it can be made");
    for n in 0..5 {
        // Alone in its request, an event is due at once, and the next one to track hears what became of it.
        while client.track(&Seen { user: "u", n }).is_err() {}
    }
    client
}

#[tokio::test]
async fn marks_that_cannot_be_written_are_told_of() {
    let (server, spool, clock) = (
        server().await,
        tempfile::tempdir().expect("a folder"),
        Clock::new(),
    );
    let client = without_marks(&server, spool.path(), &clock, Delivery::AtLeastOnce);
    drain(&client, &clock).await;
    assert_eq!(client.stats().delivered(), 5);
    let error = client.track(&Seen { user: "u", n: 5 });
    assert_eq!(error.expect_err("told once").kind(), ErrorKind::Spool);
    track(&client, 5..6);
    client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(client.stats().pending(), 1);

    // Where marks cannot be read either, nothing is sent twice by mistake: the spool is not opened.
    let error = Client::builder("sk_1").spool(spool.path()).build();
    assert_eq!(error.expect_err("marks").kind(), ErrorKind::Spool);
    fs::remove_dir(spool.path().join("0000000001.marks")).expect("it is there");
    assert!(cut_off(spool.path()).stats().recovered() >= 1);
}

#[tokio::test]
async fn what_cannot_be_marked_is_not_sent_where_it_may_not_arrive_twice() {
    for delivery in [Delivery::AtMostOnce, Delivery::Isolated] {
        let (server, spool, clock) = (
            server().await,
            tempfile::tempdir().expect("a folder"),
            Clock::new(),
        );
        let client = without_marks(&server, spool.path(), &clock, delivery);
        clock.advance(Duration::from_secs(1));
        // Its pauses have no length here: it tries all the time.
        while client.track(&Seen { user: "u", n: 9 }).is_ok() {
            tokio::task::yield_now().await;
        }
        assert!(numbers(&server).is_empty());
        fs::remove_dir(spool.path().join("0000000001.marks")).expect("it is there");
        drain(&client, &clock).await;
        assert!(numbers(&server).starts_with(&[0, 1, 2, 3, 4]));
        assert_eq!(client.stats().delivered(), client.stats().accepted());
    }
}
