//! Lanes, batches and their parts alone.
// Other parts of the library use the dead code, and the library's manifest has the features.
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
#[path = "../../lunogram/src/process.rs"]
mod process;
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
    mod control;
    mod deletions;
    mod options;
    mod outgoing;
    mod payload;
    mod receipts;
    mod rules;
    #[path = "spool/disabled.rs"]
    mod spool;
    mod stats;

    mod queue {
        mod batch;
        mod capacity;
        mod lane;
        mod segment;
        pub(super) mod subject;

        pub(super) use batch::{Batch, batch_of};
    }

    mod send {
        mod parts;
    }
}
