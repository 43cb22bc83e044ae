//! The clock that a test moves; it lives with the delivery queue's own clock.

pub use crate::delivery::test_clock::Clock;
