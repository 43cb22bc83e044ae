//! Receipts: the outcome of one queued payload, for a caller that has asked for it.

use super::stats::{DropReason, Settlement};
use crate::process::ForkGuard;
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};
use tokio::sync::oneshot;

/// The outcome of a queued event or upsert, reported by its [`Receipt`].
///
/// ```
/// use lunogram::queue::{DropReason, Fate};
///
/// let fate = Fate::Dropped(DropReason::Expired);
/// assert!(!fate.is_delivered());
/// // For a log line.
/// assert_eq!(fate.to_string(), "dropped: not delivered in time");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fate {
    /// The server accepted it.
    Delivered,
    /// It will not be delivered.
    Dropped(DropReason),
    /// It was sent, and is not sent again although it is not known whether the server has processed
    /// it: see [`Delivery`](crate::queue::Delivery) and
    /// [`QueueOptions::max_copies`](crate::queue::QueueOptions::max_copies).
    Unknown,
    /// The client has ended before it was delivered. The next client with the same spool delivers
    /// it.
    LeftInSpool,
    /// The receipt was awaited in a fork of the process that queued it. Only that process learns
    /// the outcome.
    Forked,
}

impl Fate {
    /// Whether the server accepted it.
    ///
    /// ```
    /// use lunogram::queue::Fate;
    ///
    /// assert!(Fate::Delivered.is_delivered());
    /// assert!(!Fate::LeftInSpool.is_delivered());
    /// ```
    #[must_use]
    pub fn is_delivered(self) -> bool {
        self == Self::Delivered
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered => f.write_str("delivered"),
            Self::Dropped(reason) => write!(f, "dropped: {reason}"),
            Self::Unknown => f.write_str("of unknown outcome"),
            Self::LeftInSpool => f.write_str("left in the spool"),
            Self::Forked => f.write_str("left to the parent process"),
        }
    }
}

impl From<Settlement> for Fate {
    fn from(settlement: Settlement) -> Self {
        match settlement {
            Settlement::Delivered => Self::Delivered,
            Settlement::Unknown => Self::Unknown,
            Settlement::Dropped(reason) => Self::Dropped(reason),
        }
    }
}

/// The receipt of a queued event or upsert, from [`Client::receipts`](crate::Client::receipts): a
/// future of its outcome.
///
/// It completes after the hooks were called and [`stats`](crate::Client::stats) have counted the
/// payload, and at the latest when the client ends: a client that is shut down or dropped drops the
/// pending payloads, or leaves them in the spool. It borrows nothing, needs no runtime, and can be
/// awaited on any thread. Dropping it cancels nothing. It can be polled again after it has
/// completed, and returns the same outcome.
///
/// ```
/// use lunogram::Event;
/// use lunogram::queue::{Fate, Receipt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let receipt: Receipt = client.receipts().track(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
/// assert_eq!(receipt.await, Fate::Delivered);
/// # Ok(())
/// # }
/// ```
#[must_use = "a receipt reports nothing until it is awaited; `Client::track` returns no receipt"]
pub struct Receipt {
    state: State,
}

enum State {
    Pending(oneshot::Receiver<Fate>, ForkGuard),
    Known(Fate),
}

impl Receipt {
    /// A receipt of a payload that is not queued.
    pub(super) fn known(fate: Fate) -> Self {
        Self {
            state: State::Known(fate),
        }
    }
}

impl Future for Receipt {
    type Output = Fate;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Fate> {
        let fate = match &mut self.state {
            State::Pending(answer, guard) => match Pin::new(answer).poll(context) {
                // Only a panic of the delivery thread can lose the sender.
                Poll::Ready(fate) => fate.unwrap_or(Fate::Unknown),
                Poll::Pending if guard.is_forked() => Fate::Forked,
                Poll::Pending => return Poll::Pending,
            },
            State::Known(fate) => *fate,
        };
        self.state = State::Known(fate);
        Poll::Ready(fate)
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fate: &dyn fmt::Debug = match &self.state {
            State::Pending(..) => &format_args!("pending"),
            State::Known(fate) => fate,
        };
        f.debug_tuple("Receipt").field(fate).finish()
    }
}

/// The other end of a [`Receipt`], which is kept beside its payload.
#[derive(Debug)]
pub(super) struct ReceiptSender(oneshot::Sender<Fate>);

/// A receipt of a payload that is about to be queued.
pub(super) fn receipt() -> (ReceiptSender, Receipt) {
    let (sender, receiver) = oneshot::channel();
    let receipt = Receipt {
        state: State::Pending(receiver, ForkGuard::new()),
    };
    (ReceiptSender(sender), receipt)
}

