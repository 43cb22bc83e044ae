//! Sends events with `segment` as its documentation shows: the application pushes events, and waits
//! while a full batch is sent.

use lunogram_peers::{
    AMOUNT, CURRENCY, GIFT, Load, NAME, Offer, PRODUCT_ID, QUANTITY, Stopwatch, TICK, Task, users,
};
use segment::message::{Track, User};
use segment::{AutoBatcher, Batcher, HttpClient};
use serde_json::json;

fn main() {
    let task = Task::from_env().expect("started by the benchmark");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        match Load::from_env() {
            Some(load) => world(&task, load).await,
            None => run(&task).await,
        }
    });
}

fn batcher(task: &Task) -> AutoBatcher {
    let client = HttpClient::new(reqwest::Client::new(), task.url.clone());
    AutoBatcher::new(client, Batcher::new(None), "sk_1".to_owned())
}

async fn run(task: &Task) {
    let mut batcher = batcher(task);
    let users = users();
    let stopwatch = Stopwatch::start();
    for user in users.iter().cycle().take(task.events) {
        let event = purchase(user, AMOUNT, QUANTITY);
        batcher.push(event).await.expect("it is sent");
    }
    batcher.flush().await.expect("it is sent");
    println!("{}", stopwatch.took());
}

/// Pushes events as they become due, and ends in time, even while a batch is sent.
async fn world(task: &Task, load: Load) {
    let mut offer = load.start();
    // An error is that the time is over.
    let _ = tokio::time::timeout(offer.left(), push_all(&mut batcher(task), &mut offer)).await;
    println!("{}", offer.offered());
}

/// Pushes all events, each when it is due and no batch is being sent. An error ends nothing.
async fn push_all(batcher: &mut AutoBatcher, offer: &mut Offer) {
    let users = users();
    let mut users = users.iter().cycle();
    while !offer.is_complete() {
        while let (Some(stamp), Some(user)) = (offer.due(), users.next()) {
            let event = purchase(user, stamp.tracked_at, stamp.number);
            if batcher.push(event).await.is_err() {
                offer.failed();
            }
        }
        tokio::time::sleep(TICK).await;
    }
    if batcher.flush().await.is_err() {
        offer.failed();
    }
}

fn purchase(user: &str, amount: f64, quantity: u32) -> Track {
    Track {
        user: User::UserId {
            user_id: user.to_owned(),
        },
        event: NAME.to_owned(),
        properties: json!({
            "product_id": PRODUCT_ID,
            "amount": amount,
            "currency": CURRENCY,
            "quantity": quantity,
            "gift": GIFT,
        }),
        ..Track::default()
    }
}
