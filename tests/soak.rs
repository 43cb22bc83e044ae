//! A long time with many outages: nothing is lost, and memory stays within its bounds.
//!
//! `LUNOGRAM_TEST_CASES=10000 cargo test --release --test soak` runs ten million events, a thousand for each case.

use lunogram::{Client, LunogramEvent, Overflow, QueueOptions};
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

/// What the queue may hold.
const MAX_BYTES: usize = 4 << 20;

/// What the process may have beyond that: code, stacks, connections, batches on their way, and what the allocator keeps.
const BESIDES: usize = 32 << 20;

/// After so many events the server goes away, until the queue is full.
const BETWEEN_OUTAGES: usize = 50_000;

/// What becomes of each request, in turn.
fn weather(request: usize) -> Weather {
    match request % 50 {
        20..25 => Weather::Status(503),
        30 => Weather::Status(429),
        35 => Weather::Status(500),
        40 => Weather::CutBeforeBody,
        45 => Weather::LoseAnswer,
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
fn outages_cost_neither_events_nor_memory() {
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
            let waited = runtime.block_on(client.track_async(&event));
            waited.expect("there is room again");
        }
    }
    sink.open();
    runtime.block_on(client.flush()).expect("nothing is held");

    let stats = client.stats();
    assert_eq!(stats.delivered(), events as u64, "{stats}");
    assert_eq!(stats.accepted(), events as u64, "{stats}");
    assert_eq!(stats.pending_bytes(), 0);
    assert!(stats.repeated_requests() >= outages, "{stats}");
    assert_eq!(sink.missing(), 0, "what was delivered has arrived");
    let grown = memory("VmHWM").saturating_sub(before);
    println!(
        "{stats}; {} requests, {} of them again; {outages} outages; {} KiB more than before",
        stats.requests(),
        stats.repeated_requests(),
        grown >> 10
    );
    assert!(grown <= MAX_BYTES + BESIDES, "{grown} bytes");
}
