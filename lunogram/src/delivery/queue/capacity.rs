//! The bound on events and bytes in memory.

use std::sync::atomic::{AtomicU64, Ordering};

/// `used` counts events in its upper 24 bits and bytes in its lower 40 bits, so that one atomic
/// operation changes both.
const EVENT: u64 = 1 << 40;

/// The most events that the upper bits can count.
const MOST_EVENTS: usize = (1 << 24) - 1;

/// Aligned to its own cache lines: every thread that tracks writes here, which would otherwise
/// evict neighbouring fields that are only read.
#[derive(Debug)]
#[repr(align(128))]
pub(in crate::delivery) struct Capacity {
    used: AtomicU64,
    max_events: u64,
    max_bytes: u64,
}

impl Capacity {
    pub(super) fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            used: AtomicU64::new(0),
            max_events: max_events.min(MOST_EVENTS) as u64,
            max_bytes: (max_bytes as u64).min(EVENT - 1),
        }
    }

    /// Whether a payload of this size fits if nothing else is held.
    pub(super) fn could_hold(&self, size: u64) -> bool {
        size <= self.max_bytes
    }

    /// Reserves capacity for one payload, if there is enough.
    #[inline]
    pub(super) fn reserve(&self, size: u64) -> bool {
        let before = self.used.fetch_add(EVENT + size, Ordering::AcqRel);
        if before / EVENT < self.max_events && before % EVENT + size <= self.max_bytes {
            return true;
        }
        self.used.fetch_sub(EVENT + size, Ordering::AcqRel);
        false
    }

    /// Reserves capacity for a payload larger than the limit, if nothing else is held.
    #[cfg(feature = "spool")]
    pub(super) fn reserve_oversized(&self, size: u64) -> bool {
        size > self.max_bytes
            && self
                .used
                .compare_exchange(0, EVENT + size, Ordering::AcqRel, Ordering::Acquire)
                .is_ok()
    }

    pub(super) fn release(&self, events: usize, bytes: usize) {
        let released = EVENT * events as u64 + bytes as u64;
        self.used.fetch_sub(released, Ordering::AcqRel);
    }

    pub(super) fn bytes(&self) -> u64 {
        self.used.load(Ordering::Acquire) % EVENT
    }
}
