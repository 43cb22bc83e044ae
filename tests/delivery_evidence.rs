//! Failures that an event causes, failures that the server causes, and outcomes that stay unknown.

use crate::delivery_outage::pass;
use lunogram::queue::{Delivery, DropReason, QueueOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ClientBuilder, Event, UpsertUserRequest};
use lunogram_tests::raw::{Raw, Reply};
use lunogram_tests::spool::drain;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

struct World {
    clock: Clock,
    client: Client,
    dropped: Arc<Mutex<Vec<(String, DropReason)>>>,
    unknown: Arc<Mutex<Vec<String>>>,
}

impl World {
    fn new(builder: ClientBuilder, options: QueueOptions) -> Self {
        let clock = Clock::seeded(1);
        let dropped = Arc::new(Mutex::new(Vec::new()));
        let unknown = Arc::new(Mutex::new(Vec::new()));
        let (drops, unknowns) = (Arc::clone(&dropped), Arc::clone(&unknown));
        let client = builder
            .queue(options)
            .clock(&clock)
            .on_drop(move |dropped| {
                let drop = (dropped.name().to_owned(), dropped.reason());
                drops.lock().expect("no panic").push(drop);
            })
            .on_unknown(move |event| {
                let name = event.name().to_owned();
                unknowns.lock().expect("no panic").push(name);
            })
            .build()
            .expect("a client");
        Self {
            clock,
            client,
            dropped,
            unknown,
        }
    }

    fn of(server: &Server) -> Self {
        let builder = Client::builder(server.key()).base_url(server.url());
        Self::new(builder, QueueOptions::default())
    }

    fn track(&self, name: &'static str, user: usize) {
        let event = Event::new(name).to(user.to_string()).data(json!({}));
        self.client.track(&event).expect("room");
    }

    /// Advances the clock by `time`, in steps from one pending sleep to the next.
    async fn pass(&self, time: Duration) {
        pass(&self.clock, time).await;
    }

    /// Advances the clock until nothing is pending, and returns by how much.
    async fn drain(&self) -> Duration {
        drain(&self.client, &self.clock).await
    }
}

/// Requests with events of this name, and how many of these events are in them.
fn sent(server: &Raw, name: &str) -> (u64, usize) {
    let requests = server.requests();
    let name = format!("\"name\":\"{name}\"");
    let counts = requests
        .iter()
        .map(|request| request.matches(&name).count());
    let counts = counts.filter(|count| *count > 0);
    counts.fold((0, 0), |(requests, events), count| {
        (requests + 1, events + count)
    })
}

/// A server that cannot process the event `poison`.
fn poisoned(status: u16) -> Raw {
    Raw::judging(move |request| {
        if request.contains("poison") {
            Reply::json(status, "{}")
        } else {
            Reply::with(202, "", "")
        }
    })
}

#[tokio::test]
async fn one_event_that_always_fails_is_found_and_dropped_by_name() {
    const EVENTS: usize = 100;
    for (status, place) in [(500, 0), (500, 37), (500, EVENTS - 1), (504, 50), (503, 50)] {
        let server = poisoned(status);
        let builder = Client::builder("sk_1").base_url(server.url());
        let world = World::new(builder, QueueOptions::default());
        // Until requests have their full size.
        for n in 0..3_000 {
            world.track("warm", n % 10);
        }
        world.client.flush().await.expect("not held");
        let before = world.client.stats().requests();
        for n in 0..EVENTS {
            let name = if n == place { "poison" } else { "fine" };
            world.track(name, n % 10);
        }
        let took = world.drain().await;
        let stats = world.client.stats();
        let drops = world.dropped.lock().expect("no panic").clone();
        let refused = ("poison".to_owned(), DropReason::Refused);
        // After 504, the event may be in.
        if status == 504 {
            assert_eq!(drops.len() as u64 + stats.unknown(), 1, "{stats}");
        } else {
            assert_eq!(drops, [refused], "{status}, {stats}");
        }
        assert_eq!(stats.delivered(), 3_000 + EVENTS as u64 - 1, "{stats}");
        assert!(took <= 5 * MINUTE, "{took:?}");
        let requests = stats.requests() - before;
        println!("{status}, {place}: {requests} requests in {took:?}");
        // To find one event of n: 2√n + 5. Then its attempts alone. The first 503s may be chance.
        let chance = if status == 503 { 3 } else { 0_usize };
        assert!(
            requests <= 1 + chance as u64 + 2 * 10 + 5 + 4,
            "{requests} requests"
        );
        let (_, copies) = sent(&server, "fine");
        // A proxy that answers 503 does not pass the events on.
        assert!(copies <= (3 + chance) * EVENTS, "{copies} copies");
    }
}

