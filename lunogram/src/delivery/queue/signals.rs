//! How the lanes reach the dispatcher: a bit for each lane that it has to look at again, and a
//! wake-up only if it would not look soon enough by itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::Notify;

/// Aligned to its own cache lines: threads that track write here.
#[derive(Debug)]
#[repr(align(128))]
pub(in crate::delivery) struct Signals {
    /// One bit per lane.
    marked: Box<[AtomicU64]>,
    /// The dispatcher has no timer, so the next marked lane has to wake it.
    idle: AtomicBool,
    /// A payload found no room, so queued payloads do not wait for more.
    full: AtomicBool,
    wake: Notify,
}

impl Signals {
    pub(super) fn new(lanes: usize) -> Self {
        let words = lanes.div_ceil(64);
        Self {
            marked: (0..words).map(|_| AtomicU64::new(0)).collect(),
            idle: AtomicBool::new(false),
            full: AtomicBool::new(false),
            wake: Notify::new(),
        }
    }

    /// Reports that a lane has opened a batch, which is sent at its age. The dispatcher is woken
    /// only if it has no timer: a timer of an older batch ends before this one is due.
    pub(super) fn opened(&self, lane: usize) {
        self.mark(lane);
        if self.idle.load(Ordering::SeqCst) {
            self.wake();
        }
    }

    /// Reports that a lane may have something to send now.
    pub(super) fn due(&self, lane: usize) {
        self.mark(lane);
        self.wake();
    }

    pub(super) fn mark(&self, lane: usize) {
        if let Some(word) = self.marked.get(lane / 64) {
            word.fetch_or(1 << (lane % 64), Ordering::SeqCst);
        }
    }

    #[cold]
    pub(super) fn wake(&self) {
        self.idle.store(false, Ordering::SeqCst);
        self.wake.notify_one();
    }

    /// Reports that a payload found no room.
    pub(super) fn full(&self) {
        if !self.full.swap(true, Ordering::SeqCst) {
            self.wake();
        }
    }

    /// A request was collected, or room was made.
    pub(in crate::delivery) fn not_full(&self) {
        self.full.store(false, Ordering::SeqCst);
    }

    /// Whether a payload found no room.
    pub(in crate::delivery) fn is_full(&self) -> bool {
        self.full.load(Ordering::SeqCst)
    }

    /// Takes the marks, and calls `each` with every marked lane.
    pub(in crate::delivery) fn take(&self, mut each: impl FnMut(usize)) {
        for (index, word) in self.marked.iter().enumerate() {
            if word.load(Ordering::SeqCst) == 0 {
                continue;
            }
            let mut bits = word.swap(0, Ordering::SeqCst);
            while bits != 0 {
                each(index * 64 + bits.trailing_zeros() as usize);
                bits &= bits - 1;
            }
        }
    }

    /// Asks to be woken by the next lane that opens a batch. Returns whether a lane is marked
    /// already.
    pub(in crate::delivery) fn wants_opened(&self) -> bool {
        self.idle.store(true, Ordering::SeqCst);
        // Read after the store: a thread either sees the store or has set its bit before it.
        let mut words = self.marked.iter();
        words.any(|word| word.load(Ordering::SeqCst) != 0)
    }

    /// Waits for a wake-up. One that came before this call counts.
    pub(in crate::delivery) async fn woken(&self) {
        self.wake.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_marked_lane_is_taken_once_and_wakes_an_idle_dispatcher_only() {
        let signals = Signals::new(130);
        let taken = || {
            let mut taken = Vec::new();
            signals.take(|lane| taken.push(lane));
            taken
        };
        let is_woken = || {
            let mut woken = std::pin::pin!(signals.wake.notified());
            woken.as_mut().enable()
        };
        for lane in [129, 0, 64, 0] {
            signals.opened(lane);
        }
        assert!(!is_woken(), "it has a timer");
        assert!(signals.wants_opened(), "marked before it asked");
        assert_eq!(taken(), [0, 64, 129]);
        assert!(taken().is_empty());
        assert!(!signals.wants_opened());
        signals.opened(7);
        assert!(is_woken());
        assert_eq!(taken(), [7]);
        signals.opened(7);
        assert!(!is_woken(), "it was woken and has not asked again");
        signals.due(8);
        assert!(is_woken());
        assert_eq!(taken(), [7, 8]);
    }
}
