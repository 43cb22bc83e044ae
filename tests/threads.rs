//! The threads that clients start, counted in a separate process.

#![cfg(target_os = "linux")]

use lunogram::{Client, Error, Event, blocking};
use lunogram_tests::raw::{Raw, Reply};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The names of this crate's threads in this process, which Linux cuts to 15 bytes.
fn threads() -> Vec<String> {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the process has threads");
    tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with("lunogram-"))
        .map(|name| name.trim_end().to_owned())
        .collect()
}

/// One test, because tests of one process run at the same time.
#[tokio::test]
async fn clients_start_few_threads() -> Result<(), Error> {
    a_disabled_client_starts_none().await?;
    projects_and_sessions_share_one().await
}

async fn a_disabled_client_starts_none() -> Result<(), Error> {
    let client = Client::disabled();
    client.track(&Event::new("viewed").to("jane"))?;
    client.flush().await?;
    for client in [client.blocking()?, blocking::Client::disabled()] {
        client.track(&Event::new("viewed").to("jane"))?;
        client.send(&Event::new("viewed").to("jane"))?;
    }
    assert!(threads().is_empty(), "{:?}", threads());
    Ok(())
}

async fn projects_and_sessions_share_one() -> Result<(), Error> {
    let server = Raw::always(Reply::with(202, "", ""));
    let client = Client::builder("sk_0").base_url(server.url()).build()?;
    let mut clients = Vec::new();
    for number in 1..=100 {
        let client = client.for_project(format!("sk_{number}"), Uuid::from_u128(number))?;
        client.track(&Event::new("viewed").to("jane").data(json!({"n": number})))?;
        clients.push(client);
    }
    let session = client.with_session("token", "jane")?;
    session.track(&Event::new("viewed"))?;
    session.flush().await?;
    for client in &clients {
        client.flush().await?;
        assert_eq!(client.stats().delivered(), 1);
    }
    assert_eq!(threads(), ["lunogram-delive"]);

    let arrived: BTreeSet<u128> = server
        .requests()
        .iter()
        .filter_map(|request| number_by_key_path_and_body(request))
        .collect();
    assert_eq!(arrived, (1..=100).collect());
    assert_eq!(server.requests().len(), 101);
    Ok(())
}

/// The number of a project, if the request has it in its key, its path and its body.
fn number_by_key_path_and_body(request: &str) -> Option<u128> {
    let (head, body) = request.split_once("\r\n\r\n")?;
    let body: Value = serde_json::from_str(body).ok()?;
    let number = u128::from(body[0]["data"]["n"].as_u64()?);
    let path = format!(
        "/api/client/projects/{}/users/events",
        Uuid::from_u128(number)
    );
    let key = format!("authorization: Bearer sk_{number}\r\n");
    (head.contains(&path) && head.contains(&key)).then_some(number)
}
