//! The driver of this crate: sends events with `lunogram`, or the same bytes without it.

use lunogram::queue::{Overflow, QueueOptions};
use lunogram::{Client, LunogramEvent};
use lunogram_peers::{
    AMOUNT, CURRENCY, GIFT, Load, NAME, Offered, PRODUCT_ID, QUANTITY, Stopwatch, TICK, Task, Took,
    users,
};
use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};

/// The path of the client's requests.
const PATH: &str = "/api/client/users/events";

/// The number of different bodies, posted in turn: about as many as a client holds in memory. One
/// body would stay in the processor's cache.
const BODIES: usize = 16;

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

fn purchase(user_id: &str) -> PurchaseCompleted<'_> {
    black_box(PurchaseCompleted {
        user_id,
        product_id: PRODUCT_ID,
        amount: AMOUNT,
        currency: CURRENCY,
        quantity: QUANTITY,
        gift: GIFT,
    })
}

/// Runs the task and exits if this process is a driver.
pub(crate) fn run_if_requested() {
    let Some(task) = Task::from_env() else {
        return;
    };
    let result = match task.what.as_str() {
        "queue" => runtime().block_on(queue(&task)).to_string(),
        "bodies" => runtime().block_on(bodies(&task)).to_string(),
        "threads" => threads(&task).to_string(),
        "world" => runtime().block_on(world(&task)).to_string(),
        what => panic!("unknown task: {what}"),
    };
    println!("{result}");
    std::process::exit(0);
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

/// Tracks and delivers all events.
async fn queue(task: &Task) -> Took {
    let mut queue = QueueOptions::default().overflow(Overflow::Wait);
    if task.batch > 0 {
        queue = queue.batch_events(task.batch);
    }
    if task.at_a_time > 0 {
        queue = queue.in_flight(task.at_a_time);
    }
    let client = Client::builder("sk_1")
        .base_url(&task.url)
        .queue(queue)
        .build()
        .expect("a client");
    let users = users();
    let stopwatch = Stopwatch::start();
    for user in users.iter().cycle().take(task.events) {
        let event = purchase(user);
        if client.track(&event).is_err() {
            // The queue is full.
            let waited = client.waiting().track(&event).await;
            waited.expect("there is room");
        }
    }
    client.flush().await.expect("it is delivered");
    let took = stopwatch.took();
    let delivered = client.stats().delivered();
    assert_eq!(delivered, task.events as u64);
    took
}

/// Tracks events as they become due, and ends in time. All options have their defaults.
async fn world(task: &Task) -> Offered {
    let load = Load::from_env().expect("started with a load");
    let client = Client::builder("sk_1")
        .base_url(&task.url)
        .build()
        .expect("a client");
    let users = users();
    let mut users = users.iter().cycle();
    let mut offer = load.start();
    while !offer.is_complete() {
        while let (Some(stamp), Some(user)) = (offer.due(), users.next()) {
            let event = PurchaseCompleted {
                amount: stamp.tracked_at,
                quantity: stamp.number,
                ..purchase(user)
            };
            if client.track(&event).is_err() {
                offer.failed();
            }
        }
        tokio::time::sleep(TICK).await;
    }
    while client.stats().pending() > 0 && !offer.left().is_zero() {
        tokio::time::sleep(TICK).await;
    }
    // Nothing more is to be delivered, and an error would say so.
    let _ = client.shutdown(Duration::ZERO).await;
    offer.offered()
}

/// Posts ready bodies, with as many concurrent requests as the queue, and on one thread like it.
async fn bodies(task: &Task) -> Took {
    let client = reqwest::Client::builder()
        .http1_only()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .expect("a client");
    let users = users();
    let mut users = users.iter().cycle();
    let ready = [(); BODIES].map(|()| body(users.by_ref().take(task.batch)));
    let url = format!("{}{PATH}", task.url);
    let requests = task.events / task.batch;
    let stopwatch = Stopwatch::start();
    let posts = (0..task.at_a_time).map(|first| {
        let (client, url, ready) = (client.clone(), url.clone(), ready.clone());
        let bodies = (first..requests).step_by(task.at_a_time);
        tokio::spawn(async move {
            for number in bodies {
                let body = ready.get(number % BODIES).cloned().unwrap_or_default();
                let request = client
                    .post(&url)
                    .header("content-type", "application/json")
                    .bearer_auth("sk_1")
                    .body(body);
                let response = request.send().await.expect("a response");
                assert_eq!(response.status(), 202);
                response.bytes().await.expect("a complete body");
            }
        })
    });
    for post in posts.collect::<Vec<_>>() {
        post.await.expect("no panic");
    }
    stopwatch.took()
}

/// The body of a request with one purchase per user.
fn body<'a>(users: impl Iterator<Item = &'a String>) -> bytes::Bytes {
    let events: Vec<String> = users.map(|user| json(user)).collect();
    format!("[{}]", events.join(",")).into()
}

/// The size of an event on the wire, in bytes.
pub(crate) fn bytes() -> usize {
    users().first().map_or(0, |user| json(user).len())
}

/// A purchase on the wire.
fn json(user: &str) -> String {
    format!(
        r#"{{"identifier":[{{"external_id":"{user}"}}],"name":"{NAME}","data":{{"product_id":"{PRODUCT_ID}","amount":{AMOUNT},"currency":"{CURRENCY}","quantity":{QUANTITY},"gift":{GIFT}}}}}"#
    )
}

/// Allocates this many bytes and frees them, so that tracking finds mapped pages, as it does in the
/// long run. The cost of mapping new pages on several threads is not ours.
fn touch(bytes: usize) {
    const CHUNK: usize = 64 << 10;
    let chunks: Vec<Vec<u8>> = (0..bytes / CHUNK).map(|_| vec![1; CHUNK]).collect();
    drop(std::hint::black_box(chunks));
}

/// Tracks on several threads at once while nothing is delivered: the server is unreachable, and the
/// client tries once.
fn threads(task: &Task) -> Took {
    let queue = QueueOptions::default()
        .max_events(16_000_000)
        .max_bytes(1 << 33)
        .first_pause(Duration::from_secs(86_400))
        .longest_pause(Duration::from_secs(86_400))
        .drain_on_drop(Duration::ZERO);
    let client = Client::builder("sk_1")
        .base_url(&task.url)
        .queue(queue)
        // Nothing is delivered, and the client would report that at its end.
        .on_drop(|_| {})
        .on_unknown(|_| {})
        .build()
        .expect("a client");
    let users = users();
    client.track(&purchase(&users[0])).expect("there is room");
    touch(task.at_a_time * task.events * 2 * bytes());
    let ready = Barrier::new(task.at_a_time + 1);
    thread::scope(|scope| {
        for thread in 0..task.at_a_time {
            // Each thread starts with another user.
            let users = users
                .iter()
                .cycle()
                .skip(thread * users.len() / task.at_a_time);
            let (client, ready) = (&client, &ready);
            scope.spawn(move || {
                ready.wait();
                for user in users.take(task.events) {
                    client.track(&purchase(user)).expect("there is room");
                }
                ready.wait();
            });
        }
        ready.wait();
        let stopwatch = Stopwatch::start();
        ready.wait();
        stopwatch.took()
    })
}
