//! The cost of encoding an event: instructions compared with `serde_json::to_writer` of an equal
//! struct, and allocations.
//!
//! `cargo bench -p lunogram-benches --bench encode_cost` counts instructions with valgrind, so that
//! the figures do not depend on the load of the machine, and fails above the limit.

// Not in the library, so that the event is compiled like one of an application.
mod purchase;

use lunogram::__private::{Buffer, Writer};
use lunogram::LunogramEvent;
use lunogram_benches as instructions;
use purchase::{EQUAL, EVENT};
use std::cell::RefCell;
use std::hint::black_box;
use std::process::ExitCode;

/// The limit on instructions as a share of `serde_json`'s, including all checks.
const LIMIT: f64 = 0.25;

thread_local! {
    /// Reused for each event, as in `track`.
    static BUFFER: RefCell<Buffer> = RefCell::default();
}

fn main() -> ExitCode {
    instructions::subjects(&[("lunogram", lunogram), ("serde_json", serde_json)]);

    let mut theirs = Vec::with_capacity(1024);
    lunogram(&mut theirs);
    serde_json(&mut theirs);
    let ours = BUFFER.with_borrow(|buffer| buffer.written().to_vec());
    assert_eq!(ours, theirs, "both must write the same bytes");

    let bytes = ours.len();
    let allocations = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            lunogram(&mut theirs);
        }
    })
    .count_total;
    let ours = instructions::each("lunogram");
    let theirs = instructions::each("serde_json");
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let ratio = ours as f64 / theirs as f64;
    println!("one event of five properties, {bytes} bytes on the wire");
    println!("  lunogram      {ours:>6} instructions, {allocations} allocations in 1,000 events");
    println!("  serde_json    {theirs:>6} instructions");
    println!("  ratio         {ratio:>6.3} (limit {LIMIT})");
    if ratio > LIMIT || allocations > 0 {
        eprintln!("encoding an event exceeds a limit");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

#[inline(never)]
fn lunogram(_: &mut Vec<u8>) {
    BUFFER.with_borrow_mut(|buffer| {
        buffer.clear();
        let mut writer = Writer::new(buffer);
        black_box(&EVENT).encode(&mut writer);
        writer.end_event();
        writer.finish().expect("the event is valid");
    });
}

#[inline(never)]
fn serde_json(out: &mut Vec<u8>) {
    serde_json::to_writer(out, black_box(&EQUAL)).expect("the event is valid");
}
