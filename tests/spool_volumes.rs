//! The files of the spool: many files, large ones, and copies made at any moment.
//!
//! This makes more copies:
//!
//! ```text
//! LUNOGRAM_TEST_CASES=2000 cargo test --release -p lunogram-tests --test main spool_volumes
//! ```

use lunogram::hooks::{Column, Decision, Outgoing};
use lunogram::queue::{DropReason, Overflow, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, Event, LunogramEvent, UpsertOrganizationRequest, UpsertUserRequest};
use lunogram_tests::spool::{
    assert_conserved, builder, cut_off, drain, files, logs, numbers, options, recovered, server,
};
use lunogram_tests::watched::TOO_LONG;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind::NotFound;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The size at which a new volume is started.
const VOLUME_SIZE: u64 = 4 << 20;

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    n: u64,
    filler: &'a str,
}

fn track(client: &Client, numbers: std::ops::Range<u64>, filler: &str) {
    for n in numbers {
        let seen = Seen {
            user: "u",
            n,
            filler,
        };
        client.track(&seen).expect("room");
    }
}

/// Total size of the files of a spool.
fn on_disk(spool: &Path) -> u64 {
    let all = ["log", "acks", "damaged"]
        .into_iter()
        .flat_map(|ending| files(spool, ending));
    // A file that was just deleted counts as empty.
    all.filter_map(|file| Some(fs::metadata(file).ok()?.len()))
        .sum()
}

#[tokio::test]
async fn files_are_deleted_as_their_events_are_delivered() {
    const EVENTS: u64 = 400;
    let filler = "x".repeat(50_000);
    let spool = tempfile::tempdir().expect("a folder");
    for part in 0..4 {
        let client = cut_off(spool.path());
        let first = part * EVENTS / 4;
        track(&client, first..first + EVENTS / 4, &filler);
        let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    }
    assert!(logs(spool.path()).len() >= 8, "two per client");
    assert!(on_disk(spool.path()) > EVENTS * 50_000);

    let server = server().await;
    let (folder, worst) = (spool.path().to_owned(), Arc::new(AtomicU64::new(0)));
    let seen = Arc::clone(&worst);
    let client = builder(&server, spool.path())
        .queue(options().batch_events(10).max_events(30))
        .before_send(move |payload| {
            let n = payload.data()["n"].as_u64().expect("a number");
            let pending = (EVENTS - n) * 50_200;
            seen.fetch_max(on_disk(&folder).saturating_sub(pending), Ordering::Relaxed);
            Decision::Send
        })
        .build()
        .expect("a client");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().delivered(), EVENTS);
    assert_eq!(client.stats().hook_panics(), 0);
    assert!(numbers(&server).into_iter().eq(0..EVENTS));
    let worst = worst.load(Ordering::Relaxed);
    assert!(worst < 2 * VOLUME_SIZE, "{worst}");
    assert_eq!(on_disk(spool.path()), 0, "no file is left");
}

