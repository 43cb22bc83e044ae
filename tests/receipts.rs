//! Receipts: the outcome of one event or upsert.

#[path = "receipts/many.rs"]
mod many;
#[path = "receipts/spooled.rs"]
mod spooled;

use crate::delivery::{Seen, builder, options, patient, started};
use futures_util::FutureExt;
use lunogram::hooks::Decision;
use lunogram::queue::{Delivery, DropReason, Fate, Overflow, QueueOptions, Receipt};
use lunogram::session::OwnTraits;
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ErrorKind, Event, UpsertOrganizationRequest, UpsertUserRequest, blocking};
use lunogram_tests::raw::{Raw, Reply};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;
use uuid::Uuid;

fn track(client: &Client, n: u64) -> Receipt {
    let event = Seen { user: "u", n };
    client.receipts().track(&event).expect("room")
}

/// Advances the clock until the future is ready.
async fn advance_until<T>(future: impl Future<Output = T>, clock: &Clock) -> T {
    let mut future = pin!(future);
    loop {
        tokio::select! {
            biased;
            output = &mut future => return output,
            next = clock.idle() => clock.advance(next.expect("a pending sleep")),
        }
    }
}

/// A server that does not answer.
fn stuck(clock: &Clock) -> Server {
    let server = Server::builder().clock(clock).start().expect("a port");
    server.inject(Fault::latency(Duration::from_secs(3_600)).always());
    server
}

/// The outcomes of receipts that must be complete.
fn complete(receipts: Vec<Receipt>) -> Vec<Fate> {
    let fates = receipts.into_iter().map(FutureExt::now_or_never);
    fates
        .map(|fate| fate.expect("a complete receipt"))
        .collect()
}

async fn all(receipts: Vec<Receipt>) -> Vec<Fate> {
    futures_util::future::join_all(receipts).await
}

#[test]
fn a_receipt_can_be_spawned_and_shared() {
    fn check<T: Future<Output = Fate> + Send + Sync + Unpin + 'static>() {}
    fn check_blocking<T: Send + Sync + 'static>() {}
    check::<Receipt>();
    check_blocking::<blocking::Receipt>();
}

#[tokio::test]
async fn an_event_is_delivered_and_counted_before_its_receipt_completes() {
    let (server, client) = started(patient());
    let mut receipt = track(&client, 1);
    client.track(&Seen { user: "u", n: 2 }).expect("room");
    assert_eq!((&mut receipt).now_or_never(), None, "it is queued");
    assert_eq!(format!("{receipt:?}"), "Receipt(pending)");
    let flushed = client.flush();
    let (fate, flushed) = tokio::join!(&mut receipt, flushed);
    flushed.expect("not held");
    assert_eq!(fate, Fate::Delivered);
    assert_eq!(client.stats().delivered(), 2);
    assert_eq!(server.lost().len(), 2);
    // A receipt keeps what it has reported.
    assert_eq!(receipt.await, Fate::Delivered);
}

#[tokio::test]
async fn each_way_in_which_the_server_ends_an_event_has_its_fate() {
    let cases = [
        (Fault::status(422), Fate::Dropped(DropReason::Refused)),
        (Fault::status(413), Fate::Dropped(DropReason::TooLarge)),
        (Fault::status(503), Fate::Delivered),
        (Fault::lose_answer(), Fate::Delivered),
    ];
    for (fault, fate) in cases {
        let (server, client) = started(options());
        server.inject(fault);
        assert_eq!(track(&client, 1).await, fate);
    }
    let (server, client) = started(options().delivery(Delivery::AtMostOnce));
    server.inject(Fault::lose_answer());
    assert_eq!(track(&client, 1).await, Fate::Unknown);
    assert_eq!(client.stats().unknown(), 1);
}

#[tokio::test]
async fn an_event_that_expires_is_reported() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    server.inject(Fault::status(503).always());
    let options = QueueOptions::default().event_deadline(Duration::from_secs(600));
    let client = builder(&server, options).clock(&clock).build();
    let client = client.expect("a client");
    let fate = advance_until(track(&client, 1), &clock).await;
    assert_eq!(fate, Fate::Dropped(DropReason::Expired));
}

