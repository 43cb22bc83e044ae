//! The clock that a test moves; it lives with the client's own clock.

pub use crate::clock::test_clock::Clock;
