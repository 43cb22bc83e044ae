//! Which options cannot deliver anything.

use super::{Delivery, QueueOptions};
use std::borrow::Cow;
use std::time::Duration;

/// The size of the smallest event: `{"match":{"":0},"name":"a","data":{}}`.
const SMALLEST_EVENT: usize = 37;

/// More requests at a time than any server would answer, and few enough for a table of them.
const MOST_IN_FLIGHT: usize = 1_024;

impl QueueOptions {
    /// Refuses options with which nothing could be delivered, or everything would expire.
    ///
    /// # Errors
    /// The text of the error: the option that is wrong, and a value to write.
    pub(crate) fn check(&self, is_spooled: bool) -> Result<(), Cow<'static, str>> {
        if self.max_events == 0 {
            return Err(
                "`max_events` is zero, so the queue would hold no event; set at least 1, or keep the default"
                    .into(),
            );
        }
        if self.max_bytes == 0 {
            return Err(
                "`max_bytes` is zero, so no event would fit into the queue; set at least the size of the largest event, or keep the default"
                    .into(),
            );
        }
        if self.batch_events == 0 {
            return Err(
                "`batch_events` is zero, so no request would have an event; set 1 to send each event alone, or keep the default"
                    .into(),
            );
        }
        if self.batch_bytes < SMALLEST_EVENT {
            return Err(format!(
                "no event fits into a `batch_bytes` of {}; set at least {SMALLEST_EVENT}, or keep the default; to send each event alone, set `batch_events(1)`",
                self.batch_bytes
            )
            .into());
        }
        if !(1..=MOST_IN_FLIGHT).contains(&self.in_flight) {
            return Err(format!(
                "`in_flight` is {}; set the number of concurrent requests, from 1 to {MOST_IN_FLIGHT}",
                self.in_flight
            )
            .into());
        }
        if self.max_copies == 0 {
            return Err(
                "`max_copies` is zero, so no event could be sent; set 1 to send each event at most once without an answer, or keep the default"
                    .into(),
            );
        }
        if self.requests_per_minute == Some(0) {
            return Err(
                "`requests_per_minute` is zero, so nothing would be sent; set this process's share of the limit of the key, or leave it out"
                    .into(),
            );
        }
        let deadline = self.deadline(is_spooled);
        if deadline <= self.longest_wait() && deadline < Duration::MAX {
            return Err(format!(
                "events would expire while they wait for a batch: `event_deadline` is {deadline:?} and `batch_age` is {:?}; set a longer `event_deadline` or a shorter `batch_age`",
                self.batch_age
            )
            .into());
        }
        if self.occurred_at.as_deref() == Some("") {
            return Err(
                "the property for the time of an event has no name; set one such as `occurred_at(\"occurred_at\")`"
                    .into(),
            );
        }
        if self.event_id.as_deref() == Some("") {
            return Err(
                "the property for the id of an event has no name; set one such as `event_id(\"event_id\")`"
                    .into(),
            );
        }
        if self.event_id.is_some() && self.event_id == self.occurred_at {
            return Err(
                "`occurred_at` and `event_id` name the same property; set two names, such as `event_id(\"event_id\")`"
                    .into(),
            );
        }
        Ok(())
    }

    /// How long an event waits for others. A batch of one event is full at once.
    fn longest_wait(&self) -> Duration {
        if self.batch_events == 1 || self.delivery == Delivery::Isolated {
            return Duration::ZERO;
        }
        self.batch_age
    }
}
