//! A long run with many outages: no event is lost, and memory stays within bounds.
//!
//! `LUNOGRAM_TEST_CASES=10000 cargo test --release --test soak` tracks ten million events, a
//! thousand per case.

use lunogram::queue::{Overflow, QueueOptions};
use lunogram::{Client, LunogramEvent};
use lunogram_tests::process::{again, assert_passes};
use lunogram_tests::sink::{Sink, Weather};
use std::fs;
use std::time::Duration;

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: usize,
    n: usize,
    note: &'a str,
}

/// `max_bytes` of the queue.
const MAX_BYTES: usize = 4 << 20;

/// Allowance for everything else in the process: code, stacks, connections, batches in flight with
/// copies of those that are taken apart, and the allocator's overhead. Less than one byte for each
/// of fifty million events.
const OVERHEAD: usize = 44 << 20;

/// Number of events between two outages. An outage lasts until the queue is full.
const BETWEEN_OUTAGES: usize = 50_000;

/// How the server handles each request: at random, since with a fixed rhythm an event that is sent
/// again in the same rhythm would fail each time.
fn weather(request: usize) -> Weather {
    // The finalizer of SplitMix64. With a multiplication alone, the hashes of every k-th request
    // would be an arithmetic progression, which can meet the same remainder each time.
    let hash = |n: usize| {
        let mut z = (n as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    if hash(request / 5) % 10 == 0 {
        return Weather::Status(503);
    }
    match hash(request) % 45 {
        0 => Weather::Status(429),
        1 => Weather::Status(500),
        2 => Weather::CutBeforeBody,
        3 => Weather::LoseAnswer,
        _ => Weather::Fair,
    }
}

/// A line of `/proc/self/status` (Linux), in bytes.
fn memory(line: &str) -> usize {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let value = status
        .lines()
        .find_map(|found| found.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|value| value.trim().strip_suffix(" kB")?.parse::<usize>().ok());
    value.expect("a number of kilobytes") << 10
}

#[test]
fn outages_lose_no_events_and_stay_within_memory_bounds() {
    let cases: usize = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let events = cases * 1_000;
    let sink = Sink::start(events, weather);
    let pause = Duration::from_millis(1);
    let queue = QueueOptions::default()
        .max_bytes(MAX_BYTES)
        .overflow(Overflow::Wait)
        // Every event is sent until the server has accepted it.
        .max_copies(u32::MAX)
        .first_pause(pause)
        .longest_pause(pause);
    let client = Client::builder("sk_1")
        .base_url(sink.url())
        .queue(queue)
        .build()
        .expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let before = memory("VmRSS");

    let note = "x".repeat(60);
    let mut outages = 0;
    for n in 0..events {
        if n % BETWEEN_OUTAGES == BETWEEN_OUTAGES / 2 {
            sink.close();
            outages += 1;
        }
        let event = Seen {
            user: n % 64,
            n,
            note: &note,
        };
        if client.track(&event).is_err() {
            sink.open();
            let waited = runtime.block_on(client.waiting().track(&event));
            waited.expect("room again");
        }
    }
    sink.open();
    runtime.block_on(client.flush()).expect("not held");

    let stats = client.stats();
    assert_eq!(stats.delivered(), events as u64, "{stats}");
    assert_eq!(stats.accepted(), events as u64, "{stats}");
    assert_eq!(stats.pending_bytes(), 0);
    assert!(stats.repeated_requests() >= outages, "{stats}");
    assert_eq!(sink.missing(), 0, "every delivered event has arrived");
    let grown = memory("VmHWM").saturating_sub(before);
    println!(
        "{stats}; {} requests, {} of them repeated; {outages} outages; memory grew by {} KiB",
        stats.requests(),
        stats.repeated_requests(),
        grown >> 10
    );
    assert!(grown <= MAX_BYTES + OVERHEAD, "{grown} bytes");
}

/// Set for the process in which the memory of dropped events is measured.
const DROPS: &str = "LUNOGRAM_TEST_DROPS";

#[test]
fn dropped_events_give_their_memory_back() {
    let test = "dropped_events_give_their_memory_back";
    if std::env::var_os(DROPS).is_none() {
        // The other test of this binary uses memory, too.
        return assert_passes(again(test).env(DROPS, "1"));
    }
    let queue = QueueOptions::default()
        .max_bytes(MAX_BYTES)
        .overflow(Overflow::DropOldest)
        .drain_on_drop(Duration::ZERO);
    let client = Client::builder("sk_1")
        .base_url("http://127.0.0.1:1")
        .queue(queue)
        .build()
        .expect("a client");
    let before = memory("VmRSS");
    let note = "x".repeat(60);
    // Ten times as many as the queue holds.
    let events = 300_000;
    for n in 0..events {
        let event = Seen {
            user: n % 1_000,
            n,
            note: &note,
        };
        client.track(&event).expect("an older event is dropped");
    }
    let stats = client.stats();
    assert_eq!(stats.accepted(), events as u64, "{stats}");
    assert_eq!(stats.dropped() + stats.pending(), events as u64, "{stats}");
    assert!(stats.pending_bytes() <= MAX_BYTES as u64, "{stats}");
    let grown = memory("VmHWM").saturating_sub(before);
    println!("{stats}; memory grew by {} KiB", grown >> 10);
    // Besides the events, a part of the buffers is free or holds the last dropped events.
    assert!(grown <= 4 * MAX_BYTES, "{grown} bytes");
}
