//! Sends events with `posthog-rs` as its documentation shows.

use lunogram_peers::{
    AMOUNT, CURRENCY, GIFT, Load, NAME, PRODUCT_ID, QUANTITY, Stopwatch, TICK, Task, users,
};
use posthog_rs::{Client, ClientOptionsBuilder, Event};

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

async fn client(task: &Task) -> Client {
    let options = ClientOptionsBuilder::default()
        .api_key("sk_1".to_owned())
        .host(task.url.as_str())
        // By default it silently drops events when its queue is full. All else is the default.
        .max_queue_size(task.events)
        .build()
        .expect("valid options");
    posthog_rs::client(options).await
}

async fn run(task: &Task) {
    let client = client(task).await;
    let users = users();
    let stopwatch = Stopwatch::start();
    for user in users.iter().cycle().take(task.events) {
        let event = purchase(user, AMOUNT, QUANTITY);
        client.capture(event.expect("all values can be serialized"));
    }
    client.flush().await;
    println!("{}", stopwatch.took());
    client.shutdown().await;
}

/// Captures events as they become due, and ends in time.
async fn world(task: &Task, load: Load) {
    let client = client(task).await;
    let users = users();
    let mut users = users.iter().cycle();
    let mut offer = load.start();
    while !offer.is_complete() {
        while let (Some(stamp), Some(user)) = (offer.due(), users.next()) {
            let event = purchase(user, stamp.tracked_at, stamp.number);
            client.capture(event.expect("all values can be serialized"));
        }
        tokio::time::sleep(TICK).await;
    }
    tokio::time::sleep(offer.left()).await;
    println!("{}", offer.offered());
    // To drop the client would wait for the rest.
    std::process::exit(0);
}

fn purchase(user: &str, amount: f64, quantity: u32) -> Result<Event, posthog_rs::Error> {
    let mut event = Event::new(NAME, user);
    event.insert_prop("product_id", PRODUCT_ID)?;
    event.insert_prop("amount", amount)?;
    event.insert_prop("currency", CURRENCY)?;
    event.insert_prop("quantity", quantity)?;
    event.insert_prop("gift", GIFT)?;
    Ok(event)
}