#[tokio::test]
async fn an_event_that_finds_no_room_is_reported() {
    let full = Fate::Dropped(DropReason::QueueFull);
    let (_server, client) = started(patient().max_events(2).overflow(Overflow::DropNewest));
    let receipts = (0..3).map(|n| track(&client, n)).collect();
    client.flush().await.expect("not held");
    let fates = all(receipts).await;
    assert_eq!(fates, [Fate::Delivered, Fate::Delivered, full]);

    let (_server, client) = started(patient().max_events(2).overflow(Overflow::DropOldest));
    let receipts = (0..3).map(|n| track(&client, n)).collect();
    client.flush().await.expect("not held");
    let fates = all(receipts).await;
    assert_eq!(fates, [full, Fate::Delivered, Fate::Delivered]);

    // The rest fills a request, which is sent without a copy.
    let full_batch = patient().max_events(3).batch_events(4);
    let (_server, client) = started(full_batch.overflow(Overflow::DropOldest));
    let receipts = (0..4).map(|n| track(&client, n)).collect();
    client.flush().await.expect("not held");
    let [sent, dropped] = [Fate::Delivered, full];
    assert_eq!(all(receipts).await, [dropped, sent, sent, sent]);

    // Most of a batch is dropped during an outage.
    let outage = options().max_events(6).overflow(Overflow::DropOldest);
    let (server, client) = started(outage);
    let user = UpsertUserRequest::new("u");
    client.upsert_user(&user).await.expect("no faults");
    server.inject(Fault::status(503).always());
    let receipts = (0..20).map(|n| track(&client, n)).collect();
    server.clear_faults();
    client.flush().await.expect("not held");
    let fates = all(receipts).await;
    let arrived: Vec<u64> = server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect();
    let delivered: Vec<u64> = (0..20)
        .zip(&fates)
        .filter_map(|(n, fate)| fate.is_delivered().then_some(n))
        .collect();
    assert_eq!(delivered, arrived);
    let dropped = fates.iter().filter(|fate| **fate == full);
    assert_eq!(dropped.count(), 20 - arrived.len());

    let (_server, client) = started(patient().max_events(1));
    let accepted = track(&client, 0);
    let refused = client.receipts().track(&Seen { user: "u", n: 1 });
    let error = refused.expect_err("no room");
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    client.flush().await.expect("not held");
    assert!(accepted.await.is_delivered());
}

#[tokio::test]
async fn an_event_that_the_hook_withholds_is_reported_at_once() {
    let server = Server::start().expect("a port");
    let client = builder(&server, options())
        .before_send(|payload| {
            assert_ne!(payload.name(), "user", "the hook panics for upserts");
            match payload.name() {
                "debug" => Decision::Drop,
                _ => Decision::Send,
            }
        })
        .build()
        .expect("a client");
    let receipts = client.receipts();
    let dropped = receipts.track(&Event::new("debug").to("u")).expect("room");
    let withheld = Fate::Dropped(DropReason::BeforeSend);
    assert_eq!(dropped.now_or_never(), Some(withheld));
    let failed = receipts.identify(&UpsertUserRequest::new("u"));
    let failed = failed.expect("room").now_or_never();
    assert_eq!(failed, Some(Fate::Dropped(DropReason::BeforeSendFailed)));
    let sent = receipts.track(&Event::new("seen").to("u")).expect("room");
    assert!(sent.await.is_delivered());
}

#[tokio::test]
async fn an_invalid_event_has_no_receipt() {
    let (_server, client) = started(options());
    let invalid = client.receipts().track(&Event::new("seen").to(""));
    assert_eq!(invalid.expect_err("no id").kind(), ErrorKind::Invalid);
    assert_eq!(client.stats().accepted(), 0);
}

#[tokio::test]
async fn receipts_complete_when_the_client_ends() {
    let lost = Fate::Dropped(DropReason::Shutdown);
    for is_dropped in [true, false] {
        let (server, client) = started(patient());
        server.inject(Fault::status(503).always());
        let user = client.receipts().identify(&UpsertUserRequest::new("u"));
        let queued = track(&client, 1);
        if is_dropped {
            drop(client);
        } else {
            let _ = client.shutdown(Duration::ZERO).await.expect("not held");
            // They are complete when `shutdown` returns.
            let late = client.receipts().track(&Seen { user: "u", n: 2 });
            let late = late.expect_err("it was shut down");
            assert_eq!(late.kind(), ErrorKind::ShutDown);
        }
        assert_eq!(queued.await, lost);
        // A request for the upsert may have been on its way.
        let user = user.expect("room").await;
        assert!([lost, Fate::Unknown].contains(&user), "{user}");
    }
    let clock = Clock::new();
    let server = stuck(&clock);
    let client = builder(&server, options().delivery(Delivery::AtMostOnce)).clock(&clock);
    let client = client.build().expect("a client");
    let receipt = track(&client, 1);
    clock.idle().await;
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(receipt.now_or_never(), Some(Fate::Unknown), "it may be in");
}

