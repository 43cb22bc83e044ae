//! The spool alone.
// Other parts of the library use the dead code, and the library's manifest has the features.
#![allow(
    dead_code,
    unreachable_pub,
    unexpected_cfgs,
    unfulfilled_lint_expectations,
    unused_imports
)]

#[path = "../../lunogram/src/wire/mod.rs"]
mod wire;

// `error.rs` looks for its modules in the folder `error` beside it only from an inline module.
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
