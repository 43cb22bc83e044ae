//! Failures of the spool's disk that no call returns: the log has them.

use super::Queue;
use crate::trace::{self, Record};

impl Queue {
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
                "the spool was not written or synced as it should be when its client ended: {why}; queued items in it ({left}) are lost if the machine loses power soon, and others may be delivered again"
            ));
        }
    }
}
