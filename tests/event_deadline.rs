//! `event_deadline`: events and upserts expire while the client waits for the server, and not while
//! a refused key holds delivery.

use lunogram::queue::{DropReason, QueueOptions, Stats};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, Event, UpsertUserRequest};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn client(url: &str, key: &str, deadline: Duration, clock: &Clock) -> Client {
    let queue = QueueOptions::default().event_deadline(deadline);
    let builder = Client::builder(key).base_url(url).queue(queue);
    builder.clock(clock).build().expect("a client")
}

/// An event, and an upsert of another subject, which is not waited for by the event.
fn track_both(client: &Client) {
    client.track(&Event::new("seen").to("u")).expect("room");
    client
        .identify(&UpsertUserRequest::new("other"))
        .expect("room");
}

/// Advances the clock by `time`, in steps from one pending sleep to the next.
async fn pass(clock: &Clock, time: Duration) {
    let mut left = time;
    loop {
        let next = clock.idle().await.unwrap_or(left);
        clock.advance(next.min(left));
        left = left.saturating_sub(next);
        if left.is_zero() {
            clock.idle().await;
            return;
        }
    }
}

#[track_caller]
fn assert_expired(stats: &Stats) {
    let expired = stats.dropped_because(DropReason::Expired);
    assert_eq!((expired, stats.pending()), (2, 0), "{stats}");
}

#[tokio::test]
async fn events_expire_while_there_is_no_server() {
    let (gone, clock) = (Server::start().expect("a port"), Clock::new());
    let (url, key) = (gone.url().to_owned(), gone.key().to_owned());
    drop(gone);
    let client = client(&url, &key, 5 * MINUTE, &clock);
    track_both(&client);
    pass(&clock, 4 * MINUTE).await;
    assert_eq!(client.stats().pending(), 2, "{}", client.stats());
    pass(&clock, MINUTE + 10 * SECOND).await;
    assert_expired(&client.stats());
    client.flush().await.expect("nothing is queued");
}

#[tokio::test]
async fn events_expire_while_a_server_asks_to_wait() {
    for status in [429, 503] {
        let (server, clock) = (Server::start().expect("a port"), Clock::new());
        let fault = Fault::status(status).retry_after(MINUTE);
        server.inject(fault.always());
        let client = client(server.url(), server.key(), 10 * SECOND, &clock);
        track_both(&client);
        pass(&clock, 9 * SECOND).await;
        assert_eq!(client.stats().pending(), 2, "{status}: {}", client.stats());
        pass(&clock, 3 * SECOND).await;
        assert_expired(&client.stats());
    }
}

#[tokio::test]
async fn queued_events_expire_while_earlier_ones_wait() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    server.inject(Fault::status(503).retry_after(MINUTE).always());
    let client = client(server.url(), server.key(), 20 * SECOND, &clock);
    client.track(&Event::new("seen").to("u")).expect("room");
    pass(&clock, 10 * SECOND).await;
    // In the lane of an event in flight, and in another one.
    for user in ["u", "other"] {
        client.track(&Event::new("seen").to(user)).expect("room");
    }
    pass(&clock, 18 * SECOND).await;
    let stats = client.stats();
    assert_eq!((stats.dropped(), stats.pending()), (1, 2), "{stats}");
    pass(&clock, 5 * SECOND).await;
    let stats = client.stats();
    assert_eq!((stats.dropped(), stats.pending()), (3, 0), "{stats}");
}

#[tokio::test]
async fn a_refused_key_expires_nothing() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    server.inject(Fault::status(401).always());
    let client = client(server.url(), server.key(), 10 * SECOND, &clock);
    track_both(&client);
    pass(&clock, 10 * MINUTE).await;
    let stats = client.stats();
    assert_eq!((stats.pending(), stats.is_held()), (2, true), "{stats}");
    server.clear_faults();
    pass(&clock, MINUTE).await;
    assert_eq!(client.stats().delivered(), 2, "{}", client.stats());
}
