//! Allocations on the tracking thread in steady state, in which the memory of sent batches is
//! reused.
//!
//! A separate program, since its counting allocator would slow down the `throughput` benchmark,
//! which runs it. It prints only the number: `cargo bench -p lunogram-peers --bench allocations`.

use lunogram::{Client, LunogramEvent};
use lunogram_peers::{AMOUNT, CURRENCY, GIFT, PRODUCT_ID, QUANTITY, Task, users};

/// The batches before the measured ones.
const WARM_UP: usize = 64;

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
    // Several batches, so that free memory is ready even if that of the last batch is returned only
    // after the flush.
    users.iter().take(WARM_UP).for_each(|user| batch(user));
    flush();
    let mut allocations = 0;
    for user in users.iter().cycle().take(task.events / task.batch) {
        allocations += allocation_counter::measure(|| batch(user)).count_total;
        flush();
    }
    println!("{allocations}");
}
