//! Helpers that the tests of the workspace share.

#[path = "support/contract.rs"]
pub mod contract;
#[path = "support/process.rs"]
pub mod process;
#[path = "support/random.rs"]
pub mod random;
#[path = "support/raw.rs"]
pub mod raw;
#[path = "support/sink.rs"]
pub mod sink;
#[path = "support/spool.rs"]
pub mod spool;
#[path = "support/watched.rs"]
pub mod watched;
#[path = "support/wire.rs"]
pub mod wire;

/// The README's code compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
