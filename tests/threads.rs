//! The threads that clients start, counted in a separate process.

#![cfg(target_os = "linux")]

use lunogram::{Client, Error, Event, blocking};

/// How many threads of this process belong to this crate. Linux cuts their names to 15 bytes.
fn threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the process has threads");
    tasks
        .filter_map(|task| std::fs::read_to_string(task.ok()?.path().join("comm")).ok())
        .filter(|name| name.starts_with("lunogram-"))
        .count()
}

/// One test, because tests of one process run at the same time.
#[test]
fn clients_start_few_threads() -> Result<(), Error> {
    a_disabled_client_starts_none()
}

fn a_disabled_client_starts_none() -> Result<(), Error> {
    let client = Client::disabled();
    client.track(&Event::new("viewed").to("jane"))?;
    let faces = [client.blocking()?, blocking::Client::disabled()];
    for client in &faces {
        client.track(&Event::new("viewed").to("jane"))?;
        client.send(&Event::new("viewed").to("jane"))?;
    }
    assert_eq!(threads(), 0);
    Ok(())
}
