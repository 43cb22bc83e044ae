//! The arguments and results of [`Health`](super::Health).

use super::share::Share;
use tokio::time::Instant;

/// The kind of a failed request, as far as the health of the server depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Failure {
    /// The request failed, and the next one may fail, too: no connection, a lost answer, 5xx, 408.
    Server,
    /// The configuration (key or URL) was refused: every request fails until it is fixed.
    Settings,
}

/// The requests that may leave now.
///
/// [`Health::probe_sent`]: super::Health::probe_sent
/// [`Health::canary_sent`]: super::Health::canary_sent
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Leave {
    Anything,
    /// A probe. Report it with [`Health::probe_sent`] and then with its result.
    OneProbe,
    /// One event alone, or one upsert. Of all that may go, take one that was never sent, else the
    /// one with the fewest copies, and a suspect last. Report it with [`Health::canary_sent`].
    OneCanary,
    /// Nothing until this moment; without a moment, until the probe or the canary has ended.
    Nothing(Option<Instant>),
}

/// A change that is reported to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) enum Transition {
    /// An outage has begun.
    Tripped,
    /// The server rejects the configuration; delivery is suspended.
    Suspended,
    /// Delivery works again.
    Resumed,
}

/// The evidence of the latest requests about the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::delivery) struct Shown {
    /// The start of the latest request for events or an upsert that was answered.
    pub(in crate::delivery::rules) answered: Option<Instant>,
    /// No request has failed since.
    pub(in crate::delivery::rules) is_well: bool,
    /// The last time that a probe or a canary failed.
    pub(in crate::delivery::rules) troubled: Option<Instant>,
    pub(in crate::delivery::rules) share: Share,
}

impl Shown {
    /// Whether a failure after the one at `last` is evidence against the payload: the server has
    /// answered another request in between, and was well when the failed one left.
    pub(in crate::delivery::rules) fn is_contrast(self, last: Option<Instant>) -> bool {
        self.is_well && self.answered > last
    }

    /// For the judgement on a request that left when the health was `then`. A later answer may be
    /// to a request that was processed after this one, so it does not show that the server was
    /// well before it.
    pub(in crate::delivery) fn since(self, then: Self) -> Self {
        Self {
            answered: then.answered,
            is_well: then.is_well,
            ..self
        }
    }
}
