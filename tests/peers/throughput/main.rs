//! Throughput and cost compared with the peers `posthog-rs` and `segment`, in one run and as
//! ratios.
//!
//! `cargo bench -p lunogram-peers --bench throughput` takes some minutes, and a few more the first
//! time: it builds the peers separately (`tests/peers/others`), as an application that uses one of
//! them would. It needs Linux, valgrind, and an idle machine with at least two processors.
//!
//! Every driver sends the same event, with five properties, about a thousand users in turn, to the
//! same sink: a separate process on the loopback interface, which counts the events and accepts
//! them. Each run is a separate process, too, and fails the benchmark if not all of its events
//! arrive. A run lasts from the first event to the response for the last. Unless the figure names
//! other settings, ours has its defaults, and waits if its queue is full. `posthog-rs` has its
//! defaults (batches of 100), but a queue that holds all events, since it would drop them.
//! `segment` is the batcher of its documentation.
//!
//! `cargo bench -p lunogram-peers --bench throughput -- worlds` compares which events arrive at a
//! server with the limits of a deployed one, and when; see `worlds.rs`. It takes eight minutes, in
//! which the processes mostly sleep. `-- worlds 20` tracks events for 20 seconds only: a test of
//! the benchmark, whose figures say little.
//!
//! A missed goal of a counted figure fails the benchmark; a missed goal of a timed one, as all of
//! the worlds are, is printed.

mod deployed;
mod figures;
mod ours;
mod run;
mod sink;
mod table;
mod worlds;

use figures::Bench;
use std::io;
use std::process::ExitCode;
use std::time::Duration;
use table::Table;

fn main() -> io::Result<ExitCode> {
    sink::serve_if_requested();
    ours::run_if_requested();
    // `cargo test --benches` runs benchmarks, too, without this argument; then nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(ExitCode::SUCCESS);
    }
    let mut arguments = std::env::args().skip_while(|argument| argument != "worlds");
    if arguments.next().is_some() {
        let seconds = arguments.next().and_then(|argument| argument.parse().ok());
        worlds::run(seconds.map(Duration::from_secs))?;
        return Ok(ExitCode::SUCCESS);
    }

    println!(
        "one event of five properties, {} bytes on the wire; ratios to posthog-rs unless stated otherwise",
        ours::bytes()
    );
    let mut table = Table::new();
    Bench::new()?.all(&mut table)?;
    if table.missed() {
        eprintln!("a counted figure missed its goal");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
