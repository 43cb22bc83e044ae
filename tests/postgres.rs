//! Compares the rules and the embedded server with a real `PostgreSQL`, which the platform stores
//! its data in: `cargo test -p lunogram-tests --features postgres --test postgres`.
//!
//! The inputs are generated from a fixed seed; `LUNOGRAM_TEST_CASES` sets their number.

#![allow(clippy::unwrap_used, reason = "a failed `unwrap` fails the test")]

#[path = "postgres/columns.rs"]
mod columns;
#[path = "postgres/containment.rs"]
mod containment;
#[path = "postgres/documents.rs"]
mod documents;
#[path = "postgres/http.rs"]
mod http;
#[path = "postgres/interval_literals.rs"]
mod interval_literals;
#[path = "postgres/intervals.rs"]
mod intervals;
#[path = "postgres/server.rs"]
mod server;
#[path = "postgres/texts.rs"]
mod texts;

use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

/// The number of cases of each test.
fn cases() -> usize {
    let set = std::env::var("LUNOGRAM_TEST_CASES");
    set.map_or(20_000, |cases| cases.parse().unwrap())
}

/// Generates values, the same ones in each run.
fn generate<T>(strategy: &impl Strategy<Value = T>, runner: &mut TestRunner) -> T {
    strategy.new_tree(runner).unwrap().current()
}
