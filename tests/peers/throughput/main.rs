//! Throughput and cost against the crates beside ours, `posthog-rs` and `segment`, in one run and as ratios.
//!
//! `cargo bench -p lunogram-peers --bench throughput` takes some minutes, the first time a few more: it builds the other
//! crates by themselves (`tests/peers/others`), as an application that uses one of them would. It wants an idle machine
//! with two processors at least, Linux, and valgrind.
//!
//! Everybody sends the same event, of five properties, about a thousand users in turn, to
//! the same sink: a process of its own on the loopback interface, which counts what arrives and says yes. Each run is a
//! process of its own, too, and one whose events do not all arrive fails the benchmark. A run lasts from the first event
//! to the answer for the last. Ours has its default settings where nothing else is said, and waits where its queue is
//! full. `posthog-rs` has its default settings (batches of 100), with room for all events in its queue, since it would
//! drop them. `segment` is the batcher of its documentation.
//!
//! Goals on counted figures fail the benchmark when they are missed; those on time are printed.

mod figures;
mod ours;
mod run;
mod sink;
mod table;

use figures::Bench;
use std::io;
use std::process::ExitCode;
use table::Table;

fn main() -> io::Result<ExitCode> {
    sink::serve_if_told();
    ours::work_if_told();
    // Cargo runs benchmarks for `cargo test --benches`, too, where nothing is to be measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }

    println!(
        "one event of five properties, {} bytes on the wire; ÷ posthog-rs unless it says something else",
        ours::bytes()
    );
    let mut table = Table::new();
    Bench::new()?.all(&mut table)?;
    if table.missed() {
        eprintln!("a figure that does not depend on time has missed its goal");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