/// Waits until something holds about which nothing notifies.
async fn until(holds: impl Fn() -> bool) {
    let waited = async {
        while !holds() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(TOO_LONG, waited).await;
    waited.expect("it holds soon");
}

#[tokio::test]
async fn a_stuck_event_does_not_keep_the_delivered_ones_of_its_file_on_disk() {
    const EVENTS: u64 = 600;
    const MOST: u64 = 1 << 20;
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let filler = "x".repeat(50_000);
    server.inject(Fault::status(503).on_event("stuck").always());
    let client = builder(&server, SpoolOptions::new(spool.path()).max_bytes(MOST))
        .queue(
            // With the default pauses, the verdict about the stuck events takes minutes.
            QueueOptions::default()
                .batch_age(Duration::ZERO)
                .batch_events(5)
                .overflow(Overflow::Wait),
        )
        .build()
        .expect("a client");
    let (mut stuck, mut worst) = (0, 0);
    for n in 0..EVENTS {
        if n % 40 == 0 {
            let event = Event::new("stuck")
                .to("v")
                .data(serde_json::json!({"n": stuck}));
            client.track(&event).expect("room");
            stuck += 1;
        }
        let seen = Seen {
            user: "u",
            n,
            filler: &filler,
        };
        client
            .waiting()
            .track(&seen)
            .await
            .expect("room, in the end");
        worst = worst.max(on_disk(spool.path()));
    }
    // Also while the disk is slower than this test.
    assert!(worst <= 2 * MOST + 5 * VOLUME_SIZE, "{worst}");
    until(|| on_disk(spool.path()) <= 2 * MOST + VOLUME_SIZE).await;
    assert!(logs(spool.path()).len() > 3);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    drop(client);

    server.clear_faults();
    server
        .client()
        .upsert_user(&UpsertUserRequest::new("v"))
        .await
        .expect("no faults");
    let next = builder(&server, spool.path()).build().expect("a client");
    next.flush().await.expect("not held");
    assert_eq!(next.stats().dropped(), 0);
    let arrived = server.all_events();
    // A request that was on its way at the shutdown may arrive, too.
    let numbers_of = |name: &str| {
        let events = arrived.iter().filter(|event| event.name == name);
        let numbers: BTreeSet<_> = events
            .filter_map(|event| event.data["n"].as_u64())
            .collect();
        numbers
    };
    assert!(numbers_of("stuck").into_iter().eq(0..stuck));
    assert!(numbers_of("seen").into_iter().eq(0..EVENTS));
}

#[tokio::test]
async fn a_payload_may_be_larger_than_a_file_and_than_memory() {
    let filler = "x".repeat(5 << 20);
    let spool = tempfile::tempdir().expect("a folder");
    let small = options().max_bytes(1_000);
    let server = server().await;
    server.inject(Fault::status(503).always());
    let client = builder(&server, spool.path())
        .queue(small)
        .build()
        .expect("a client");
    for n in 0..12 {
        track(&client, n..n + 1, if n % 3 == 1 { &filler } else { "" });
    }
    server.clear_faults();
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.pending_bytes()), (8, 0));
    // The server refuses events of this size.
    assert_eq!(stats.dropped_because(DropReason::TooLarge), 4);
    assert!(
        numbers(&server)
            .into_iter()
            .eq((0..12).filter(|n| n % 3 != 1))
    );
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(on_disk(spool.path()), 0);
}

/// A client whose memory holds two events, whose spool holds a few more, and whose server is down.
fn small_client(server: &Server, spool: &Path, clock: &Clock, overflow: Overflow) -> Client {
    server.inject(Fault::status(503).always());
    let few = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .batch_events(1)
        .max_events(2)
        .overflow(overflow);
    builder(server, SpoolOptions::new(spool).max_bytes(1_000))
        .queue(few)
        .clock(clock)
        .build()
        .expect("a client")
}

#[tokio::test]
async fn the_oldest_events_in_memory_are_dropped_and_replaced_from_disk() {
    let (server, clock) = (server().await, Clock::new());
    let spool = tempfile::tempdir().expect("a folder");
    let client = small_client(&server, spool.path(), &clock, Overflow::DropOldest);
    for n in 0..100 {
        track(&client, n..n + 1, "");
        clock.idle().await;
    }
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(stats.accepted(), 100);
    assert_eq!(stats.spooled(), stats.pending());
    let dropped = stats.dropped_because(DropReason::QueueFull);
    assert!(dropped > 80, "{stats}");
    server.clear_faults();
    drain(&client, &clock).await;
    let arrived = numbers(&server);
    assert_eq!(arrived.len() as u64, 100 - dropped);
    // Event 0 is in flight all the time. Of the later events, the newest are left.
    assert_eq!(arrived[0], 0);
    assert!(
        arrived[1..].iter().copied().eq(dropped + 1..100),
        "{arrived:?}"
    );
}

#[tokio::test]
async fn track_waits_for_room_in_a_full_spool() {
    let (server, clock) = (server().await, Clock::new());
    let spool = tempfile::tempdir().expect("a folder");
    let client = small_client(&server, spool.path(), &clock, Overflow::Wait);
    let mut n = 0;
    while client.track(&event(n)).is_ok() {
        n += 1;
    }
    let last = Seen {
        user: "u",
        n,
        filler: "",
    };
    let waiting = client.waiting().track(&last);
    let mut waiting = std::pin::pin!(waiting);
    tokio::select! {
        biased;
        _ = &mut waiting => panic!("the spool is full"),
        _ = clock.idle() => {}
    }
    server.clear_faults();
    let (waited, _) = tokio::join!(waiting, drain(&client, &clock));
    waited.expect("room now");
    drain(&client, &clock).await;
    assert!(numbers(&server).into_iter().eq(0..=n));
}

fn event(n: u64) -> Event {
    Event::new("seen")
        .to("u")
        .data(serde_json::json!({"n": n, "filler": ""}))
}

