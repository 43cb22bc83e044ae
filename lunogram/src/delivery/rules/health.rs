//! Whether requests may leave now, judged by the results of earlier requests.
//!
//! ```text
//!            3 failures in a row                 answered
//!   well ───────────────────────▶ down: probe ───────────▶ canary ──┐ answered
//!    ▲                             ▲    │ failed: pause      │      │
//!    │                             ╰────┴────────────────────╯ failed
//!    ├──────────────────────────────────────────────────────────────╯
//!    │                            held: canary after each pause
//!    ╰──────────────────────────────────────╯ answered
//! ```
//!
//! - **Probe**: a harmless request, `GET` of the VAPID key. Its answer says that the server is
//!   there, and nothing about events.
//! - **Canary**: one event alone.
//! - **Doubt**: the events of a request that failed may have been processed. They go again only
//!   after an event request that started after this failure was answered. If no other request is
//!   there to show it, a probe and then a canary do. The other events go on meanwhile. While the
//!   answer to a request is overdue, there is doubt about all events.
//!
//! An outage costs the event requests in flight when it begins, [`OUTAGE_FAILURES`] more, and one
//! probe per pause, which lasts at most thirty seconds. Otherwise each failed request costs another
//! one after a short pause, as long as at most one of six fails, see [`Budget`].

mod budget;
mod holds;
mod share;
mod signs;

use crate::clock::later;
use crate::wire::{Backoff, fraction};
use budget::Budget;
use holds::Holds;
pub(in crate::delivery) use share::Share;
pub(in crate::delivery) use signs::{Failure, Leave, Shown, Transition};
use std::time::Duration;
use tokio::time::Instant;

/// Failures in a row after which only probes leave; more on a server that fails often, see
/// [`OUTAGE_BITS`].
const OUTAGE_FAILURES: u32 = 3;

/// Failures in a row are an outage if their chance was less than one of two to the power of this.
const OUTAGE_BITS: u32 = 16;

/// Lower bound of the pauses between probes, whatever the options say.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// Upper bound of the pauses between probes, so that the server's return is noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The longest `Retry-After` that is honoured. The server asks for at most a minute; a longer
/// time is from a proxy.
pub(in crate::delivery) const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// An answer that takes longer makes the server doubtful: several times what
/// [`Sizing`](super::sizing::Sizing) aims at.
const OVERDUE: Duration = Duration::from_secs(3);

/// The state of the server, as one queue sees it. There is at most one probe for each `Health`.
#[derive(Clone, Debug)]
pub(in crate::delivery) struct Health {
    backoff: Backoff,
    budget: Budget,
    /// Failures without a success between them.
    failures: u32,
    /// Pauses since the last success or [`urge`](Self::urge); each is longer than the last.
    pauses: u32,
    down: bool,
    /// The last failure of a request that left after the failure before.
    failed_at: Option<Instant>,
    /// No probe and no canary before this moment.
    not_before: Option<Instant>,
    /// Nothing leaves before this moment, because the server has asked for it.
    retry_after: Option<Instant>,
    /// The start of the latest event request that was answered.
    answered: Option<Instant>,
    /// The latest proof that the server answers something.
    present: Option<Instant>,
    /// The latest proof that the server, and not a request, is the cause of failures.
    troubled: Option<Instant>,
    share: Share,
    /// The probe or the canary on its way. Its result is still to come.
    testing: Option<Test>,
    holds: Holds,
    /// The failure has been reported, so its end will be, too.
    reported: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Probe,
    Canary,
}

impl Health {
    /// `backoff` has the pauses of the options; here they are at most thirty seconds.
    pub(in crate::delivery) fn new(backoff: Backoff) -> Self {
        let within = |pause: Duration| pause.clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        Self {
            backoff: Backoff {
                first: within(backoff.first),
                longest: within(backoff.longest),
            },
            budget: Budget::default(),
            failures: 0,
            pauses: 0,
            down: false,
            failed_at: None,
            not_before: None,
            retry_after: None,
            answered: None,
            present: None,
            troubled: None,
            share: Share::default(),
            testing: None,
            holds: Holds::default(),
            reported: false,
        }
    }

