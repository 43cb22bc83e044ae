//! Receipts of payloads in the spool. A payload may be only on disk, so they are found by record.

use crate::delivery::receipts::{Fate, ReceiptSender, complete};
use crate::delivery::spool::RecordId;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug, Default)]
pub(in crate::delivery) struct SpooledReceipts {
    pending: Mutex<BTreeMap<RecordId, ReceiptSender>>,
}

impl SpooledReceipts {
    /// Adds the receipt of a payload that was appended to the spool. The caller still holds the
    /// spool's lock, so that the payload is not settled and the spool not closed before this.
    #[cfg(feature = "spool")]
    pub(super) fn add(&self, record: RecordId, receipt: ReceiptSender) {
        self.pending().insert(record, receipt);
    }

    /// Takes the receipts of payloads that are settled.
    pub(super) fn take(&self, records: &[RecordId]) -> Vec<ReceiptSender> {
        let mut pending = self.pending();
        if pending.is_empty() {
            return Vec::new();
        }
        let found = records.iter().map(|record| pending.remove(record));
        found.flatten().collect()
    }

    /// Takes the receipts of payloads that cannot be read.
    #[cfg(feature = "spool")]
    pub(in crate::delivery) fn take_if(
        &self,
        is_missing: impl Fn(RecordId) -> bool,
    ) -> Vec<ReceiptSender> {
        let mut pending = self.pending();
        let (missing, left) = std::mem::take(&mut *pending)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(record, _)| is_missing(*record));
        *pending = left;
        missing.into_values().collect()
    }

    /// Completes the receipts of all payloads that were not settled. The spool is closed.
    pub(in crate::delivery) fn end(&self) {
        let left = std::mem::take(&mut *self.pending());
        complete(left.into_values(), Fate::LeftInSpool);
    }

    fn pending(&self) -> MutexGuard<'_, BTreeMap<RecordId, ReceiptSender>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