#[tokio::test]
async fn upserts_have_receipts() {
    let (server, client) = started(options());
    let receipts = client.receipts();
    let acme = UpsertOrganizationRequest::new("acme");
    let delivered = receipts.identify(&acme).expect("room");
    assert!(delivered.await.is_delivered());
    server.inject(Fault::status(422));
    let refused = receipts.identify(&UpsertUserRequest::new("u"));
    let refused = refused.expect("room").await;
    assert_eq!(refused, Fate::Dropped(DropReason::Refused));
}

#[tokio::test]
async fn the_receipts_of_a_halved_batch_are_those_of_its_events() {
    let (server, client) = started(patient());
    server.inject(Fault::refuse_event("bad").always());
    let names = (0..100).map(|n| if n % 9 == 4 { "bad" } else { "good" });
    let names: Vec<_> = names.collect();
    let receipts = names.iter().enumerate().map(|(n, name)| {
        let event = Event::new(*name).to((n % 7).to_string());
        // Every second event has a receipt.
        if n % 2 == 0 {
            return client.receipts().track(&event).ok();
        }
        client.track(&event).expect("room");
        None
    });
    let receipts: Vec<_> = receipts.collect();
    client.flush().await.expect("not held");
    for (name, receipt) in names.iter().zip(receipts) {
        let Some(receipt) = receipt else { continue };
        let fate = match *name {
            "bad" => Fate::Dropped(DropReason::Refused),
            _ => Fate::Delivered,
        };
        assert_eq!(receipt.await, fate, "{name}");
    }
}

#[tokio::test]
async fn the_receipts_of_events_that_are_set_aside_are_theirs() {
    let server = Raw::judging(|request| {
        if request.contains("poison") {
            Reply::json(500, "{}")
        } else {
            Reply::with(202, "", "")
        }
    });
    let clock = Clock::seeded(1);
    let client = Client::builder("sk_1")
        .base_url(server.url())
        .clock(&clock)
        .build()
        .expect("a client");
    let mut receipts = Vec::new();
    for round in 0..20 {
        for n in 0..40 {
            let name = match (round, n) {
                (3, 17) => "poison",
                _ => "fine",
            };
            let event = Event::new(name).to((n % 10).to_string());
            receipts.push((name, client.receipts().track(&event).expect("room")));
        }
        // Later events of the subject arrive while the event is judged.
        if let Some(next) = clock.idle().await {
            clock.advance(next);
        }
    }
    for (name, receipt) in receipts {
        let fate = match name {
            "poison" => Fate::Dropped(DropReason::Refused),
            _ => Fate::Delivered,
        };
        assert_eq!(advance_until(receipt, &clock).await, fate, "{name}");
    }
}

#[tokio::test]
async fn hooks_are_called_before_the_receipt_completes() {
    let server = Server::start().expect("a port");
    server.inject(Fault::status(422));
    let dropped = Arc::new(Mutex::new(0));
    let count = Arc::clone(&dropped);
    let client = builder(&server, options())
        .on_drop(move |_| *count.lock().expect("no panic") += 1)
        .build()
        .expect("a client");
    assert!(!track(&client, 1).await.is_delivered());
    assert_eq!(*dropped.lock().expect("no panic"), 1);
    assert_eq!(client.stats().dropped(), 1);
}

#[tokio::test]
async fn a_dropped_receipt_cancels_nothing() {
    let (_server, client) = started(patient());
    drop(track(&client, 1));
    let kept = track(&client, 2);
    client.flush().await.expect("not held");
    assert!(kept.await.is_delivered());
    assert_eq!(client.stats().delivered(), 2);
}

#[test]
fn any_thread_can_ask_and_any_thread_can_wait() {
    let (_server, client) = started(options());
    let threads = (0..4).map(|thread| {
        let client = client.clone();
        thread::spawn(move || (0..25).map(|n| track(&client, thread * 25 + n)).collect())
    });
    let threads: Vec<_> = threads.collect();
    let receipts = threads.into_iter().flat_map(|thread| {
        let receipts: Vec<Receipt> = thread.join().expect("no panic");
        receipts
    });
    let receipts = receipts.collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let fates = runtime.expect("a runtime").block_on(all(receipts));
    assert_eq!(fates, [Fate::Delivered; 100]);
}

