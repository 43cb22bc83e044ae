//! The end of a delivery for which no caller waits asynchronously. It blocks the thread, in real
//! time and without a runtime.

use super::{Delivering, Used};
use crate::clock::{GRACE, later};
use crate::delivery::inside;
use crate::delivery::spool::Spool;
use crate::trace;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Delivering {
    /// Delivers what can be delivered within `most`, and settles the rest or leaves it in the
    /// spool; also for the deliveries of the projects and sessions made from this one. Returns half
    /// a second later at most. Never waits in a hook.
    pub(crate) fn end_within(&self, most: Duration) {
        // In a fork, the parent ends it.
        if self.is_forked() {
            return;
        }
        let may_wait = inside::may_wait();
        let mut children = Vec::new();
        self.end_at(later(self.queue.clock.now(), most), &mut children);
        let children = children.iter().map(|(_, child)| &**child);
        let all: Vec<&Self> = std::iter::once(self).chain(children).collect();
        if !may_wait {
            return all.iter().for_each(|one| one.lifecycle.set_no_waiter());
        }
        Self::wait_for(&all, most, GRACE);
        for one in all {
            one.report_loss();
            // Dropping the handles waits no more.
            one.give_up();
        }
    }

    /// Ends the delivery whose last handle is dropped.
    fn end_dropped(&self) {
        let now = self.queue.clock.now();
        let (Some(most), Some(route)) = (self.drain_on_drop, &self.route) else {
            return self.lifecycle.end_at(now);
        };
        if !self.is_started() || self.lifecycle.was_given_up() {
            return self.lifecycle.end_at(now);
        }
        if !inside::may_wait() {
            self.lifecycle.set_no_waiter();
            return self.lifecycle.end_at(now);
        }
        let stats = self.stats();
        let spool = self.queue.spool.as_ref();
        let can_recover = stats.is_recovering() && spool.and_then(Spool::unreadable).is_none();
        let has_pending = stats.pending() > 0 || can_recover;
        // The worker closes the spool, for the next client.
        if !has_pending && self.queue.spool.is_none() {
            return self.lifecycle.end_at(now);
        }
        let (patience, since) = (&route.worker.patience, Instant::now());
        let most = if has_pending {
            patience.left(since, most)
        } else {
            Duration::ZERO
        };
        let grace = if patience.is_held_up(since) {
            Duration::ZERO
        } else {
            GRACE
        };
        self.lifecycle.end_at(later(now, most));
        Self::wait_for(&[self], most, grace);
        if has_pending {
            let undelivered = self.lifecycle.undelivered();
            patience.waited(Instant::now(), since.elapsed(), undelivered);
        }
        self.report_loss();
    }

    /// Waits until these deliveries, which are to end within `most`, have ended, and for `grace`
    /// after that.
    fn wait_for(all: &[&Self], most: Duration, grace: Duration) {
        let wait = |most: Duration| {
            let since = Instant::now();
            for one in all {
                one.wait_ended(most.saturating_sub(since.elapsed()));
            }
        };
        wait(most);
        // A test's clock may not have reached the deadline.
        for one in all {
            one.lifecycle.end_at(one.queue.clock.now());
        }
        wait(grace);
    }

    fn wait_ended(&self, most: Duration) {
        if !self.is_started() {
            self.queue.close_spool();
        } else if !self.lifecycle.was_given_up() {
            self.lifecycle.wait_ended(most);
        }
    }

    fn is_forked(&self) -> bool {
        matches!(self.used(), Used::InParent(_))
    }

    /// Reports a loss that no hook and no log has reported, and one that may come, because the
    /// delivery thread has not ended in time. One report is enough for a family of clients.
    fn report_loss(&self) {
        let Some(route) = &self.route else {
            return;
        };
        if !self.is_started() || self.lifecycle.was_given_up() {
            return;
        }
        let stats = self.stats();
        let pending = stats.pending().saturating_sub(stats.spooled());
        let (has_ended, lost) = (self.lifecycle.has_ended(), self.lifecycle.unreported());
        let is_held_up = !has_ended && pending > 0;
        if (is_held_up || lost > 0) && route.worker.patience.may_report(Instant::now()) {
            if is_held_up {
                trace::print(&format!(
                    "queued items are not settled ({pending}): a hook or the disk holds up the delivery thread of a client that has ended, and they are lost if the program ends now"
                ));
            } else {
                trace::print_loss(lost);
            }
        }
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        if self.is_forked() {
            // The parent delivers the payloads, and its spool, its connections and the thread's
            // channel are shared with it: nothing of them may be closed, written or reported here.
            std::mem::forget((Arc::clone(&self.queue), self.route.take()));
            return;
        }
        self.queue.close();
        self.end_dropped();
    }
}
