//! The values that an event gets when it is sent.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A client's sources of time and of ids of events. This crate reads no clock and makes no random
/// numbers.
#[derive(Clone, Copy, Debug)]
pub struct Sources {
    now: fn() -> DateTime<Utc>,
    event_id: fn() -> Uuid,
}

impl Sources {
    /// `now` returns the current time, and `event_id` an id that no other event has.
    #[must_use]
    pub const fn new(now: fn() -> DateTime<Utc>, event_id: fn() -> Uuid) -> Self {
        Self { now, event_id }
    }

    /// The current time.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.now)()
    }

    /// A new id.
    pub(crate) fn event_id(&self) -> Uuid {
        (self.event_id)()
    }
}
