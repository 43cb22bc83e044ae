//! The rules of delivery alone.
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
#[path = "../../lunogram/src/wire/mod.rs"]
mod wire;

#[path = "../../lunogram/src/delivery"]
mod delivery {
    mod options;
    mod rules;
}