/// Completes receipts. The payloads are settled and counted before this call, because the
/// application may look at the statistics next.
pub(super) fn complete(receipts: impl IntoIterator<Item = ReceiptSender>, fate: impl Into<Fate>) {
    let fate = fate.into();
    for ReceiptSender(sender) in receipts {
        // It fails if the receipt was dropped.
        let _ = sender.send(fate);
    }
}

/// The receipts of some of the events in a buffer, by the index of the event. Without receipts, it
/// is one pointer and no allocation.
#[derive(Debug, Default)]
#[expect(
    clippy::box_collection,
    reason = "each segment has one, and most are empty"
)]
pub(super) struct Requested(Option<Box<VecDeque<(usize, ReceiptSender)>>>);

impl Requested {
    /// Adds the receipt of an event after all events that have one.
    pub(super) fn push(&mut self, index: usize, receipt: ReceiptSender) {
        self.0.get_or_insert_default().push_back((index, receipt));
    }

    /// Takes the receipt of an event, if it is the first that has one.
    pub(super) fn pop(&mut self, index: usize) -> Option<ReceiptSender> {
        let list = self.0.as_mut()?;
        if list.front()?.0 != index {
            return None;
        }
        let (_, receipt) = list.pop_front()?;
        Some(receipt)
    }

    /// Takes the receipts of some events.
    pub(super) fn take(&mut self, events: &Range<usize>) -> Vec<ReceiptSender> {
        let Some(list) = &mut self.0 else {
            return Vec::new();
        };
        let start = list.partition_point(|(index, _)| *index < events.start);
        let end = list.partition_point(|(index, _)| *index < events.end);
        let taken = list.drain(start..end);
        taken.map(|(_, receipt)| receipt).collect()
    }

    /// Moves the receipts of the first events, those of this range, to `other`, in which the first
    /// one of them has the index `to`.
    pub(super) fn move_to(&mut self, other: &mut Self, events: &Range<usize>, to: usize) {
        let Some(list) = &mut self.0 else {
            return;
        };
        let moved = list.partition_point(|(index, _)| *index < events.end);
        for (index, receipt) in list.drain(..moved) {
            other.push(index - events.start + to, receipt);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receipts of the events with these indices.
    fn requested(indices: &[usize]) -> (Requested, Vec<Receipt>) {
        let mut requested = Requested::default();
        let receipts = indices.iter().map(|index| {
            let (sender, receipt) = receipt();
            requested.push(*index, sender);
            receipt
        });
        let receipts = receipts.collect();
        (requested, receipts)
    }

    fn fate(receipt: &mut Receipt) -> Option<Fate> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(receipt).poll(&mut context) {
            Poll::Ready(fate) => Some(fate),
            Poll::Pending => None,
        }
    }

    fn fates(receipts: &mut [Receipt]) -> Vec<Option<Fate>> {
        receipts.iter_mut().map(fate).collect()
    }

    #[test]
    fn receipts_follow_their_events_into_another_buffer() {
        let (mut from, mut receipts) = requested(&[1, 2, 5]);
        complete(from.pop(0), Fate::Unknown);
        complete(from.pop(1), Fate::LeftInSpool);
        let mut to = Requested::default();
        from.move_to(&mut to, &(2..4), 7);
        complete(to.take(&(0..7)), Fate::Unknown);
        complete(to.take(&(7..8)), Fate::Delivered);
        assert_eq!(
            fates(&mut receipts),
            [Some(Fate::LeftInSpool), Some(Fate::Delivered), None]
        );
        complete(from.take(&(5..6)), Settlement::Unknown);
        assert_eq!(fate(&mut receipts[2]), Some(Fate::Unknown));
        // Also when it is polled again.
        assert_eq!(fate(&mut receipts[2]), Some(Fate::Unknown));
    }

    #[test]
    fn parts_of_a_batch_are_settled_in_any_order() {
        let (mut batch, mut receipts) = requested(&[0, 3, 4, 9]);
        complete(batch.take(&(3..5)), Fate::Delivered);
        complete(batch.take(&(9..10)), Fate::Unknown);
        complete(batch.take(&(0..3)), Fate::LeftInSpool);
        let [first, second, third, fourth] = [
            Fate::LeftInSpool,
            Fate::Delivered,
            Fate::Delivered,
            Fate::Unknown,
        ];
        let expected = [first, second, third, fourth].map(Some);
        assert_eq!(fates(&mut receipts), expected);
    }

    #[test]
    fn a_receipt_completes_without_its_sender() {
        let (sender, mut lost) = receipt();
        assert_eq!(fate(&mut lost), None);
        drop(sender);
        assert_eq!(fate(&mut lost), Some(Fate::Unknown));
    }
}