#[tokio::test]
async fn events_dropped_by_before_send_are_not_sent_by_a_later_client() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let client = cut_off(spool.path());
    track(&client, 0..20, "changes the size when removed");
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    let client = builder(&server, spool.path())
        .before_send(|payload| match payload.data()["n"].as_u64() {
            Some(n) if n % 2 == 0 => {
                payload.data_mut().remove("filler");
                Decision::Send
            }
            _ => Decision::Drop,
        })
        .build()
        .expect("a client");
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_eq!(stats.dropped_because(DropReason::BeforeSend), 10);
    assert_eq!((stats.pending(), stats.pending_bytes()), (0, 0));
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(recovered(&cut_off(spool.path())).recovered(), 0);
    assert!(numbers(&server).into_iter().eq((0..20).step_by(2)));
}

#[tokio::test]
async fn what_before_send_removes_is_not_written_to_disk() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let shown = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&shown);
    let hook = move |payload: &mut Outgoing<'_>| {
        count.fetch_add(1, Ordering::Relaxed);
        payload.remove_column(Column::Email);
        payload.data_mut().remove("filler");
        Decision::Send
    };
    let builder = |url: &str| {
        let builder = Client::builder(server.key()).base_url(url);
        builder
            .queue(options())
            .spool(SpoolOptions::new(spool.path()).any_project())
            .before_send(hook.clone())
    };
    let client = builder("http://127.0.0.1:1").build().expect("a client");
    let user = UpsertUserRequest::new("u")
        .email("jane@secret.example")
        .locale("nl-NL");
    client.identify(&user).expect("room");
    track(&client, 0..3, "the secret");
    for log in logs(spool.path()) {
        let log = fs::read(log).expect("a file");
        let text = String::from_utf8_lossy(&log);
        assert!(text.contains("nl-NL") && text.contains("\"n\":2"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");

    // The next client does not show them again: a hook that hashes a value would hash its hash.
    let client = builder(server.url()).build().expect("a client");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().recovered(), 4);
    assert_eq!(client.stats().delivered(), 4);
    assert_eq!(shown.load(Ordering::Relaxed), 4);
    assert!(numbers(&server).into_iter().eq(0..3));
}

#[tokio::test]
async fn a_hook_that_fails_for_payloads_on_disk_keeps_them_from_leaving() {
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let client = cut_off(spool.path());
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    client
        .identify(&UpsertOrganizationRequest::new("o"))
        .expect("room");
    track(&client, 0..9, "");
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    let requests = server.requests().len();
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&dropped);
    let client = builder(&server, spool.path())
        .before_send(|payload| match payload.data().get("n").map(Value::as_u64) {
            Some(Some(n)) if n % 3 == 0 => panic!("a bug in the application"),
            Some(Some(n)) if n % 3 == 1 => Decision::Drop,
            _ => {
                payload.data_mut().insert("n".to_owned(), u64::MAX.into());
                Decision::Send
            }
        })
        .on_drop(move |item| {
            let mut log = log.lock().expect("no panic");
            log.push((item.name().to_owned(), item.reason()));
        })
        .build()
        .expect("a client");
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(
        (stats.pending(), stats.pending_bytes(), stats.spooled()),
        (0, 0, 0)
    );
    assert_eq!(stats.dropped_because(DropReason::BeforeSend), 3);
    assert_eq!(stats.dropped_because(DropReason::BeforeSendFailed), 8);
    assert_eq!(stats.hook_panics(), 3);
    let dropped = std::mem::take(&mut *dropped.lock().expect("no panic"));
    assert_eq!(
        dropped[0],
        ("user".to_owned(), DropReason::BeforeSendFailed)
    );
    assert_eq!(
        dropped[1],
        ("organization".to_owned(), DropReason::BeforeSendFailed)
    );
    assert_eq!(dropped.len(), 11);
    assert_eq!(server.requests().len(), requests);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(on_disk(spool.path()), 0);
}

