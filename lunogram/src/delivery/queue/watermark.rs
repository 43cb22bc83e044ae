//! Flush watermarks: whether everything accepted before a moment is settled.

use super::Queue;
use crate::delivery::spool::{ReadPosition, Spool};

/// A position in the sequence of accepted payloads: of the spool, and of each lane.
#[derive(Debug)]
pub(in crate::delivery) struct Watermark {
    /// The end of the spool. Payloads that are only on disk have to be loaded first. `None` without
    /// a spool.
    spooled: Option<ReadPosition>,
    /// Payloads that each lane had accepted. Unknown until the spooled payloads are loaded.
    lanes: Option<Vec<u64>>,
    /// Earlier failures to mark payloads, which may be over.
    pub(super) failed_marks: u64,
}

impl Queue {
    /// Sends everything accepted so far without waiting for its age, and returns the
    /// watermark for [`is_settled`](Self::is_settled).
    pub(in crate::delivery) fn flush(&self) -> Watermark {
        let mut watermark = Watermark {
            spooled: self.spool.as_ref().map(Spool::end),
            lanes: None,
            failed_marks: self.spool.as_ref().map_or(0, Spool::failed_marks),
        };
        self.is_settled(&mut watermark);
        watermark
    }

    /// Flushes each lane and returns how many payloads it had accepted.
    fn flush_lanes(&self) -> Vec<u64> {
        let lanes = self.slots().iter().map(|slot| slot.lane().flush());
        let accepted = lanes.collect();
        self.look_at_all_lanes();
        accepted
    }

    /// Makes the dispatcher look at all lanes.
    fn look_at_all_lanes(&self) {
        for lane in 0..self.slots().len() {
            self.signals.mark(lane);
        }
        self.signals.wake();
    }

    /// Sends the queued batches of all lanes without waiting for their age.
    #[cfg(feature = "spool")]
    pub(super) fn send_lanes_now(&self) {
        for slot in self.slots() {
            slot.lane().send_now();
        }
        self.look_at_all_lanes();
    }

    /// Whether everything below the watermark is settled.
    pub(in crate::delivery) fn is_settled(&self, watermark: &mut Watermark) -> bool {
        if !self.is_loaded_to(watermark) {
            return false;
        }
        let lanes = watermark.lanes.get_or_insert_with(|| self.flush_lanes());
        let mut slots = self.slots().iter().zip(lanes);
        slots.all(|(slot, accepted)| slot.lane().settled_to() >= *accepted)
    }

    pub(super) fn is_loaded_to(&self, watermark: &Watermark) -> bool {
        match (&self.spool, watermark.spooled) {
            (Some(spool), Some(end)) => spool.is_loaded_to(end),
            _ => true,
        }
    }
}
