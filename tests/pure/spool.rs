//! The spool alone.
// The rest of the library uses what is dead here, and has the features that are unknown here.
#![allow(
    dead_code,
    unreachable_pub,
    unexpected_cfgs,
    unfulfilled_lint_expectations,
    unused_imports
)]

#[path = "../../lunogram/src/wire/mod.rs"]
mod wire;

// A module without a folder of its own name needs the folder that it is in.
#[path = "../../lunogram/src"]
mod beside {
    pub(crate) mod error;
}
use beside::error;

#[path = "../../lunogram/src/delivery"]
mod delivery {
    mod deletions;
    mod payload;
    mod spool;
    mod stats;
}
