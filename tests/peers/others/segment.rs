//! Sends events with `segment` as its documentation shows: the application pushes events, and waits
//! while a full batch is sent.

use lunogram_peers::{AMOUNT, CURRENCY, GIFT, NAME, PRODUCT_ID, QUANTITY, Stopwatch, Task, users};
use segment::message::{Track, User};
use segment::{AutoBatcher, Batcher, HttpClient};
use serde_json::json;

fn main() {
    let task = Task::from_env().expect("started by the benchmark");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(&task));
}

async fn run(task: &Task) {
    let client = HttpClient::new(reqwest::Client::new(), task.url.clone());
    let mut batcher = AutoBatcher::new(client, Batcher::new(None), "sk_1".to_owned());
    let users = users();
    let stopwatch = Stopwatch::start();
    for user in users.iter().cycle().take(task.events) {
        batcher.push(purchase(user)).await.expect("it is sent");
    }
    batcher.flush().await.expect("it is sent");
    println!("{}", stopwatch.took());
}

fn purchase(user: &str) -> Track {
    Track {
        user: User::UserId {
            user_id: user.to_owned(),
        },
        event: NAME.to_owned(),
        properties: json!({
            "product_id": PRODUCT_ID,
            "amount": AMOUNT,
            "currency": CURRENCY,
            "quantity": QUANTITY,
            "gift": GIFT,
        }),
        ..Track::default()
    }
}
