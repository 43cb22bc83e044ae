//! How much is held in memory, and how much may be.

use std::sync::atomic::{AtomicU64, Ordering};

/// The level counts events in its upper bits and bytes in its lower ones, so that one operation moves both.
const EVENT: u64 = 1 << 40;

/// What the upper bits can count to.
const MOST_EVENTS: usize = (1 << 24) - 1;

/// Alone in its cache lines: every thread that tracks writes to it, and would take from the others what they only read.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Level {
    now: AtomicU64,
    max_events: u64,
    max_bytes: u64,
}

impl Level {
    pub(super) fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            now: AtomicU64::new(0),
            max_events: max_events.min(MOST_EVENTS) as u64,
            max_bytes: (max_bytes as u64).min(EVENT - 1),
        }
    }

    /// Whether a payload of this size could ever have a place.
    pub(super) fn could_hold(&self, size: u64) -> bool {
        size <= self.max_bytes
    }

    /// Takes a place for a payload, if there is one.
    #[inline]
    pub(super) fn enter(&self, size: u64) -> bool {
        let before = self.now.fetch_add(EVENT + size, Ordering::AcqRel);
        if before / EVENT < self.max_events && before % EVENT + size <= self.max_bytes {
            return true;
        }
        self.now.fetch_sub(EVENT + size, Ordering::AcqRel);
        false
    }

    /// The same for a payload that is larger than all the room, when nothing else is there.
    #[cfg(feature = "spool")]
    pub(super) fn enter_alone(&self, size: u64) -> bool {
        size > self.max_bytes
            && self
                .now
                .compare_exchange(0, EVENT + size, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    pub(super) fn leave(&self, events: usize, bytes: usize) {
        let left = EVENT * events as u64 + bytes as u64;
        self.now.fetch_sub(left, Ordering::AcqRel);
    }

    /// Something that is held has another size now.
    pub(super) fn resize(&self, before: usize, after: usize) {
        self.now.fetch_add(after as u64, Ordering::AcqRel);
        self.now.fetch_sub(before as u64, Ordering::AcqRel);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.now.load(Ordering::Acquire) % EVENT
    }
}
