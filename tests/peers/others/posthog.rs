//! Sends events with `posthog-rs` as its documentation shows.

use lunogram_peers::{AMOUNT, CURRENCY, GIFT, NAME, PRODUCT_ID, QUANTITY, Stopwatch, Task, users};
use posthog_rs::{ClientOptionsBuilder, Event};

fn main() {
    let task = Task::from_env().expect("started by the benchmark");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run(&task));
}

async fn run(task: &Task) {
    let options = ClientOptionsBuilder::default()
        .api_key("sk_1".to_owned())
        .host(task.url.as_str())
        // By default it silently drops events when its queue is full. All else is the default.
        .max_queue_size(task.events)
        .build()
        .expect("valid options");
    let client = posthog_rs::client(options).await;
    let users = users();
    let stopwatch = Stopwatch::start();
    for user in users.iter().cycle().take(task.events) {
        client.capture(purchase(user).expect("all values can be serialized"));
    }
    client.flush().await;
    println!("{}", stopwatch.took());
    client.shutdown().await;
}

fn purchase(user: &str) -> Result<Event, posthog_rs::Error> {
    let mut event = Event::new(NAME, user);
    event.insert_prop("product_id", PRODUCT_ID)?;
    event.insert_prop("amount", AMOUNT)?;
    event.insert_prop("currency", CURRENCY)?;
    event.insert_prop("quantity", QUANTITY)?;
    event.insert_prop("gift", GIFT)?;
    Ok(event)
}
