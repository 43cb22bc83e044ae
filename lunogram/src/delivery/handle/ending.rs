//! The end of a delivery for which no caller waits asynchronously. It blocks the thread, in real
//! time and without a runtime.

use super::{Delivering, Loss, Used};
use crate::clock::{GRACE, later};
use crate::delivery::inside;
use crate::trace;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Delivering {
    /// Delivers what can be delivered within `most`, and settles the rest or leaves it in the
    /// spool; also for the deliveries of the projects and sessions made from this one. Returns half
    /// a second later at most. Never waits in a hook.
    pub(crate) fn end_within(&self, most: Duration) {
        // In a fork, the parent ends it.
        if matches!(self.used(), Used::InParent(_)) {
            return;
        }
        let mut children = Vec::new();
        let ends_at = later(self.queue.clock.now(), most);
        self.end_at(ends_at, Loss::IsReported, &mut children);
        if !inside::may_wait() {
            return;
        }
        let all = || std::iter::once(self).chain(children.iter().map(|(_, child)| &**child));
        let since = Instant::now();
        all().for_each(|one| one.wait_ended(most.saturating_sub(since.elapsed())));
        // A test's clock may not have reached the deadline.
        all().for_each(|one| one.lifecycle.end_at(one.queue.clock.now()));
        let since = Instant::now();
        for one in all() {
            one.wait_ended(GRACE.saturating_sub(since.elapsed()));
            let _ = one.report_if_held_up();
        }
    }

    /// Ends the delivery whose last handle is dropped.
    fn end_dropped(&self) {
        let now = self.queue.clock.now();
        let (Some(most), Some(route)) = (self.drain_on_drop, &self.route) else {
            return self.lifecycle.end_at(now);
        };
        let patience = &route.worker.patience;
        if !patience.has_reported() {
            self.lifecycle.report_loss();
        }
        if !self.is_started() || self.stats().pending() == 0 || !inside::may_wait() {
            return self.lifecycle.end_at(now);
        }
        let (most, since) = (patience.left(most), Instant::now());
        self.lifecycle.end_at(later(now, most));
        self.wait_ended(most);
        // A test's clock may not have reached the deadline.
        self.lifecycle.end_at(self.queue.clock.now());
        if !patience.is_held_up() {
            self.wait_ended(GRACE);
        }
        if self.lifecycle.has_reported() || (!patience.is_held_up() && self.report_if_held_up()) {
            patience.set_reported();
        }
        patience.waited(since.elapsed(), self.lifecycle.undelivered());
    }

    fn wait_ended(&self, most: Duration) {
        if self.is_started() {
            let _ = self.lifecycle.wait_ended(most);
        }
    }

    /// Reports that the delivery thread has not ended in time, and returns whether that is so.
    fn report_if_held_up(&self) -> bool {
        let stats = self.stats();
        let pending = stats.pending().saturating_sub(stats.spooled());
        let is_held_up = self.is_started() && !self.lifecycle.has_ended() && pending > 0;
        if is_held_up {
            trace::print(&format!(
                "queued items are not settled ({pending}): a hook or the disk holds up the delivery thread of a client that was dropped, and they are lost if the program ends now"
            ));
        }
        is_held_up
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        if matches!(self.used(), Used::InParent(_)) {
            // The parent delivers the payloads, and its spool, its connections and the thread's
            // channel are shared with it: nothing of them may be closed, written or reported here.
            std::mem::forget((Arc::clone(&self.queue), self.route.take()));
            return;
        }
        self.queue.close();
        self.end_dropped();
    }
}
