//! Imports users and events from a file of JSON lines. Invalid lines are reported with their number
//! and every reason; the others are imported, and those that do not arrive are reported, too.
//!
//! Run `cargo run --example import_events -- [FILE.jsonl]`; the default is
//! `examples/data/events.jsonl`. It uses an embedded server, or the server in `LUNOGRAM_API_KEY`
//! and `LUNOGRAM_API_URL`.

use lunogram::queue::{Fate, Receipt};
use lunogram::{Client, Event, UpsertUserRequest};
use lunogram_examples::Target;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::time::Duration;

/// A line of the file: `{"event": {…}}` or `{"user": {…}}`. The same type writes such a file.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    User(UpsertUserRequest),
    Event(Event),
}

/// How many lines may be on their way, so that a file of any length needs little memory.
const MOST_PENDING: usize = 10_000;

/// Waits for the oldest line that is on its way, and returns how many lines arrived: one or none.
async fn arrived(pending: &mut VecDeque<(usize, Receipt)>) -> usize {
    let Some((line, receipt)) = pending.pop_front() else {
        return 0;
    };
    match receipt.await {
        Fate::Delivered => 1,
        fate => {
            println!("line {line}: {fate}");
            0
        }
    }
}

/// Imports the lines of a file, and returns how many arrived.
async fn import(file: File, client: &Client) -> Result<usize, Box<dyn Error>> {
    // Waits if the queue is full, and reports which lines arrived.
    let queue = client.waiting().receipts();
    let mut pending = VecDeque::new();
    let mut imported = 0;
    for (line, text) in (1..).zip(BufReader::new(file).lines()) {
        let receipt = match serde_json::from_str(&text?) {
            Ok(Line::User(user)) => queue.identify(&user).await?,
            Ok(Line::Event(event)) => queue.track(&event).await?,
            Err(error) => {
                println!("line {line}: {error}");
                continue;
            }
        };
        pending.push_back((line, receipt));
        if pending.len() > MOST_PENDING {
            imported += arrived(&mut pending).await;
        }
    }
    client.flush().await?;
    while !pending.is_empty() {
        imported += arrived(&mut pending).await;
    }
    Ok(imported)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/events.jsonl")),
        PathBuf::from,
    );
    let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let target = Target::from_env()?;
    let terminated = lunogram::signal::terminated()?;
    println!("importing {} into {}", path.display(), target.describe());

    tokio::select! {
        imported = import(file, &target.client) => println!("imported {} lines", imported?),
        // Ctrl-C, for example. The lines that were queued are delivered.
        () = terminated => {
            let stats = target.client.shutdown(Duration::from_secs(5)).await?;
            println!("stopped early; of the lines that were read: {stats}");
        }
    }
    if let Some(server) = &target.embedded {
        for event in server.all_events() {
            println!("the server received `{}`", event.name);
        }
    }
    Ok(())
}