#[test]
fn a_blocking_client_leaves_its_events_to_the_next_one() {
    let (server, spool) = (
        Server::start().expect("a port"),
        tempfile::tempdir().expect("a folder"),
    );
    let blocking = |url: &str| {
        Client::builder(server.key())
            .base_url(url)
            .queue(options())
            .spool(SpoolOptions::new(spool.path()).any_project())
            .build()
            .and_then(|client| client.blocking())
            .expect("a client")
    };
    let client = blocking("http://127.0.0.1:1");
    for id in ["o", "p"] {
        let organization = UpsertOrganizationRequest::new(id);
        let user = UpsertUserRequest::new(id);
        client.identify(&organization).expect("room");
        client.identify(&user).expect("room");
        for n in 0..5 {
            let event = Event::new("seen").to(id).data(serde_json::json!({"n": n}));
            client.track(&event).expect("room");
            client.track(&event.organization()).expect("room");
        }
    }
    let left = client.shutdown(Duration::ZERO).expect("not held");
    assert_eq!(left.spooled(), 24);
    let client = blocking(server.url());
    client.flush().expect("not held");
    assert_eq!(client.stats().recovered(), 24);
    assert_eq!(client.stats().delivered(), 24);
    assert!(server.lost().is_empty());
    assert_eq!(numbers(&server).len(), 20);
}

/// Copies a folder that is in use: logs first, then acks.
fn copy(from: &Path, to: &Path) {
    for ending in ["log", "acks"] {
        for file in files(from, ending) {
            let name = file.file_name().expect("a file");
            match fs::read(&file) {
                Ok(bytes) => fs::write(to.join(name), bytes).expect("room"),
                Err(why) => assert_eq!(why.kind(), NotFound),
            }
        }
    }
}

#[tokio::test]
async fn a_copy_made_at_any_moment_contains_all_unsettled_events() {
    let cases = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(40_u32);
    let (server, spool) = (server().await, tempfile::tempdir().expect("a folder"));
    let queue = options().max_events(50).batch_events(20);
    let client = builder(&server, SpoolOptions::new(spool.path()).max_bytes(400_000))
        .queue(queue.overflow(Overflow::Wait))
        .build()
        .expect("a client");
    let (accepted, ended) = (Mutex::new(0), AtomicBool::new(false));
    let filler = "x".repeat(2_000);
    let copies = std::thread::scope(|threads| {
        threads.spawn(|| {
            let mut n = 0;
            while !ended.load(Ordering::Relaxed) {
                let seen = Seen {
                    user: "u",
                    n,
                    filler: &filler,
                };
                if client.track(&seen).is_ok() {
                    n += 1;
                    *accepted.lock().expect("no panic") = n;
                }
            }
        });
        let mut copies = Vec::new();
        for _ in 0..cases {
            let before: u64 = *accepted.lock().expect("no panic");
            let to = tempfile::tempdir().expect("a folder");
            copy(spool.path(), to.path());
            // From the spool's count: the ledger counts the delivery of the same events a moment
            // later.
            let stats = client.stats();
            copies.push((before, to, stats.accepted() - stats.spooled()));
            while *accepted.lock().expect("no panic") < before + 10 {
                std::thread::yield_now();
            }
        }
        ended.store(true, Ordering::Relaxed);
        copies
    });
    for (accepted, copy, settled) in copies {
        let next = self::server().await;
        let client = builder(&next, copy.path()).build().expect("a client");
        client.flush().await.expect("not held");
        let stats = client.stats();
        let torn = stats.dropped_because(DropReason::Damaged);
        assert!(torn <= 1, "only the last record of a log may be torn");
        assert_eq!((stats.dropped(), stats.pending()), (torn, 0));
        let arrived = numbers(&next);
        assert!(arrived.is_sorted());
        // One subject, delivered in order, so the settled events are the first ones.
        let found: BTreeSet<_> = arrived.into_iter().collect();
        for n in settled..accepted {
            assert!(found.contains(&n), "{n} of {settled}..{accepted}");
        }
    }
}

#[tokio::test]
async fn events_loaded_from_disk_are_batched() {
    let (server, spool) = (
        Server::start().expect("a port"),
        tempfile::tempdir().expect("a folder"),
    );
    let client = cut_off(spool.path());
    let users = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for user in users {
        let user = UpsertUserRequest::new(user);
        client.identify(&user).expect("room");
    }
    for n in 0..4_000 {
        let seen = Seen {
            user: users[usize::try_from(n % 8).expect("small")],
            n,
            filler: "",
        };
        client.track(&seen).expect("room");
    }
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    let client = builder(&server, spool.path())
        .queue(
            options()
                .batch_age(Duration::from_secs(1))
                .max_events(400)
                .batch_events(50),
        )
        .build()
        .expect("a client");
    client.flush().await.expect("not held");
    let stats = client.stats();
    assert_eq!(stats.delivered(), 4_008);
    assert!(stats.requests() < 400, "{} requests", stats.requests());
}
