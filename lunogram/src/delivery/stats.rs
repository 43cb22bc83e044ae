//! The ledger: counts of accepted, delivered, dropped and pending payloads.

use std::fmt;

/// Why an accepted event or upsert will not be delivered.
///
/// ```
/// use lunogram::queue::DropReason;
///
/// // For a log line, or the label of a metric.
/// assert_eq!(DropReason::Expired.to_string(), "not delivered in time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full, and its [`Overflow`](crate::queue::Overflow) policy is to drop.
    QueueFull,
    /// The server refused it, for example as malformed (400, 422) or not allowed for this key
    /// (403); or it failed alone with a 5xx while others succeeded. After 401, 404 and 405 delivery
    /// is [suspended](Stats::is_held) instead, and after 408, 425 and 429 it is sent again.
    Refused,
    /// The server refuses requests of this size (413), even with this event alone.
    TooLarge,
    /// No success was confirmed within its
    /// [`event_deadline`](crate::queue::QueueOptions::event_deadline). An event that may have
    /// arrived without an answer counts as [`unknown`](Stats::unknown) instead.
    Expired,
    /// It was still queued when the client was shut down or dropped. If it was on its way, its
    /// outcome is [`unknown`](Stats::unknown) instead.
    Shutdown,
    /// [`before_send`](crate::ClientBuilder::before_send) dropped it.
    BeforeSend,
    /// [`before_send`](crate::ClientBuilder::before_send) panicked, or changed it into a payload
    /// that breaks a rule.
    BeforeSendFailed,
    /// Part of the spool cannot be read. Counts each damaged region of its files once, and each
    /// payload that is known to be missing.
    Damaged,
    /// Its user or organization was deleted while it waited: see
    /// [`Client::delete_user`](crate::Client::delete_user).
    Deleted,
}

impl DropReason {
    /// Every reason, for a table or a metric for each of them.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::queue::DropReason;
    ///
    /// fn report(client: &Client) {
    ///     let stats = client.stats();
    ///     for reason in DropReason::all() {
    ///         let count = stats.dropped_because(reason);
    ///         println!("lunogram_dropped{{reason=\"{reason}\"}} {count}");
    ///     }
    /// }
    /// ```
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        Self::ALL.into_iter()
    }

    /// All reasons, in the order of their discriminants.
    pub(super) const ALL: [Self; 9] = [
        Self::QueueFull,
        Self::Refused,
        Self::TooLarge,
        Self::Expired,
        Self::Shutdown,
        Self::BeforeSend,
        Self::BeforeSendFailed,
        Self::Damaged,
        Self::Deleted,
    ];
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::QueueFull => "queue full",
            Self::Refused => "refused by the server",
            Self::TooLarge => "too large for the server",
            Self::Expired => "not delivered in time",
            Self::Shutdown => "still queued at shutdown",
            Self::BeforeSend => "dropped by before_send",
            Self::BeforeSendFailed => "before_send failed",
            Self::Damaged => "damaged in the spool",
            Self::Deleted => "deleted with its user or organization",
        })
    }
}

/// How an accepted payload was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Settlement {
    Delivered,
    /// Sent, but it is not known whether the server processed it.
    Unknown,
    Dropped(DropReason),
}

/// Counts per outcome. Accepted payloads are delivered, dropped, unknown or pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    pub(super) accepted: u64,
    delivered: u64,
    /// How many of `delivered` were not sent.
    skipped: u64,
    unknown: u64,
    dropped: [u64; DropReason::ALL.len()],
}

impl Ledger {
    pub(super) fn settle(&mut self, fate: Settlement, count: u64) {
        let account = match fate {
            Settlement::Delivered => Some(&mut self.delivered),
            Settlement::Unknown => Some(&mut self.unknown),
            Settlement::Dropped(reason) => self.dropped.get_mut(reason as usize),
        };
        if let Some(account) = account {
            *account += count;
        }
    }

    /// Counts payloads that are accepted and settled in one step.
    pub(super) fn accept_and_settle(&mut self, fate: Settlement, count: u64) {
        self.accepted += count;
        self.settle(fate, count);
    }

