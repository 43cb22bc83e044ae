//! Encoding into a reused buffer does not allocate, and tracking does not allocate while it can
//! reuse the buffers of sent batches.

use lunogram::__private::{Buffer, Writer};
use lunogram::queue::QueueOptions;
use lunogram::testing::Server;
use lunogram::{Client, LunogramEvent};
use serde::Serialize;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

#[derive(LunogramEvent)]
struct PurchaseCompleted<'a> {
    #[lunogram(external_id)]
    user: u64,
    #[lunogram(external_id, source = "stripe")]
    customer: Option<&'a str>,
    product: &'a str,
    amount: f64,
    #[lunogram(string)]
    order_number: u64,
    lines: &'a [Line<'a>],
    coupon: Option<&'a str>,
}

#[derive(Serialize)]
struct Line<'a> {
    sku: &'a str,
    #[serde(rename = "unit price")]
    price: f32,
    size: Size,
}

#[derive(Serialize)]
enum Size {
    Large { centimetres: i8 },
}

#[test]
fn a_reused_buffer_does_not_allocate() {
    let event = PurchaseCompleted {
        user: 123,
        customer: Some("cus_9s6XKzkNRiz8i3"),
        product: "quotes \" and \\ and é and \u{1}",
        amount: 99.99,
        order_number: u64::MAX,
        lines: &[Line {
            sku: "mug",
            price: 4.5,
            size: Size::Large { centimetres: 12 },
        }],
        coupon: None,
    };
    let mut out = Buffer::default();
    let mut encode = || {
        out.clear();
        let mut writer = Writer::new(&mut out);
        event.encode(&mut writer);
        writer.end_event();
        writer.finish().expect("a valid event");
    };
    encode();
    let allocations = allocation_counter::measure(|| {
        for _ in 0..100 {
            encode();
        }
    });
    assert!(!out.written().is_empty());
    assert_eq!(allocations.count_total, 0);
}

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: usize,
    n: usize,
}

const BATCH: usize = 100;

/// A client whose batches are sent only when they are full or flushed.
fn client(server: &Server) -> Client {
    let queue = QueueOptions::default()
        .batch_events(BATCH)
        .batch_age(Duration::from_secs(1_800));
    Client::builder(server.key())
        .base_url(server.url())
        .queue(queue)
        .build()
        .expect("a client")
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime")
}

#[test]
fn tracking_reuses_the_buffers_of_sent_batches() {
    let server = Server::start().expect("a port");
    let (client, runtime) = (client(&server), runtime());
    // All events have one length, so that each batch fits into the buffers of the one before.
    let batch = |round: usize| {
        for n in 0..BATCH {
            let n = 1_000_000 + round * BATCH + n;
            client.track(&Seen { user: 1, n }).expect("room");
        }
    };
    // The first requests are smaller than a batch. A few batches later, the buffers of the last one
    // are the first to be used again.
    for round in 0..10 {
        batch(round);
        runtime.block_on(client.flush()).expect("not held");
    }
    let before = client.stats().requests();
    let mut counted = 0;
    for round in 10..60 {
        counted += allocation_counter::measure(|| batch(round)).count_total;
        runtime.block_on(client.flush()).expect("not held");
    }
    assert_eq!(client.stats().requests() - before, 50, "one per batch");
    assert_eq!(counted, 0);
}

#[test]
fn tracking_faster_than_delivery_allocates_only_for_new_batches() {
    // The buffers of a batch grow by doubling, and shrink when it is full.
    const FOR_A_BATCH: u64 = 24;
    let server = Server::start().expect("a port");
    let (client, runtime) = (client(&server), runtime());
    let track = |n| {
        client.track(&Seen { user: n % 64, n }).expect("room");
    };
    for n in 0..64 * BATCH {
        track(n);
    }
    runtime.block_on(client.flush()).expect("not held");
    let before = client.stats().requests();
    let events = 50_000;
    let allocations = allocation_counter::measure(|| (0..events).for_each(track));
    runtime.block_on(client.flush()).expect("not held");
    let batches = client.stats().requests() - before;
    // Plus the growth of the lanes' own lists.
    let limit = batches * FOR_A_BATCH + 100;
    assert!(
        allocations.count_total <= limit,
        "{} for {batches} batches",
        allocations.count_total
    );
}
