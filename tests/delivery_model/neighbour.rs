//! Another client with the same key: it shares the server's faults, limits and time.

use super::run::advance_until;
use lunogram::testing::{Clock, Server};
use lunogram::{Client, Event};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// The default of [`QueueOptions::max_copies`](lunogram::queue::QueueOptions::max_copies).
const MOST_COPIES: u32 = 3;

pub(crate) struct Neighbour {
    client: Client,
    clock: Clock,
    tracked: u64,
}

impl Neighbour {
    pub(crate) fn new(server: &Server, clock: &Clock) -> Self {
        let builder = Client::builder(server.key()).base_url(server.url());
        Self {
            client: builder.clock(clock).build().expect("a client"),
            clock: clock.clone(),
            tracked: 0,
        }
    }

    /// Tracks events about the same users.
    pub(crate) fn track(&mut self, events: u8) {
        for _ in 0..events {
            let event = Event::new("seen").to(self.tracked % 3);
            let event = event.data(json!({"m": self.tracked}));
            self.client.track(&event).expect("room");
            self.tracked += 1;
        }
    }

    pub(crate) fn pending(&self) -> u64 {
        self.client.stats().pending()
    }

    pub(crate) fn is_used(&self) -> bool {
        self.tracked > 0
    }

    /// Ends the client, which may drop pending events.
    pub(crate) async fn end(&self) {
        let ended = self.client.shutdown(Duration::ZERO);
        // An error is a queue that is held.
        let _ = advance_until(&self.clock, ended).await;
    }

    /// The events that its counts call delivered have arrived, and no event too often.
    pub(crate) fn check(&self, bodies: &[&Value]) -> Result<(), TestCaseError> {
        let stats = self.client.stats();
        let settled = stats.delivered() + stats.dropped() + stats.unknown();
        prop_assert_eq!((settled, stats.pending()), (self.tracked, 0));
        let events = bodies.iter().filter_map(|body| body.as_array()).flatten();
        let mut copies = BTreeMap::new();
        for m in events.filter_map(|event| event["data"]["m"].as_u64()) {
            *copies.entry(m).or_insert(0) += 1;
        }
        prop_assert!(copies.len() as u64 >= stats.delivered(), "{}", stats);
        let most = copies.values().max().copied().unwrap_or(0);
        prop_assert!(most <= MOST_COPIES, "{} copies", most);
        Ok(())
    }
}
