//! A queue that is full, or about to be, on a manual clock.

use lunogram::queue::{DropReason, Overflow, QueueOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, Event, UpsertUserRequest};
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

struct World {
    server: Server,
    clock: Clock,
    client: Client,
}

impl World {
    fn new(options: QueueOptions) -> Self {
        let clock = Clock::seeded(1);
        let server = Server::builder().clock(&clock).start().expect("a port");
        let client = Client::builder(server.key())
            .base_url(server.url())
            .queue(options.event_deadline(48 * HOUR))
            .clock(&clock)
            .build()
            .expect("a client");
        Self {
            server,
            clock,
            client,
        }
    }

    /// A world in which one request has left and the next one waits for its turn, for a minute.
    async fn paced(options: QueueOptions) -> Self {
        let world = Self::new(options.requests_per_minute(1));
        for user in ["rare", "busy"] {
            let user = UpsertUserRequest::new(user);
            let calls = world.client.upsert_user(&user);
            calls.await.expect("no faults");
        }
        world.track("first", "rare");
        world.clock.idle().await;
        world.clock.advance(Duration::from_secs(1));
        world.clock.idle().await;
        assert_eq!(world.client.stats().delivered(), 1);
        world
    }

    fn track(&self, name: &str, user: &str) {
        let event = Event::new(name.to_owned()).to(user.to_owned());
        self.client.track(&event.data(json!({}))).expect("room");
    }

    /// Advances the clock until nothing is pending.
    async fn drain(&self) {
        loop {
            let next = self.clock.idle().await;
            if self.client.stats().pending() == 0 {
                return;
            }
            let next = next.expect("a pending payload with a pending sleep");
            self.clock.advance(next);
        }
    }
}

#[tokio::test]
async fn the_newest_event_of_a_rare_subject_is_not_taken_for_the_oldest() {
    let options = QueueOptions::default()
        .max_events(20)
        .overflow(Overflow::DropOldest);
    let world = World::paced(options).await;
    let step = || world.clock.advance(Duration::from_millis(10));
    world.track("rare_old", "rare");
    for _ in 0..19 {
        step();
        world.track("busy", "busy");
    }
    step();
    // The first one makes room for the second.
    world.track("rare_new", "rare");
    for _ in 0..15 {
        step();
        world.track("busy", "busy");
    }
    world.drain().await;
    assert!(world.server.events_named("rare_old").is_empty());
    assert_eq!(world.server.events_named("rare_new").len(), 1);
    let dropped = world.client.stats().dropped_because(DropReason::QueueFull);
    assert_eq!(dropped, 16);
}

#[tokio::test]
async fn an_upsert_goes_on_when_the_events_before_it_were_dropped() {
    let options = QueueOptions::default()
        .max_events(2)
        .overflow(Overflow::DropOldest);
    let world = World::paced(options).await;
    world.track("dropped", "rare");
    let traits = UpsertUserRequest::new("rare").email("jane@example.com");
    world.client.identify(&traits).expect("room");
    world.clock.idle().await;
    world.track("kept", "busy");
    world.drain().await;
    let user = world.server.user("rare").expect("created before");
    assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    assert!(world.server.events_named("dropped").is_empty());
    assert_eq!(world.server.events_named("kept").len(), 1);
}

#[tokio::test]
async fn a_full_queue_does_not_wait_for_the_age_of_its_events() {
    for options in [
        QueueOptions::default().max_events(10),
        QueueOptions::default().max_bytes(700),
    ] {
        let world = World::new(options.batch_age(24 * HOUR));
        let track = |user: usize| {
            let event = Event::new("seen").to(user.to_string()).data(json!({}));
            world.client.track(&event)
        };
        // Less than a request has room for.
        let room = (0..32).find(|user| track(*user).is_err()).expect("a bound");
        world.clock.idle().await;
        assert_eq!(world.client.stats().delivered(), room as u64);
        assert_eq!(world.client.stats().requests(), 1);
        track(0).expect("there is room again");
    }
}

#[tokio::test]
async fn a_request_is_full_whatever_was_in_flight_when_its_first_event_came() {
    const FULL: usize = 32;
    let options = QueueOptions::default()
        .batch_events(FULL)
        .batch_age(24 * HOUR);
    let world = World::new(options);
    let wait = Duration::from_millis(500);
    world.server.inject(Fault::latency(wait));
    for _ in 0..FULL {
        world.track("slow", "busy");
    }
    assert_eq!(world.clock.idle().await, Some(wait));
    world.track("seen", "rare");
    world.clock.idle().await;
    world.clock.advance(wait);
    world.clock.idle().await;
    assert_eq!(world.client.stats().delivered(), FULL as u64);
    for _ in 1..FULL {
        world.track("seen", "rare");
    }
    world.clock.idle().await;
    assert_eq!(world.client.stats().delivered(), 2 * FULL as u64);
}