/// Without an answer, an event may be in each time.
#[tokio::test]
async fn an_event_whose_answers_are_lost_ends_as_unknown() {
    for most in [1, 3] {
        let server = Raw::judging(|request| {
            if request.contains("/events") {
                Reply::Cut(String::new())
            } else {
                Reply::json(200, r#"{"public_key":"x"}"#)
            }
        });
        let builder = Client::builder("sk_1").base_url(server.url());
        let world = World::new(builder, QueueOptions::default().max_copies(most));
        for _ in 0..5 {
            world.track("lost", 0);
        }
        world.drain().await;
        let stats = world.client.stats();
        assert_eq!((stats.unknown(), stats.dropped()), (5, 0), "{stats}");
        let unknown = world.unknown.lock().expect("no panic");
        assert_eq!(*unknown, vec!["lost".to_owned(); 5]);
        let (_, copies) = sent(&server, "lost");
        assert!(copies <= 5 * most as usize, "{copies} copies");
    }
}

#[tokio::test]
async fn at_most_once_reports_the_events_of_a_failed_batch() {
    let server = Server::start().expect("a port");
    let options = QueueOptions::default().delivery(Delivery::AtMostOnce);
    let builder = Client::builder(server.key()).base_url(server.url());
    let world = World::new(builder, options);
    server.inject(Fault::status(500));
    for _ in 0..5 {
        world.track("seen", 0);
    }
    world.drain().await;
    assert_eq!(world.client.stats().unknown(), 5);
    assert_eq!(world.unknown.lock().expect("no panic").len(), 5);
}

/// A database fails over: for a moment, every request is answered 500. That is not the upsert's
/// fault.
#[tokio::test]
async fn an_upsert_is_not_refused_because_the_server_fails_for_a_moment() {
    let server = Server::start().expect("a port");
    let world = World::of(&server);
    server.inject(Fault::status(500).times(5));
    let user = UpsertUserRequest::new("0");
    world.client.identify(&user).expect("room");
    world.track("seen", 0);
    world.drain().await;
    let stats = world.client.stats();
    assert_eq!(stats.delivered(), 2, "{stats}");
    assert!(server.lost().is_empty());
}

/// The time in which the key is refused does not count to the deadline of an event.
#[tokio::test]
async fn events_do_not_expire_by_the_time_of_a_hold() {
    let server = Server::start().expect("a port");
    let world = World::of(&server);
    server.inject(Fault::status(401).always());
    for _ in 0..9 {
        world.track("seen", 0);
        for _ in 0..10 {
            world.clock.idle().await;
            world.clock.advance(MINUTE);
        }
    }
    server.clear_faults();
    world.drain().await;
    let stats = world.client.stats();
    assert_eq!(stats.delivered(), 9, "{stats}");
}

/// Other subjects in the lane of an event that is judged go on meanwhile: with 300 of them, some
/// share its lane.
#[tokio::test]
async fn an_event_that_is_judged_holds_up_its_own_subject_only() {
    const OTHERS: usize = 300;
    let server = poisoned(500);
    let builder = Client::builder("sk_1").base_url(server.url());
    let world = World::new(builder, QueueOptions::default());
    world.track("poison", 0);
    world.track("later", 0);
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(world.client.stats().pending(), 2);
    for user in 1..=OTHERS {
        world.track("fine", user);
        if user % 100 == 0 {
            world.track("later", 0);
        }
    }
    world.pass(Duration::from_secs(20)).await;
    let stats = world.client.stats();
    assert_eq!(
        (stats.delivered(), stats.pending()),
        (OTHERS as u64, 5),
        "{stats}"
    );

    world.drain().await;
    let stats = world.client.stats();
    let dropped = stats.dropped_because(DropReason::Refused);
    assert_eq!(
        (stats.delivered(), dropped),
        (OTHERS as u64 + 4, 1),
        "{stats}"
    );
    assert_eq!(stats.pending_bytes(), 0);
}
