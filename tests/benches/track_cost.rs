//! The cost of `track` for its caller: instructions compared with `serde_json::to_writer` of an
//! equal struct, and the memory of a queued event.
//!
//! `cargo bench -p lunogram-benches --bench track_cost` counts instructions with valgrind, so that
//! the figures do not depend on the load of the machine, and fails above the limits.

// Not in the library, so that the event is compiled like one of an application.
mod purchase;

use lunogram::Client;
use lunogram::queue::QueueOptions;
use lunogram_benches as instructions;
use purchase::{EQUAL, EVENT};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

/// The limit on instructions as a share of `serde_json`'s, including encoding and all checks.
const LIMIT: f64 = 0.40;

/// The number of events whose memory is measured, far below the bound of the queue.
const QUEUED: u64 = 100_000;

/// The limit on resident bytes per byte that will be sent.
const RESIDENT_LIMIT: f64 = 1.15;

/// A client whose queue keeps all events: the server is unreachable, and the worker tries once.
fn client() -> &'static Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| {
        let queue = QueueOptions::default()
            .max_events(16_000_000)
            .max_bytes(1 << 32)
            .first_pause(Duration::from_secs(86_400))
            .longest_pause(Duration::from_secs(86_400));
        Client::builder("sk_1")
            .base_url("http://127.0.0.1:1")
            .queue(queue)
            .build()
            .expect("a client")
    })
}

fn track(_: &mut Vec<u8>) {
    client().track(black_box(&EVENT)).expect("there is room");
}

fn serde_json(out: &mut Vec<u8>) {
    serde_json::to_writer(out, black_box(&EQUAL)).expect("the event is valid");
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn main() -> ExitCode {
    instructions::subjects(&[("track", track), ("serde_json", serde_json)]);

    let ours = instructions::each("track");
    let theirs = instructions::each("serde_json");
    let ratio = ours as f64 / theirs as f64;

    println!("one event of five properties");
    println!("  track         {ours:>6} instructions of the caller");
    println!("  serde_json    {theirs:>6} instructions");
    println!("  ratio         {ratio:>6.3} (limit {LIMIT})");
    let resident = resident_per_byte();
    println!("  resident      {resident:>6.3} bytes per byte to send (limit {RESIDENT_LIMIT})");
    if ratio > LIMIT || resident > RESIDENT_LIMIT {
        eprintln!("tracking an event exceeds a limit");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The growth of the process, per queued byte, while events are queued in batches of the default
/// size.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn resident_per_byte() -> f64 {
    let queue = QueueOptions::default()
        .max_events(1_000_000)
        .max_bytes(1 << 30);
    // Nothing listens on this port, so all events stay queued.
    let client = Client::builder("sk_1")
        .base_url("http://127.0.0.1:1")
        .queue(queue)
        .build()
        .expect("a client");
    client.track(&EVENT).expect("there is room");
    let before = resident();
    for _ in 0..QUEUED {
        client.track(&EVENT).expect("there is room");
    }
    let grown = resident() - before;
    grown as f64 / client.stats().pending_bytes() as f64
}

/// The resident size of this process, in bytes (Linux).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    pages * 4_096
}
