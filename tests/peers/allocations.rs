//! Allocations on the thread that tracks, in steady state: batches leave and their memory comes back.
//!
//! A program of its own, since the allocator that counts would slow down what the benchmark beside it measures. It prints
//! the number alone: `cargo bench -p lunogram-peers --bench allocations`.

use lunogram::{Client, LunogramEvent, QueueOptions};
use lunogram_peers::{AMOUNT, CURRENCY, GIFT, PRODUCT_ID, QUANTITY, Task, users};

/// The batches before those that are measured.
const WARMING: usize = 64;

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

fn main() {
    let Some(task) = Task::from_env() else {
        eprintln!("the benchmark `throughput` runs this against its sink");
        return;
    };
    let client = Client::builder("sk_1")
        .base_url(&task.url)
        .queue(QueueOptions::default().batch_events(task.batch))
        .build()
        .expect("a client");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let batch = |user_id: &str| {
        for _ in 0..task.batch {
            let event = PurchaseCompleted {
                user_id,
                product_id: PRODUCT_ID,
                amount: AMOUNT,
                currency: CURRENCY,
                quantity: QUANTITY,
                gift: GIFT,
            };
            client.track(&event).expect("there is room");
        }
    };
    let flush = || runtime.block_on(client.flush()).expect("it is delivered");
    let users = users();
    // Full batches of several subjects: their memory is there before it is asked for, even if the last one's comes back
    // only after the flush.
    users.iter().take(WARMING).for_each(|user| batch(user));
    flush();
    let mut allocations = 0;
    for user in users.iter().cycle().take(task.events / task.batch) {
        allocations += allocation_counter::measure(|| batch(user)).count_total;
        flush();
    }
    println!("{allocations}");
}
