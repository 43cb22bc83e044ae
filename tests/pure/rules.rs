//! The rules of delivery alone.
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
#[path = "../../lunogram/src/wire/mod.rs"]
mod wire;

#[path = "../../lunogram/src/delivery"]
mod delivery {
    mod options;
    mod rules;
}
