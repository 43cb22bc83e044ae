//! Showing payloads to `before_send`, on the thread that tracks: neither the queue nor the spool
//! holds what the hook removes.

use super::Queue;
use super::push::PushError;
use crate::delivery::payload::PayloadKind;
#[cfg(feature = "spool")]
use crate::delivery::payload::Shown;
#[cfg(feature = "spool")]
use crate::delivery::spool::{Acked, Loaded, Spool};
use crate::delivery::stats::{DropReason, Settlement};
use std::borrow::Cow;

/// A payload after `before_send`.
#[derive(Debug)]
pub(in crate::delivery) enum Screened<'p> {
    Payload(Cow<'p, [u8]>),
    /// It was dropped, which is counted.
    Dropped(DropReason),
}

impl Queue {
    /// Shows a payload to `before_send`.
    ///
    /// # Errors
    /// If the queue is closed.
    pub(in crate::delivery) fn before_send<'p>(
        &self,
        kind: PayloadKind,
        payload: Cow<'p, [u8]>,
    ) -> Result<Screened<'p>, PushError> {
        // So that the hook is not called in vain.
        self.check_open()?;
        match self.hooks.before_queued(kind, &payload) {
            Ok(None) => Ok(Screened::Payload(payload)),
            Ok(Some(changed)) => Ok(Screened::Payload(Cow::Owned(changed))),
            Err(why) => {
                let reason = self.hooks.withheld(kind, &payload, &why);
                self.unqueued()
                    .accept_and_settle(Settlement::Dropped(reason), 1);
                Ok(Screened::Dropped(reason))
            }
        }
    }

    /// Shows a payload of the spool to `before_send`, if it was written by a process without the
    /// hook. `None` if the hook drops it; it is settled then.
    #[cfg(feature = "spool")]
    pub(super) fn before_load<'p>(
        &self,
        spool: &Spool,
        loaded: &Loaded<'p>,
    ) -> Option<Cow<'p, [u8]>> {
        let as_written = Some(Cow::Borrowed(loaded.payload));
        if loaded.shown == Shown::Yes {
            return as_written;
        }
        match self.hooks.before_queued(loaded.kind, loaded.payload) {
            Ok(None) => as_written,
            Ok(Some(changed)) => Some(Cow::Owned(changed)),
            Err(why) => {
                let reason = self.hooks.withheld(loaded.kind, loaded.payload, &why);
                spool.settle(&[loaded.record], Acked::No);
                self.unqueued().settle(Settlement::Dropped(reason), 1);
                None
            }
        }
    }
}
