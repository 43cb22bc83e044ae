//! Imports users and events from a file of JSON lines. Invalid lines are reported with their number
//! and every reason; the others are imported.
//!
//! Run `cargo run --example import_events -- [FILE.jsonl]`; the default is
//! `examples/data/events.jsonl`. It uses an embedded server, or the server in `LUNOGRAM_API_KEY`
//! and `LUNOGRAM_API_URL`.

use lunogram::{Event, UpsertUserRequest};
use lunogram_examples::Target;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

/// A line of the file: `{"event": {…}}` or `{"user": {…}}`. The same type writes such a file.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    User(UpsertUserRequest),
    Event(Event),
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/data/events.jsonl")),
        PathBuf::from,
    );
    let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let target = Target::from_env()?;
    println!("importing {} into {}", path.display(), target.describe());

    // Waits if the queue is full, so that a file of any length can be imported.
    let queue = target.client.waiting();
    let mut imported = 0;
    for (index, line) in BufReader::new(file).lines().enumerate() {
        match serde_json::from_str(&line?) {
            Ok(Line::User(user)) => queue.identify(&user).await?,
            Ok(Line::Event(event)) => queue.track(&event).await?,
            Err(error) => {
                println!("line {}: {error}", index + 1);
                continue;
            }
        }
        imported += 1;
    }
    target.client.flush().await?;
    println!("imported {imported} lines");
    if let Some(server) = &target.embedded {
        for event in server.all_events() {
            println!("the server received `{}`", event.name);
        }
    }
    Ok(())
}