    /// The requests that may leave at `now`. `doubt` is the moment of the failure after which the
    /// events may be in; `None` for events that are certainly not in.
    pub(in crate::delivery) fn may_leave(&self, now: Instant, doubt: Option<Instant>) -> Leave {
        if let Some(until) = self.retry_after(now) {
            return Leave::Nothing(Some(until));
        }
        let is_cleared = doubt.is_none() || self.answered > doubt;
        if !self.down && !self.is_held() && is_cleared {
            return Leave::Anything;
        }
        if self.testing.is_some() {
            return Leave::Nothing(None);
        }
        if let Some(until) = self.not_before.filter(|&until| until > now) {
            return Leave::Nothing(Some(until));
        }
        // A refused key is no reason for doubt: nothing was processed, and only a request that
        // needs the key shows that it is accepted again.
        if self.is_held() || self.present >= self.failed_at.max(doubt) {
            Leave::OneCanary
        } else {
            Leave::OneProbe
        }
    }

    /// The doubt about further requests while the answer to one that left at `started_at` is still
    /// to come: the argument of [`may_leave`](Self::may_leave). So a server that stops answering
    /// gets few requests before the first of them fails.
    pub(in crate::delivery) fn overdue(started_at: Instant, now: Instant) -> Option<Instant> {
        let waited = now.saturating_duration_since(started_at);
        (waited > OVERDUE).then_some(started_at)
    }

    /// The API answered a request for events or an upsert, whether it accepted or refused it.
    #[must_use]
    pub(in crate::delivery) fn succeeded(
        &mut self,
        started_at: Instant,
        now: Instant,
    ) -> Option<Transition> {
        self.budget.earn();
        self.share.answered();
        self.answered = self.answered.max(Some(started_at));
        self.present = self.present.max(Some(now));
        let is_blocked = self.down || self.is_held();
        if is_blocked && self.failed_at >= Some(started_at) {
            // It left before the failure, so it only shows that the server is there. A canary
            // decides.
            return None;
        }
        self.failures = 0;
        self.pauses = 0;
        self.down = false;
        self.not_before = None;
        self.retry_after = None;
        self.holds.end(now);
        std::mem::take(&mut self.reported).then_some(Transition::Resumed)
    }

    /// A request for events or an upsert failed. A 429 is not a failure: report it to
    /// [`Pace`](super::pace::Pace) alone.
    #[must_use]
    pub(in crate::delivery) fn failed(
        &mut self,
        failure: Failure,
        started_at: Instant,
        now: Instant,
        retry_after: Option<Duration>,
        random: u64,
    ) -> Option<Transition> {
        self.budget.spend();
        if failure == Failure::Server {
            self.share.failed();
        }
        self.floor(now, retry_after);
        if self.answered > Some(started_at) {
            // A later request was answered, so the failure says nothing about the server.
            return None;
        }
        self.failures = self.failures.saturating_add(1);
        if failure == Failure::Settings {
            self.holds.begin(now);
        } else if self.failures >= OUTAGE_FAILURES {
            let others = self.share.without(self.failures);
            self.down |= self.failures >= others.failures_beyond_chance(OUTAGE_BITS);
        }
        if self.testing == Some(Test::Canary) {
            self.troubled = Some(now);
        }
        // Requests that left together fail together, and lengthen the pause once.
        if self.failed_at.is_none_or(|failed| started_at > failed) {
            self.failed_at = Some(now);
            self.pause_tests(now, random);
        }
        let transition = match failure {
            Failure::Settings => Transition::Suspended,
            Failure::Server if self.down => Transition::Tripped,
            Failure::Server => return None,
        };
        (!std::mem::replace(&mut self.reported, true)).then_some(transition)
    }

    /// An event failed that has failed alone before, and may be to blame itself. It stops no other
    /// request, but if nothing is answered any more, that is reported.
    #[must_use]
    pub(in crate::delivery) fn failed_alone(&mut self) -> Option<Transition> {
        self.failures = self.failures.saturating_add(1);
        let is_new =
            self.failures >= OUTAGE_FAILURES && !std::mem::replace(&mut self.reported, true);
        is_new.then_some(Transition::Tripped)
    }

