//! Where every event went.

use std::fmt;

/// Why something that was accepted will not be delivered.
///
/// ```
/// use lunogram::DropReason;
///
/// // For a log line, or the label of a metric.
/// assert_eq!(DropReason::Expired.to_string(), "not delivered in time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DropReason {
    /// The queue was full, and [`Overflow`](crate::Overflow) said to drop.
    QueueFull,
    /// The server refused it: malformed (400, 422) or not allowed to this key (403).
    Refused,
    /// The server takes no request of this size (413), not even with this event alone.
    TooLarge,
    /// It could not be delivered within [`QueueOptions::event_deadline`](crate::QueueOptions::event_deadline).
    Expired,
    /// It was still queued when the client was shut down or dropped.
    Shutdown,
    /// [`before_send`](crate::ClientBuilder::before_send) dropped it.
    BeforeSend,
    /// Something in the spool that cannot be read: one for each such place in its files, and one for each payload that is known
    /// to have been there.
    Damaged,
}

impl DropReason {
    /// All of them.
    pub(super) const ALL: [Self; 7] = [
        Self::QueueFull,
        Self::Refused,
        Self::TooLarge,
        Self::Expired,
        Self::Shutdown,
        Self::BeforeSend,
        Self::Damaged,
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
            Self::Damaged => "damaged in the spool",
        })
    }
}

/// What became of something that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    /// Sent, and nobody knows whether it was processed.
    Unknown,
    Dropped(DropReason),
}

/// The books: what was accepted is delivered, dropped, of unknown outcome, or pending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    pub(super) accepted: u64,
    delivered: u64,
    unknown: u64,
    dropped: [u64; DropReason::ALL.len()],
}

impl Ledger {
    pub(super) fn settle(&mut self, fate: Fate, count: u64) {
        let account = match fate {
            Fate::Delivered => Some(&mut self.delivered),
            Fate::Unknown => Some(&mut self.unknown),
            Fate::Dropped(reason) => self.dropped.get_mut(reason as usize),
        };
        if let Some(account) = account {
            *account += count;
        }
    }

    /// What was accepted only to be settled at once.
    pub(super) fn enter_and_settle(&mut self, fate: Fate, count: u64) {
        self.accepted += count;
        self.settle(fate, count);
    }

    pub(super) fn settled(&self) -> u64 {
        self.delivered + self.unknown + self.dropped.iter().sum::<u64>()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.delivered += other.delivered;
        self.unknown += other.unknown;
        for (sum, more) in self.dropped.iter_mut().zip(&other.dropped) {
            *sum += more;
        }
    }
}

/// What a spool has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OnDisk {
    /// By this process, or found in it.
    pub(super) accepted: u64,
    pub(super) recovered: u64,
    pub(super) waiting: u64,
}

/// What became of everything that a client's queue accepted, at one moment: events and upserts, each counted once.
///
/// Accepted is always delivered + dropped + unknown + pending.
///
/// ```
/// use lunogram::testing::{Fault, Server};
/// use lunogram::Event;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.inject(Fault::status(503));
/// let client = server.client();
/// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
///
/// let stats = client.stats();
/// assert_eq!(stats.accepted(), stats.delivered() + stats.dropped() + stats.unknown() + stats.pending());
/// assert_eq!((stats.requests(), stats.repeated_requests()), (2, 1));
/// assert!(!stats.is_held());
/// assert_eq!(stats.to_string(), "1 accepted: 1 delivered, 0 pending");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub(super) ledger: Ledger,
    pub(super) on_disk: OnDisk,
    pub(super) requests: u64,
    pub(super) repeated: u64,
    pub(super) panics: u64,
    pub(super) bytes: u64,
    pub(super) held: bool,
}

impl Stats {
    /// What `track` and `identify` took, and what was found in the spool.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.ledger.accepted
    }

    /// What the server answered with success.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.ledger.delivered
    }

    /// What was sent without an answer, and not sent again: see [`Delivery`](crate::Delivery).
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.ledger.unknown
    }

    /// What was dropped, for whatever reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.ledger.dropped.iter().sum()
    }

    /// What was dropped for one reason.
    #[must_use]
    pub fn dropped_because(&self, reason: DropReason) -> u64 {
        self.ledger
            .dropped
            .get(reason as usize)
            .copied()
            .unwrap_or_default()
    }

    /// What waits, or is on its way.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.ledger.accepted - self.ledger.settled()
    }

    /// The bytes of what waits or is on its way.
    #[must_use]
    pub fn pending_bytes(&self) -> u64 {
        self.bytes
    }

    /// What waits or is on its way and is in the spool, too: the end of this process will not lose it.
    #[must_use]
    pub fn spooled(&self) -> u64 {
        self.on_disk.waiting
    }

    /// What an earlier process left in the spool, and this one accepted in its place.
    #[must_use]
    pub fn recovered(&self) -> u64 {
        self.on_disk.recovered
    }

    /// The requests that were made.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests
    }

    /// Those among [`requests`](Self::requests) that sent something again.
    #[must_use]
    pub fn repeated_requests(&self) -> u64 {
        self.repeated
    }

    /// The panics of `on_drop` and `before_send`, which were caught.
    #[must_use]
    pub fn hook_panics(&self) -> u64 {
        self.panics
    }

    /// Whether nothing is delivered at the moment because the server does not know the key (401), or is not a Lunogram
    /// server. The queue keeps what it has, and tries again from time to time.
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
        write!(f, ", {} pending", self.pending())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_say_it_in_words() {
        let mut ledger = Ledger {
            accepted: 10,
            ..Ledger::default()
        };
        ledger.settle(Fate::Delivered, 4);
        ledger.settle(Fate::Dropped(DropReason::Refused), 2);
        ledger.settle(Fate::Unknown, 1);
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
