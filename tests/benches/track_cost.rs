//! What `track` costs its caller: instructions against `serde_json::to_writer` of an equal struct, and the memory that a
//! queued event takes.
//!
//! `cargo bench -p lunogram-benches --bench track_cost` counts instructions with valgrind, which prints the same figures
//! whatever else the machine does, and fails above the limits.

// Not a part of the library: what is measured is compiled as an application's own.
mod purchase;

use lunogram::{Client, QueueOptions};
use lunogram_benches as instructions;
use purchase::{EQUAL, EVENT};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

/// The share of `serde_json`'s instructions that tracking may take, encoding and all checks included.
const LIMIT: f64 = 0.40;

/// The events whose memory is measured, far fewer than the queue takes.
const QUEUED: u64 = 100_000;

/// Bytes resident for one byte that will be sent, at most.
const RESIDENT_LIMIT: f64 = 1.15;

/// A client whose queue keeps what it is given: nobody answers, and its worker tries once.
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
    serde_json::to_writer(out, black_box(&EQUAL)).expect("the event is right");
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
    println!(
        "  resident      {resident:>6.3} bytes for one that will be sent (limit {RESIDENT_LIMIT})"
    );
    if ratio > LIMIT || resident > RESIDENT_LIMIT {
        eprintln!("tracking an event has become too dear");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What the process grows by while events are queued in batches of the default size.
#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn resident_per_byte() -> f64 {
    let queue = QueueOptions::default()
        .max_events(1_000_000)
        .max_bytes(1 << 30);
    // Nobody answers there, so that everything stays queued.
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

/// Bytes of this process in memory (Linux).
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages: u64 = statm
        .split_whitespace()
        .nth(1)
        .and_then(|pages| pages.parse().ok())
        .expect("a number of pages");
    pages * 4_096
}