#[tokio::test]
async fn calls_that_wait_for_room_return_receipts() {
    let (_server, client) = started(options().max_events(2).overflow(Overflow::Wait));
    let queue = client.waiting().receipts();
    let mut receipts = vec![queue.identify(&UpsertUserRequest::new("u")).await];
    for n in 0..20 {
        receipts.push(queue.track(&Seen { user: "u", n }).await);
    }
    for receipt in receipts {
        assert!(receipt.expect("room").await.is_delivered());
    }
    let error = queue.track(&Event::new("").to("u")).await;
    assert_eq!(error.expect_err("no name").kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn sessions_and_clients_of_projects_have_receipts() {
    let (server, client) = started(options());
    let project = client.for_project(server.key(), server.project_id());
    let project = project.expect("a client");
    assert!(track(&project, 1).await.is_delivered());

    let token = client.create_session(Uuid::from_u128(7), "u").await;
    let session = client.with_session(token.expect("a token"), "u");
    let receipts = session.as_ref().expect("a session").receipts();
    let identified = receipts.identify(&OwnTraits::new().locale("nl-NL"));
    assert!(identified.expect("room").await.is_delivered());
    let tracked = receipts.track(&Event::new("seen"));
    assert!(tracked.expect("room").await.is_delivered());
    assert_eq!(server.events_named("seen").len(), 1);
}

#[tokio::test]
async fn a_disabled_client_reports_success_as_its_calls_do() {
    let client = Client::disabled();
    assert_eq!(track(&client, 1).now_or_never(), Some(Fate::Delivered));
    let invalid = client.receipts().track(&Event::new("seen").to(""));
    assert_eq!(invalid.expect_err("no id").kind(), ErrorKind::Invalid);
    let user = UpsertUserRequest::new("u");
    let waited = client.waiting().receipts().identify(&user).await;
    assert!(waited.expect("no queue").await.is_delivered());

    let client = blocking::Client::disabled();
    let tracked = client.receipts().track(&Seen { user: "u", n: 1 });
    let fate = tracked.expect("no queue").wait_for(Duration::ZERO);
    assert_eq!(fate, Some(Fate::Delivered));
}

#[test]
fn the_blocking_face_waits() {
    let server = Server::start().expect("a port");
    let client = builder(&server, patient()).build();
    let client = client.expect("a client").blocking().expect("a thread");
    let receipts = client.receipts();
    let mut queued = receipts.track(&Seen { user: "u", n: 1 }).expect("room");
    assert_eq!(queued.wait_for(Duration::ZERO), None);
    let user = receipts.identify(&UpsertUserRequest::new("v"));
    let waiting = client.waiting().receipts();
    let third = waiting.track(&Seen { user: "w", n: 1 }).expect("room");
    client.flush().expect("not held");
    assert_eq!(
        queued.wait_for(Duration::from_secs(60)),
        Some(Fate::Delivered)
    );
    assert_eq!(queued.wait(), Fate::Delivered);
    assert!(user.expect("room").wait().is_delivered());
    assert!(third.wait().is_delivered());

    let token = client.create_session(Uuid::from_u128(7), "u");
    let session = client.with_session(token.expect("a token"), "u");
    let session = session.expect("a session");
    let tracked = session.receipts().track(&Event::new("seen"));
    session.flush().expect("not held");
    assert!(tracked.expect("room").wait().is_delivered());

    let left = receipts.track(&Seen { user: "u", n: 2 }).expect("room");
    drop(client);
    assert_eq!(left.wait(), Fate::Dropped(DropReason::Shutdown));
}

#[test]
fn a_blocking_wait_ends_by_the_clock_of_the_client() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    let client = builder(&server, patient()).clock(&clock).build();
    let client = client.expect("a client").blocking().expect("a thread");
    let receipt = client.receipts().track(&Seen { user: "u", n: 1 });
    let mut receipt = receipt.expect("room");
    let waiting = thread::spawn(move || receipt.wait_for(Duration::from_secs(60)));
    while !waiting.is_finished() {
        // The batch is sent after half an hour.
        clock.advance(Duration::from_millis(1));
        thread::yield_now();
    }
    assert_eq!(waiting.join().expect("no panic"), None);
}
