//! Failures of the spool's disk that no call of the application has caused.

use super::{Queue, Watermark};
use crate::delivery::spool::{RecordId, Spool};
use crate::error::{Error, ErrorKind};
use crate::trace::{self, Record};
use crate::wire::Outcome;

impl Queue {
    /// Acknowledges payloads before they are sent. Returns whether they may be sent: not if this
    /// failed. The first failure in a row is logged, and a flush returns it.
    pub(in crate::delivery) fn mark(&self, spool: &Spool, records: &[RecordId]) -> bool {
        let Err(why) = spool.ack(records) else {
            spool.set_markable();
            return true;
        };
        if spool.set_unmarkable(&why) {
            self.log.emit(Record::NotMarked(&why));
        }
        self.progress.notify_waiters();
        false
    }

    /// The error of a flush that waits for payloads which the disk holds up.
    pub(in crate::delivery) fn disk_failure(&self, watermark: &Watermark) -> Option<Error> {
        let spool = self.spool.as_ref()?;
        let unread = || spool.unreadable().filter(|_| !self.is_loaded_to(watermark));
        let (message, why) = if let Some(why) = unread() {
            (
                "cannot read the spool; its events stay there, and the client reads them as soon as the disk works",
                why,
            )
        } else {
            (
                "cannot mark events in the spool as sent, so that the next process would send them again; they stay there, and the client sends them as soon as the disk works",
                spool.unmarkable(watermark.failed_marks)?,
            )
        };
        Some(Error::new(ErrorKind::Spool, Outcome::Unsent, message).because(why))
    }

    /// Closes the spool, and reports what could not be written or synced. A second call does
    /// nothing.
    pub(in crate::delivery) fn close_spool(&self) {
        let Some(spool) = &self.spool else {
            return;
        };
        let Err(why) = spool.close() else {
            return;
        };
        self.log.emit(Record::NotClosed(&why));
        // Without payloads, there is nothing that the next process could miss or repeat.
        let left = spool.stats().pending;
        if left > 0 && !self.log.has_subscriber() {
            trace::print(&format!(
                "the spool was not written or synced as it should be when its client ended: {why}; queued items in it ({left}) may be lost if the machine loses power soon, or be delivered again"
            ));
        }
    }
}
