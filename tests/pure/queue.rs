//! The queue and the spool, without the thread that sends.
// The rest of the library uses what is dead here, and has the features that are unknown here.
#![allow(
    dead_code,
    unreachable_pub,
    unexpected_cfgs,
    unfulfilled_lint_expectations,
    unused_imports
)]

#[path = "../../lunogram/src/clock/mod.rs"]
mod clock;
#[path = "../../lunogram/src/encode/mod.rs"]
mod encode;
#[path = "../../lunogram/src/trace/mod.rs"]
mod trace;
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
    mod control;
    mod deletions;
    mod hooks;
    mod inside;
    mod options;
    mod outgoing;
    mod payload;
    mod queue;
    mod receipts;
    mod rules;
    mod spool;
    mod stats;

    mod send {
        mod parts;
    }
}
