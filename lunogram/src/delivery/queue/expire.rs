//! The event deadline: payloads expire while the client waits for the server.

use super::Queue;
use crate::clock::later;
use crate::delivery::stats::DropReason;
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::Instant;

/// While delivery fails, events that expire together were accepted within this share of their
/// deadline.
const DEADLINE_STEPS: u32 = 64;

/// Lower bound of the time between two looks at the queued payloads.
const SHORTEST_STEP: Duration = Duration::from_millis(1);

impl Queue {
    /// While delivery fails, segments are not filled without an end, since their events expire
    /// together.
    pub(in crate::delivery) fn close_old_segments(&self) {
        let now = self.clock.now();
        let Some(oldest) = now.checked_sub(self.event_deadline / DEADLINE_STEPS) else {
            return;
        };
        for slot in &self.slots {
            slot.lane().close_older(oldest, now);
        }
    }

    /// Whether a payload accepted at `opened` has exceeded the event deadline. The time in which
    /// delivery was suspended by a wrong configuration does not count.
    pub(in crate::delivery) fn is_expired(&self, opened: Instant) -> bool {
        self.control.age(opened) > self.event_deadline
    }

    /// Completes when a payload accepted at `opened` has exceeded the event deadline.
    pub(in crate::delivery) async fn expired(&self, opened: Instant) {
        while !self.is_expired(opened) {
            let left = self.event_deadline.saturating_sub(self.control.age(opened));
            let left = left.saturating_add(Duration::from_nanos(1));
            // The age of a payload stands still while delivery is suspended.
            let pause = if self.control.is_held() {
                left.max(self.deadline_step())
            } else {
                left
            };
            self.clock.sleep(pause).await;
        }
    }

    /// Drops queued payloads when they exceed the event deadline. Never ends. `next` is the moment
    /// of the next look at them, which a later call goes on with.
    pub(in crate::delivery) async fn expire(&self, next: &mut Instant) -> Infallible {
        loop {
            self.clock.sleep_until(*next).await;
            *next = later(self.clock.now(), self.deadline_step());
            if self.control.is_held_up() {
                self.close_old_segments();
            }
            self.drop_expired();
        }
    }

    fn deadline_step(&self) -> Duration {
        (self.event_deadline / DEADLINE_STEPS).max(SHORTEST_STEP)
    }

    fn drop_expired(&self) {
        for (index, slot) in self.slots.iter().enumerate() {
            let removed = {
                let mut lane = slot.lane();
                let has_expired = lane.opened().is_some_and(|opened| self.is_expired(opened));
                has_expired.then(|| lane.remove_expired(|latest| self.is_expired(latest)))
            };
            if let Some(removed) = removed {
                self.drop_all(slot, removed, DropReason::Expired);
                self.signals.mark(index);
            }
        }
    }
}