    /// Counts an upsert that is not sent, because the server has accepted an identical one.
    pub(super) fn skip(&mut self) {
        self.accept_and_settle(Settlement::Delivered, 1);
        self.skipped += 1;
    }

    pub(super) fn settled(&self) -> u64 {
        self.delivered + self.unknown + self.dropped.iter().sum::<u64>()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.skipped += other.skipped;
        self.unknown += other.unknown;
        for (sum, more) in self.dropped.iter_mut().zip(&other.dropped) {
            *sum += more;
        }
    }
}

/// The spool's share of [`Stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SpoolStats {
    /// Payloads accepted by this process or found in the files of earlier ones.
    pub(super) accepted: u64,
    /// Payloads found in the files of earlier processes.
    pub(super) recovered: u64,
    /// Payloads that are not settled.
    pub(super) pending: u64,
    /// Files of earlier processes were not read yet.
    pub(super) is_recovering: bool,
}

/// A snapshot of a client's queue: how many events and upserts it accepted, and how
/// they were settled.
///
/// Each event and upsert is counted once: accepted = delivered + dropped + unknown + pending.
///
/// ```
/// use lunogram::Event;
/// use lunogram::testing::{Fault, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.inject(Fault::status(503));
/// let client = server.client();
/// client.track(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
///
/// let stats = client.stats();
/// let settled = stats.delivered() + stats.dropped() + stats.unknown();
/// assert_eq!(stats.accepted(), settled + stats.pending());
/// assert_eq!((stats.requests(), stats.repeated_requests()), (2, 1));
/// assert!(!stats.is_held());
/// assert_eq!(stats.to_string(), "1 accepted: 1 delivered, 0 pending");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq)]
#[must_use = "the counts show whether something was lost: see `is_lossless`"]
pub struct Stats {
    pub(super) ledger: Ledger,
    pub(super) spool: SpoolStats,
    pub(super) requests: u64,
    pub(super) repeated: u64,
    pub(super) panics: u64,
    pub(super) bytes: u64,
    pub(super) held: bool,
}

