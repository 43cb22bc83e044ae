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
    /// The number of events at which the dispatcher wants to be woken, because a request is full
    /// then. In the cache line that `reserve` writes to, so that reading it costs nothing.
    wake_at: AtomicU64,
    max_events: u64,
    max_bytes: u64,
}

/// The result of reserving capacity for a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    Done,
    /// Done, and the dispatcher has to be woken once the payload is queued.
    DoneAndWake,
    /// There is not enough.
    Refused,
}

/// Events and bytes that are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) struct Usage {
    pub(in crate::delivery) events: usize,
    pub(in crate::delivery) bytes: u64,
}

impl Capacity {
    pub(super) fn new(max_events: usize, max_bytes: usize) -> Self {
        Self {
            used: AtomicU64::new(0),
            wake_at: AtomicU64::new(u64::MAX),
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
    pub(super) fn reserve(&self, size: u64) -> Reserved {
        // Sequentially consistent, like `wake_at`: see `wakes_at`.
        let before = self.used.fetch_add(EVENT + size, Ordering::SeqCst);
        let events = before / EVENT;
        if events < self.max_events && before % EVENT + size <= self.max_bytes {
            if events + 1 == self.wake_at.load(Ordering::SeqCst) {
                return Reserved::DoneAndWake;
            }
            return Reserved::Done;
        }
        self.used.fetch_sub(EVENT + size, Ordering::AcqRel);
        Reserved::Refused
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

    pub(in crate::delivery) fn usage(&self) -> Usage {
        let used = self.used.load(Ordering::SeqCst);
        Usage {
            events: usize::try_from(used / EVENT).unwrap_or(usize::MAX),
            bytes: used % EVENT,
        }
    }

    /// Asks for a wake-up when this many events are held. Returns whether that is the case already.
    pub(in crate::delivery) fn wakes_at(&self, events: usize) -> bool {
        self.wake_at.store(events as u64, Ordering::SeqCst);
        // Read after the store: a thread that adds the last event either sees the store, or its
        // event is counted here.
        self.usage().events >= events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_that_fills_a_request_wakes_the_dispatcher() {
        let capacity = Capacity::new(4, 100);
        assert_eq!(capacity.reserve(10), Reserved::Done);
        assert!(!capacity.wakes_at(3));
        assert_eq!(capacity.reserve(10), Reserved::Done);
        assert_eq!(capacity.reserve(10), Reserved::DoneAndWake);
        assert_eq!(capacity.reserve(10), Reserved::Done);
        assert!(capacity.wakes_at(4), "they are held already");
        assert_eq!(capacity.reserve(10), Reserved::Refused);
        assert_eq!(
            capacity.usage(),
            Usage {
                events: 4,
                bytes: 40
            }
        );
        capacity.release(1, 10);
        assert_eq!(capacity.reserve(71), Reserved::Refused);
        assert_eq!(capacity.reserve(70), Reserved::DoneAndWake);
    }

    #[test]
    fn both_bounds_hold_exactly() {
        let capacity = Capacity::new(2, 100);
        assert!(capacity.could_hold(100));
        assert!(!capacity.could_hold(101));
        assert_eq!(capacity.reserve(101), Reserved::Refused);
        assert_eq!(capacity.reserve(100), Reserved::Done);
        assert_eq!(capacity.reserve(1), Reserved::Refused);
        assert_eq!(capacity.reserve(0), Reserved::Done);
        assert_eq!(capacity.reserve(0), Reserved::Refused);
        let usage = |events, bytes| Usage { events, bytes };
        assert_eq!(capacity.usage(), usage(2, 100));
        capacity.release(2, 100);
        assert_eq!(capacity.usage(), usage(0, 0));
    }

    #[test]
    fn bounds_beyond_the_counters_are_those_of_the_counters() {
        let capacity = Capacity::new(usize::MAX, usize::MAX);
        let most = EVENT - 1;
        assert!(capacity.could_hold(most));
        assert!(!capacity.could_hold(EVENT));
        assert_eq!(capacity.reserve(most), Reserved::Done);
        assert_eq!(capacity.usage().bytes, most);
        let capacity = Capacity::new(usize::MAX, usize::MAX);
        for _ in 0..MOST_EVENTS {
            assert_eq!(capacity.reserve(0), Reserved::Done);
        }
        assert_eq!(capacity.reserve(0), Reserved::Refused);
        assert_eq!(capacity.usage().events, 16_777_215);
    }

    #[cfg(feature = "spool")]
    #[test]
    fn an_oversized_payload_is_held_alone() {
        let capacity = Capacity::new(4, 100);
        assert!(!capacity.reserve_oversized(100), "it fits");
        assert_eq!(capacity.reserve(1), Reserved::Done);
        assert!(!capacity.reserve_oversized(101), "it is not alone");
        capacity.release(1, 1);
        assert!(capacity.reserve_oversized(101));
        let usage = Usage {
            events: 1,
            bytes: 101,
        };
        assert_eq!(capacity.usage(), usage);
        assert_eq!(capacity.reserve(0), Reserved::Refused);
        capacity.release(1, 101);
        assert_eq!(capacity.reserve(0), Reserved::Done);
    }
}
