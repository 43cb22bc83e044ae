//! The telling, to whatever listens to `tracing`.
//!
//! Everything has the target `lunogram`. The thread that delivers has no subscriber of its own: what the HTTP client and its
//! like say there reaches nobody, so that a subscriber that tracks what it hears does not cause what it hears next. For the same
//! reason, nothing can be tracked from within a subscriber that is being told something by this crate.

use super::Record;
use crate::error::Error;
use crate::wire::Operation;
use std::cell::Cell;
use std::sync::{Arc, OnceLock};
use tracing::dispatcher::{self, DefaultGuard, Dispatch};
use tracing::subscriber::NoSubscriber;
use tracing::{Instrument as _, Span, debug, debug_span, info, warn};

thread_local! {
    static TELLING: Cell<bool> = const { Cell::new(false) };
}

/// Who listens to one client: the subscriber that was there when it began.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    listener: Arc<OnceLock<Dispatch>>,
}

impl Log {
    /// Finds out who listens, if somebody does by now.
    pub(crate) fn begin(&self) {
        if self.listener.get().is_none() {
            dispatcher::get_default(|listener| {
                if !listener.is::<NoSubscriber>() {
                    self.listener.get_or_init(|| listener.clone());
                }
            });
        }
    }

    pub(crate) fn tell(&self, record: Record<'_>) {
        self.aloud(|| match record {
            Record::Dropped { name, reason } => {
                warn!(target: "lunogram", name, %reason, "dropped; more of it is not told until nothing was for a while");
            }
            Record::Failing(error) => {
                warn!(target: "lunogram", %error, "nothing is delivered at the moment; the queue keeps it");
            }
            Record::Held(error) => {
                warn!(target: "lunogram", %error, "nothing is delivered until the settings are mended; the queue keeps it");
            }
            Record::Mended => info!(target: "lunogram", "delivering again"),
            Record::Recovered(count) => {
                info!(target: "lunogram", count, "delivering what an earlier process left in the spool");
            }
            Record::Ended(stats) => debug!(target: "lunogram", %stats, "delivery has ended"),
            Record::EndedWithLoss(stats) => {
                warn!(target: "lunogram", %stats, "delivery has ended with a loss; shut the client down with more time, or give it a spool");
            }
        });
    }

    /// The way of one payload, or of a batch of them.
    pub(crate) fn way(&self, operation: Operation, events: usize) -> Way {
        let operation = operation.id();
        self.aloud(|| Way {
            span: debug_span!(target: "lunogram", "deliver", operation, events),
        })
        .unwrap_or_else(|| Way { span: Span::none() })
    }

    fn aloud<T>(&self, tell: impl FnOnce() -> T) -> Option<T> {
        let listener = self.listener.get()?;
        // A subscriber that makes a client end, say.
        if TELLING.replace(true) {
            return None;
        }
        let told = dispatcher::with_default(listener, tell);
        TELLING.set(false);
        Some(told)
    }
}

/// The span of something on its way.
pub(crate) struct Way {
    span: Span,
}

impl Way {
    pub(crate) fn delivered(&self, log: &Log, events: usize) {
        log.aloud(|| debug!(target: "lunogram", parent: &self.span, events, "delivered"));
    }

    pub(crate) fn failed(&self, log: &Log, tries: u32, error: &Error) {
        log.aloud(|| {
            debug!(target: "lunogram", parent: &self.span, tries, %error, "an attempt failed");
        });
    }
}

/// Whether this thread is telling somebody something.
#[inline]
pub(crate) fn is_telling() -> bool {
    // While the thread ends, nobody is told anything.
    TELLING.try_with(Cell::get).unwrap_or_default()
}

/// Nobody hears what this thread says, until that is dropped.
pub(crate) fn silence() -> DefaultGuard {
    dispatcher::set_default(&Dispatch::new(NoSubscriber::new()))
}

/// A call with an answer, in a span of its own.
pub(crate) fn call<T>(
    operation: Operation,
    call: impl Future<Output = T>,
) -> impl Future<Output = T> {
    call.instrument(debug_span!(target: "lunogram", "call", operation = operation.id()))
}