impl Stats {
    /// Events and upserts that `track` and `identify` accepted, plus those found in the spool.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.ledger.accepted
    }

    /// Events and upserts that the server accepted.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.ledger.delivered
    }

    /// [`delivered`](Self::delivered) upserts that were not sent, because the server had accepted
    /// identical ones: see
    /// [`QueueOptions::skip_identical`](crate::queue::QueueOptions::skip_identical).
    #[must_use]
    pub fn skipped(&self) -> u64 {
        self.ledger.skipped
    }

    /// Events whose outcome is not known and that are not sent again, see
    /// [`Delivery`](crate::queue::Delivery) and
    /// [`QueueOptions::max_copies`](crate::queue::QueueOptions::max_copies); and events and upserts
    /// that were on their way when the client ended.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.ledger.unknown
    }

    /// Events and upserts that were dropped, for any reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.ledger.dropped.iter().sum()
    }

    /// Events and upserts that were dropped for one reason.
    #[must_use]
    pub fn dropped_because(&self, reason: DropReason) -> u64 {
        self.ledger
            .dropped
            .get(reason as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Events and upserts that are queued or in flight.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.ledger.accepted - self.ledger.settled()
    }

    /// The size in bytes of the events and upserts that are held in memory.
    #[must_use]
    pub fn pending_bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether nothing is lost, even if the process ends now: no event or upsert was dropped or is
    /// of unknown outcome, and the pending ones are in a spool. With
    /// [`AtMostOnce`](crate::queue::Delivery::AtMostOnce) and
    /// [`Isolated`](crate::queue::Delivery::Isolated), ask after
    /// [`shutdown`](crate::Client::shutdown): before it, events on their way count as pending, and
    /// the next process does not send them. Payloads that the application itself
    /// has dropped do not count as lost: [`DropReason::BeforeSend`] and [`DropReason::Deleted`].
    ///
    /// ```
    /// use lunogram::Client;
    /// use std::time::Duration;
    ///
    /// async fn end(client: &Client) -> Result<(), lunogram::Error> {
    ///     let stats = client.shutdown(Duration::from_secs(5)).await?;
    ///     if !stats.is_lossless() {
    ///         eprintln!("events were lost: {stats}");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn is_lossless(&self) -> bool {
        self.lost() == 0 && self.pending() <= self.spooled()
    }

    /// Payloads that were dropped without a wish of the application, or are of unknown outcome.
    pub(super) fn lost(&self) -> u64 {
        let by_choice = [DropReason::BeforeSend, DropReason::Deleted];
        let by_choice = by_choice.map(|reason| self.dropped_because(reason));
        self.dropped() - by_choice.iter().sum::<u64>() + self.unknown()
    }

    /// Pending events and upserts that are in the spool, so that they survive the end of the
    /// process.
    #[must_use]
    pub fn spooled(&self) -> u64 {
        self.spool.pending
    }

    /// Events and upserts that an earlier process left in the spool and this client took over. It
    /// grows while [`is_recovering`](Self::is_recovering).
    #[must_use]
    pub fn recovered(&self) -> u64 {
        self.spool.recovered
    }

    /// Whether files that an earlier process left in the spool were not read yet, shortly after
    /// [`build`](crate::ClientBuilder::build) or while the disk fails. The counts do not
    /// include their payloads. [`flush`](crate::Client::flush) waits for them.
    #[must_use]
    pub fn is_recovering(&self) -> bool {
        self.spool.is_recovering
    }

    /// Requests that were attempted and have ended: also those that found no connection, and the
    /// probes of an outage.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// [`requests`](Self::requests) that repeated an earlier attempt.
    #[must_use]
    pub fn repeated_requests(&self) -> u64 {
        self.repeated
    }

    /// Panics of the hooks `on_drop`, `on_unknown` and `before_send`, which are caught, unless the
    /// program is built with `panic = "abort"`. Those in an answered call count, too.
    #[must_use]
    pub fn hook_panics(&self) -> u64 {
        self.panics
    }

    /// Whether delivery is suspended because the server rejects the key (401) or is not a Lunogram
    /// server (404, 405, a redirect, a web page). The queue keeps its events and retries from time
    /// to time, and the error of [`flush`](crate::Client::flush) has the answer.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} accepted: {} delivered",
            self.accepted(),
            self.delivered()
        )?;
        for reason in DropReason::ALL {
            match self.dropped_because(reason) {
                0 => {}
                count => write!(f, ", {count} dropped ({reason})")?,
            }
        }
        match self.unknown() {
            0 => {}
            count => write!(f, ", {count} of unknown outcome")?,
        }
        write!(f, ", {} pending", self.pending())?;
        if self.is_recovering() {
            f.write_str(", and files of the spool that were not read yet")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reasons = DropReason::ALL.into_iter().filter_map(|reason| {
            let count = self.dropped_because(reason);
            (count > 0).then_some((reason, count))
        });
        let dropped: Vec<_> = reasons.collect();
        let dropped = Dropped(&dropped);
        f.debug_struct("Stats")
            .field("accepted", &self.accepted())
            .field("delivered", &self.delivered())
            .field("skipped", &self.skipped())
            .field("dropped", &dropped)
            .field("unknown", &self.unknown())
            .field("pending", &self.pending())
            .field("pending_bytes", &self.pending_bytes())
            .field("spooled", &self.spooled())
            .field("recovered", &self.recovered())
            .field("is_recovering", &self.is_recovering())
            .field("requests", &self.requests())
            .field("repeated_requests", &self.repeated_requests())
            .field("hook_panics", &self.hook_panics())
            .field("is_held", &self.is_held())
            .finish()
    }
}

/// The counts of the reasons for which something was dropped.
struct Dropped<'r>(&'r [(DropReason, u64)]);

impl fmt::Debug for Dropped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.0.iter().copied()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stats_are_displayed_as_a_sentence() {
        let mut ledger = Ledger {
            accepted: 10,
            ..Ledger::default()
        };
        ledger.settle(Settlement::Delivered, 4);
        ledger.settle(Settlement::Dropped(DropReason::Refused), 2);
        ledger.settle(Settlement::Unknown, 1);
        let stats = Stats {
            ledger,
            ..Stats::default()
        };
        assert_eq!(
            stats.to_string(),
            "10 accepted: 4 delivered, 2 dropped (refused by the server), 1 of unknown outcome, 3 pending"
        );
        for (index, reason) in DropReason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, index);
        }
    }
}