    /// A probe leaves now. One of [`probe_answered`](Self::probe_answered) and
    /// [`probe_failed`](Self::probe_failed) follows.
    pub(in crate::delivery) fn probe_sent(&mut self) {
        self.testing = Some(Test::Probe);
    }

    /// The server answered the probe; any answer but 408, 429, 5xx and HTML says that it is there.
    pub(in crate::delivery) fn probe_answered(&mut self, now: Instant) {
        self.testing = None;
        self.present = self.present.max(Some(now));
    }

    /// The probe had no answer, or one that does not come from the API.
    pub(in crate::delivery) fn probe_failed(
        &mut self,
        now: Instant,
        retry_after: Option<Duration>,
        random: u64,
    ) {
        self.testing = None;
        self.failed_at = Some(now);
        self.troubled = Some(now);
        self.floor(now, retry_after);
        self.pause_tests(now, random);
    }

    /// The probe was given up before its result was known.
    pub(in crate::delivery) fn probe_cancelled(&mut self, now: Instant, random: u64) {
        self.testing = None;
        self.pause_tests(now, random);
    }

    /// A canary leaves now. [`canary_ended`](Self::canary_ended) follows.
    pub(in crate::delivery) fn canary_sent(&mut self) {
        self.testing = Some(Test::Canary);
    }

    /// The canary has ended. Its result, if it has one, was reported before, as that of any other
    /// request.
    pub(in crate::delivery) fn canary_ended(&mut self) {
        self.testing = None;
    }

    /// The application waits for delivery (`flush`, `shutdown`): the next probe or canary leaves
    /// at once, unless a `Retry-After` is running, and further pauses start short again.
    pub(in crate::delivery) fn urge(&mut self) {
        self.not_before = None;
        self.pauses = 0;
    }

    /// The moment before which the server wants no request, if it has not passed.
    pub(in crate::delivery) fn retry_after(&self, now: Instant) -> Option<Instant> {
        self.retry_after.filter(|&until| until > now)
    }

    /// A pause before the events of a failed request go again, besides
    /// [`may_leave`](Self::may_leave). `tries` counts their attempts.
    pub(super) fn pause(&self, tries: u32, random: u64) -> Duration {
        if self.budget.is_exhausted() {
            return half_to_all(self.backoff.longest, random);
        }
        self.backoff.pause(tries, random)
    }

    /// The pause before events that may be in go again. [`may_leave`](Self::may_leave) lets them
    /// wait until the server has answered, so they need no other pause while few requests fail.
    pub(super) fn pause_of_doubt(&self, random: u64) -> Duration {
        if self.budget.is_exhausted() {
            return half_to_all(self.backoff.longest, random);
        }
        Duration::ZERO
    }

    /// The pause of an event whose next attempt is not urgent.
    pub(super) fn longest_pause(&self) -> Duration {
        self.backoff.longest
    }

    /// Whether delivery is suspended until the configuration is fixed.
    pub(in crate::delivery) fn is_held(&self) -> bool {
        self.holds.is_running()
    }

    /// The evidence of the latest requests, which decides whether a failing request is to blame.
    pub(in crate::delivery) fn shown(&self) -> Shown {
        Shown {
            answered: self.answered,
            is_well: self.failures == 0,
            troubled: self.troubled,
            share: self.share,
        }
    }

    /// How long delivery was suspended between `since` and `now`. This time does not count to
    /// deadlines.
    pub(in crate::delivery) fn held_between(&self, since: Instant, now: Instant) -> Duration {
        self.holds.between(since, now)
    }

    fn floor(&mut self, now: Instant, retry_after: Option<Duration>) {
        let until = retry_after.map(|pause| later(now, pause.min(LONGEST_RETRY_AFTER)));
        self.retry_after = self.retry_after.max(until);
    }

    fn pause_tests(&mut self, now: Instant, random: u64) {
        self.pauses = self.pauses.saturating_add(1);
        // The largest random number gives the upper bound.
        let bound = self.backoff.pause(self.pauses, u64::MAX);
        self.not_before = Some(later(now, half_to_all(bound, random)));
    }
}

/// A random part of the upper half of `bound`.
fn half_to_all(bound: Duration, random: u64) -> Duration {
    bound / 2 + fraction(bound / 2, random)
}

#[cfg(test)]
mod tests;
