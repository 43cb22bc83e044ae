//! Encoding into a buffer that is used again allocates nothing, and neither does tracking while sent batches give their
//! memory back.

use lunogram::__private::{Buffer, Writer};
use lunogram::testing::Server;
use lunogram::{Client, LunogramEvent, QueueOptions};
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
fn a_buffer_that_is_used_again_needs_no_memory() {
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
        writer.finish().expect("the event is right");
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

/// A client whose batches leave when they are full or flushed.
fn client(server: &Server) -> Client {
    let queue = QueueOptions::default()
        .batch_events(BATCH)
        .batch_age(Duration::from_secs(3_600));
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
fn tracking_needs_no_memory_while_that_of_sent_batches_comes_back() {
    let server = Server::start().expect("a port");
    let (client, runtime) = (client(&server), runtime());
    // Of one length, so that a batch needs what the one before it needed.
    let batch = |round: usize| {
        for n in 0..BATCH {
            let n = 1_000_000 + round * BATCH + n;
            client.track(&Seen { user: 1, n }).expect("there is room");
        }
    };
    // Full batches of several subjects: their memory is there before it is asked for, even if the last one's comes back
    // only after the flush.
    for n in 0..16 * BATCH {
        let (user, n) = (n / BATCH % 10, 1_000_000 + n);
        client.track(&Seen { user, n }).expect("there is room");
    }
    runtime.block_on(client.flush()).expect("it is delivered");
    let before = client.stats().requests();
    let mut counted = 0;
    for round in 0..50 {
        counted += allocation_counter::measure(|| batch(round)).count_total;
        runtime.block_on(client.flush()).expect("it is delivered");
    }
    assert_eq!(client.stats().requests() - before, 50, "one for each batch");
    assert_eq!(counted, 0);
}

#[test]
fn tracking_faster_than_batches_leave_needs_memory_for_new_batches_alone() {
    // A body and the ends of its events grow by doubling, and give back what they have too much.
    const FOR_A_BATCH: u64 = 24;
    let server = Server::start().expect("a port");
    let (client, runtime) = (client(&server), runtime());
    let track = |n| {
        client
            .track(&Seen { user: n % 64, n })
            .expect("there is room");
    };
    for n in 0..64 * BATCH {
        track(n);
    }
    runtime.block_on(client.flush()).expect("it is delivered");
    let before = client.stats().requests();
    let events = 50_000;
    let allocations = allocation_counter::measure(|| (0..events).for_each(track));
    runtime.block_on(client.flush()).expect("it is delivered");
    let batches = client.stats().requests() - before;
    // Besides, what the lanes' own lists grow by.
    let limit = batches * FOR_A_BATCH + 100;
    assert!(
        allocations.count_total <= limit,
        "{} for {batches} batches",
        allocations.count_total
    );
}
