//! What `flush` waits for: all that was accepted before it, and nothing else.

use lunogram::testing::{Clock, Fault, Server};
use lunogram::{
    Client, Decision, DropReason, LunogramEvent, Overflow, QueueOptions, UpsertUserRequest,
};
use lunogram_tests::spool::numbers;
use std::pin::pin;

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    n: u64,
}

fn track(client: &Client, n: u64) {
    client.track(&Seen { user: "u", n }).expect("there is room");
}

async fn server() -> Server {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("u");
    server.client().upsert_user(&user).await.expect("no faults");
    server.inject(Fault::status(503).always());
    server
}

/// Whether the future is still waiting when nothing happens any more without the clock.
async fn waits(future: impl Future<Output = Result<(), lunogram::Error>>, clock: &Clock) -> bool {
    tokio::select! {
        biased;
        _ = future => false,
        _ = clock.idle() => true,
    }
}

/// Moves the clock until the future has ended.
async fn advancing(future: impl Future<Output = Result<(), lunogram::Error>>, clock: &Clock) {
    let mut future = pin!(future);
    loop {
        tokio::select! {
            biased;
            outcome = &mut future => return outcome.expect("not held"),
            next = clock.idle() => clock.advance(next.expect("something waits")),
        }
    }
}

#[tokio::test]
async fn what_is_dropped_from_behind_does_not_stand_for_what_is_on_its_way() {
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
    assert!(waits(&mut flush, &clock).await);
    for n in 1..4 {
        track(&client, n);
    }
    assert_eq!(client.stats().dropped_because(DropReason::QueueFull), 2);
    assert!(waits(&mut flush, &clock).await, "0 is on its way");
    server.clear_faults();
    advancing(flush, &clock).await;
    assert!(numbers(&server).starts_with(&[0]));
}

#[tokio::test]
async fn what_comes_after_it_is_not_waited_for() {
    let (server, clock) = (server().await, Clock::new());
    let options = QueueOptions::default().batch_age(std::time::Duration::from_secs(3_600));
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .before_send(|event| match event.data["n"].as_u64() {
            Some(n) if n > 0 => Decision::Drop,
            _ => Decision::Send,
        })
        .clock(&clock)
        .build()
        .expect("a client");
    track(&client, 0);
    let mut flush = pin!(client.flush());
    // Asked once, so that it knows what it waits for; in the same batch, there would be more.
    tokio::select! {
        biased;
        _ = &mut flush => panic!("nothing was sent"),
        () = std::future::ready(()) => {}
    }
    track(&client, 1);
    assert!(waits(&mut flush, &clock).await, "0 is on its way");
    server.clear_faults();
    advancing(flush, &clock).await;
    assert_eq!(numbers(&server), [0]);
}
