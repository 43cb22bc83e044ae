//! What was accepted before a moment, and whether it is settled.

use super::queue::Queue;
use super::spool::Spool;

/// What was accepted up to a moment.
#[derive(Debug)]
pub(super) struct Marks {
    /// By the spool: what waits on disk alone has to be read first.
    on_disk: u64,
    /// By each lane, known from then on.
    lanes: Option<Vec<u64>>,
}

impl Queue {
    /// Lets everything leave that was accepted until now, and gives what [`is_settled`](Self::is_settled) asks for.
    pub(super) fn flush(&self) -> Marks {
        let on_disk = self.spool.as_ref().map(Spool::end).unwrap_or_default();
        let mut marks = Marks {
            on_disk,
            lanes: None,
        };
        self.is_settled(&mut marks);
        marks
    }

    /// Lets everything leave that is in a lane, and tells how much that is.
    fn flush_lanes(&self) -> Vec<u64> {
        let marks = self
            .slots()
            .iter()
            .map(|slot| slot.lane().flush())
            .collect();
        for slot in self.slots() {
            slot.wake.notify_one();
        }
        marks
    }

    /// Lets everything leave that is in a lane, since nothing more can join it.
    #[cfg(feature = "spool")]
    pub(super) fn hurry_lanes(&self) {
        for slot in self.slots() {
            slot.lane().hurry();
            slot.wake.notify_one();
        }
    }

    /// Whether everything is settled that was accepted before [`flush`](Self::flush) gave these marks.
    pub(super) fn is_settled(&self, marks: &mut Marks) -> bool {
        if let Some(spool) = &self.spool
            && !spool.is_read_to(marks.on_disk)
        {
            return false;
        }
        let lanes = marks.lanes.get_or_insert_with(|| self.flush_lanes());
        let mut slots = self.slots().iter().zip(lanes);
        slots.all(|(slot, mark)| slot.lane().settled_to() >= *mark)
    }
}
