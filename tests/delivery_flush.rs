//! `flush` waits for everything accepted before it, and for nothing else.

use lunogram::queue::{DropReason, Overflow, QueueOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use lunogram_tests::spool::numbers;
use std::pin::pin;

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    n: u64,
}

fn track(client: &Client, n: u64) {
    client.track(&Seen { user: "u", n }).expect("room");
}

async fn server() -> Server {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("u");
    server.client().upsert_user(&user).await.expect("no faults");
    server.inject(Fault::status(503).always());
    server
}

/// Whether the future is still pending when all clients are idle.
async fn is_pending(
    future: impl Future<Output = Result<(), lunogram::Error>>,
    clock: &Clock,
) -> bool {
    tokio::select! {
        biased;
        _ = future => false,
        _ = clock.idle() => true,
    }
}

/// Advances the clock until the future is ready.
async fn advance_until(future: impl Future<Output = Result<(), lunogram::Error>>, clock: &Clock) {
    let mut future = pin!(future);
    loop {
        tokio::select! {
            biased;
            outcome = &mut future => return outcome.expect("not held"),
            next = clock.idle() => clock.advance(next.expect("a pending sleep")),
        }
    }
}

#[tokio::test]
async fn dropping_later_events_does_not_count_as_settling_earlier_ones() {
    let (server, clock) = (server().await, Clock::new());
    let options = QueueOptions::default()
        .batch_events(1)
        .max_events(2)
        .overflow(Overflow::DropOldest);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .clock(&clock)
        .build()
        .expect("a client");
    track(&client, 0);
    clock.idle().await;
    let mut flush = pin!(client.flush());
    assert!(is_pending(&mut flush, &clock).await);
    for n in 1..4 {
        track(&client, n);
    }
    assert_eq!(client.stats().dropped_because(DropReason::QueueFull), 2);
    assert!(is_pending(&mut flush, &clock).await, "event 0 is in flight");
    server.clear_faults();
    advance_until(flush, &clock).await;
    assert!(numbers(&server).starts_with(&[0]));
}

#[tokio::test]
async fn flush_does_not_wait_for_later_events() {
    let (server, clock) = (server().await, Clock::new());
    let options = QueueOptions::default().batch_age(std::time::Duration::from_secs(1_800));
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .clock(&clock)
        .build()
        .expect("a client");
    track(&client, 0);
    let mut flush = pin!(client.flush());
    // Polled once, so that the watermark is set before event 1 could join the batch.
    tokio::select! {
        biased;
        _ = &mut flush => panic!("flush is ready although no request was sent"),
        () = std::future::ready(()) => {}
    }
    track(&client, 1);
    assert!(is_pending(&mut flush, &clock).await, "event 0 is in flight");
    server.clear_faults();
    advance_until(flush, &clock).await;
    assert_eq!(numbers(&server), [0]);
    assert_eq!(client.stats().pending(), 1);
}
