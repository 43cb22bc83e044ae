//! What encoding an event costs: instructions against `serde_json::to_writer` of an equal struct, and allocations.
//!
//! `cargo bench -p lunogram-benches --bench encode_cost` counts instructions with valgrind, which prints the same figures
//! whatever else the machine does, and fails above the limit.

use lunogram::__private::Writer;
use lunogram::LunogramEvent;
use lunogram_benches as instructions;
use serde::Serialize;
use std::hint::black_box;
use std::process::ExitCode;

/// The share of `serde_json`'s instructions that encoding may take, all checks included.
const LIMIT: f64 = 0.40;

#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user_id: &'a str,
    product_id: &'a str,
    amount: f64,
    currency: &'a str,
    quantity: u32,
    gift: bool,
}

#[derive(Serialize)]
struct Equal<'a> {
    identifier: [Identifier<'a>; 1],
    name: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Identifier<'a> {
    external_id: &'a str,
}

#[derive(Serialize)]
struct Data<'a> {
    product_id: &'a str,
    amount: f64,
    currency: &'a str,
    quantity: u32,
    gift: bool,
}

const EVENT: PurchaseCompleted<'static> = PurchaseCompleted {
    user_id: "user_8f14e45fceea",
    product_id: "sku_tshirt_blue_42",
    amount: 99.99,
    currency: "EUR",
    quantity: 3,
    gift: false,
};

const EQUAL: Equal<'static> = Equal {
    identifier: [Identifier {
        external_id: EVENT.user_id,
    }],
    name: "purchase_completed",
    data: Data {
        product_id: EVENT.product_id,
        amount: EVENT.amount,
        currency: EVENT.currency,
        quantity: EVENT.quantity,
        gift: EVENT.gift,
    },
};

fn main() -> ExitCode {
    instructions::subjects(&[("lunogram", lunogram), ("serde_json", serde_json)]);

    let mut ours = Vec::with_capacity(1024);
    let mut theirs = Vec::with_capacity(1024);
    lunogram(&mut ours);
    serde_json(&mut theirs);
    assert_eq!(ours, theirs, "both must write the same bytes");

    let bytes = ours.len();
    let allocations = allocation_counter::measure(|| {
        for _ in 0..1_000 {
            ours.clear();
            lunogram(&mut ours);
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
        eprintln!("encoding an event has become too dear");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

#[inline(never)]
fn lunogram(out: &mut Vec<u8>) {
    let mut writer = Writer::new(out);
    black_box(&EVENT).encode(&mut writer);
    writer.end_event();
    writer.finish().expect("the event is right");
}

#[inline(never)]
fn serde_json(out: &mut Vec<u8>) {
    serde_json::to_writer(out, black_box(&EQUAL)).expect("the event is right");
}
