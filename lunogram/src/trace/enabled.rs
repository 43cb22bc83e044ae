//! Log events and spans for `tracing`, all with the target `lunogram`.
//!
//! The delivery thread runs without a subscriber. Otherwise a subscriber that turns log events into
//! tracked events would feed on the HTTP client's own logs. For the same reason, nothing can be
//! tracked from within a subscriber while it handles a log event of this crate.

use super::Record;
use crate::error::Error;
use crate::wire::Operation;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use tracing::dispatcher::{self, DefaultGuard, Dispatch};
use tracing::subscriber::NoSubscriber;
use tracing::{Instrument as _, Span, debug, debug_span, info, warn};

thread_local! {
    static EMITTING: Cell<bool> = const { Cell::new(false) };
}

/// The subscriber of one client: the one that was active when the client first needed it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    subscriber: Arc<OnceLock<Dispatch>>,
}

impl Log {
    /// Keeps the current subscriber, unless an earlier one is kept already.
    pub(crate) fn begin(&self) {
        if self.subscriber.get().is_none() {
            dispatcher::get_default(|subscriber| {
                if !subscriber.is::<NoSubscriber>() {
                    self.subscriber.get_or_init(|| subscriber.clone());
                }
            });
        }
    }

    /// Whether there is a subscriber, so that records are not lost.
    pub(crate) fn has_subscriber(&self) -> bool {
        self.subscriber.get().is_some()
    }

    pub(crate) fn emit(&self, record: Record<'_>) {
        self.with_subscriber(|| match record {
            Record::Dropped { name, reason } => {
                warn!(target: "lunogram", name, %reason, "dropped; further drops for this reason are not logged until they have stopped for a while");
            }
            Record::Failing(error) => {
                warn!(target: "lunogram", %error, "delivery is failing; the queue keeps its payloads");
            }
            Record::Suspended(error) => {
                warn!(target: "lunogram", %error, "delivery is suspended, since the key, the session's token or the URL is not valid; the queue keeps its payloads");
            }
            Record::LongPause {
                asked,
                longest,
                kept,
            } => {
                warn!(target: "lunogram", ?asked, ?longest, ?kept, "the server asks for a pause that exceeds `longest_pause`; the queue sends nothing for as much of it as is kept");
            }
            Record::ProbeFailed(error) => {
                debug!(target: "lunogram", %error, "a probe failed");
            }
            Record::Resumed => info!(target: "lunogram", "delivery has resumed"),
            #[cfg(feature = "spool")]
            Record::Recovered(count) => {
                info!(target: "lunogram", count, "delivering what an earlier process left in the spool");
            }
            #[cfg(feature = "spool")]
            Record::Unreadable(error) => {
                warn!(target: "lunogram", %error, "the spool cannot be read; what it has stays there, and the client tries again");
            }
            #[cfg(feature = "spool")]
            Record::NotSynced(error) => {
                warn!(target: "lunogram", %error, "the spool cannot be synced to disk; queued payloads are sent, and further ones are refused until a sync succeeds");
            }
            #[cfg(feature = "spool")]
            Record::NotSyncedLater(error) => {
                warn!(target: "lunogram", %error, "the spool cannot be synced to disk; queued payloads are sent, and those that are not sent yet are lost if the machine loses power");
            }
            Record::NotMarked(error) => {
                warn!(target: "lunogram", %error, "events cannot be marked in the spool as sent, so they are not sent, and stay there; the client tries again");
            }
            Record::NotClosed(error) => {
                warn!(target: "lunogram", %error, "the spool was not written or synced as it should be when its client ended; what it has may be lost if the machine loses power soon, or be delivered again");
            }
            Record::Ended(stats) => debug!(target: "lunogram", %stats, "delivery has ended"),
            Record::EndedWithLoss(stats) => {
                warn!(target: "lunogram", %stats, "delivery has ended with a loss; shut the client down with more time, or give it a spool");
            }
        });
    }

    /// The span of the delivery of one upsert, or of a batch of events.
    pub(crate) fn delivery_span(&self, operation: Operation, events: usize) -> DeliverySpan {
        let operation = operation.id();
        self.with_subscriber(|| DeliverySpan {
            span: debug_span!(target: "lunogram", "deliver", operation, events),
        })
        .unwrap_or_else(|| DeliverySpan { span: Span::none() })
    }

    fn with_subscriber<T>(&self, emit: impl FnOnce() -> T) -> Option<T> {
        let subscriber = self.subscriber.get()?;
        // The subscriber may do something that would emit again, such as dropping a client.
        if EMITTING.replace(true) {
            return None;
        }
        let emitted = dispatcher::with_default(subscriber, emit);
        EMITTING.set(false);
        Some(emitted)
    }
}

/// The span of the delivery of one batch or upsert, with all of its attempts.
pub(crate) struct DeliverySpan {
    span: Span,
}

impl DeliverySpan {
    pub(crate) fn delivered(&self, log: &Log, events: usize) {
        log.with_subscriber(|| debug!(target: "lunogram", parent: &self.span, events, "delivered"));
    }

    pub(crate) fn failed(&self, log: &Log, tries: u32, error: &Error) {
        log.with_subscriber(|| {
            debug!(target: "lunogram", parent: &self.span, tries, %error, "an attempt failed");
        });
    }
}

/// Whether this thread is inside of a subscriber that handles a log event of this crate.
#[inline]
pub(crate) fn is_emitting() -> bool {
    // The thread-local is gone while the thread ends; nothing is emitted by then.
    EMITTING.try_with(Cell::get).unwrap_or_default()
}

/// Runs the current thread without a subscriber until the guard is dropped.
pub(crate) fn without_subscriber() -> DefaultGuard {
    dispatcher::set_default(&Dispatch::new(NoSubscriber::new()))
}

/// Wraps a call that waits for its response in its own span.
pub(crate) fn call<T>(
    operation: Operation,
    call: impl Future<Output = T>,
) -> impl Future<Output = T> {
    call.instrument(debug_span!(target: "lunogram", "call", operation = operation.id()))
}
