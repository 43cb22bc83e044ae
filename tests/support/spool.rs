//! Helpers of the spool tests.

use lunogram::queue::{QueueOptions, SpoolOptions, Stats};
use lunogram::testing::{Clock, Server};
use lunogram::{Client, ClientBuilder, LunogramEvent, UpsertUserRequest};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An event with a number.
#[derive(LunogramEvent)]
pub struct Seen<'a> {
    /// The user that it is about.
    #[lunogram(external_id)]
    pub user: &'a str,
    /// Its number.
    pub n: u64,
}

/// Tracks events about the user `u` with these numbers.
///
/// # Panics
/// If there is no room.
pub fn track(client: &Client, numbers: Range<u64>) {
    for n in numbers {
        client.track(&Seen { user: "u", n }).expect("room");
    }
}

/// A server that has the user `u`.
///
/// # Panics
/// If it cannot be started.
pub async fn server() -> Server {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("u");
    server.client().upsert_user(&user).await.expect("no faults");
    server
}

/// Batches are sent at once, and retries have no pauses.
#[must_use]
pub fn options() -> QueueOptions {
    QueueOptions::default()
        .batch_age(Duration::ZERO)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
}

/// A builder for a client of this server, also if an earlier client of the spool had another one.
pub fn builder(server: &Server, spool: impl Into<SpoolOptions>) -> ClientBuilder {
    Client::builder(server.key())
        .base_url(server.url())
        .queue(options())
        .spool(spool.into().any_project())
}

/// A client whose server does not exist.
///
/// # Panics
/// If the spool cannot be opened.
pub fn cut_off(spool: impl Into<SpoolOptions>) -> Client {
    Client::builder("sk_1")
        .base_url("http://127.0.0.1:1")
        .queue(QueueOptions::default().drain_on_drop(Duration::ZERO))
        .spool(spool)
        .build()
        .expect("a client")
}

/// The counts of a client when it has read what earlier processes left in the spool.
pub fn recovered(client: &Client) -> Stats {
    loop {
        let stats = client.stats();
        if !stats.is_recovering() {
            return stats;
        }
        std::thread::yield_now();
    }
}

/// Asserts that accepted = delivered + dropped + unknown + pending.
///
/// # Panics
/// If it does not hold.
pub fn assert_conserved(stats: &Stats) {
    let sum = stats.delivered() + stats.dropped() + stats.unknown() + stats.pending();
    assert_eq!(stats.accepted(), sum, "{stats}");
}

/// Advances the clock until nothing is pending, and returns by how much.
///
/// # Panics
/// If payloads are pending and the client waits for no time at which it could send them.
pub async fn drain(client: &Client, clock: &Clock) -> Duration {
    let mut passed = Duration::ZERO;
    loop {
        let next = clock.idle().await;
        let stats = client.stats();
        if stats.pending() == 0 && !stats.is_recovering() {
            return passed;
        }
        assert!(next.is_some(), "waits forever: {}", client.stats());
        clock.advance(next.unwrap_or_default());
        passed += next.unwrap_or_default();
    }
}

/// The property `n` of the events that a server has received, in order of arrival.
#[must_use]
pub fn numbers(server: &Server) -> Vec<u64> {
    server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect()
}

/// The logs of a spool.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn logs(spool: &Path) -> Vec<PathBuf> {
    files(spool, "log")
}

/// The files of a spool with this extension.
///
/// # Panics
/// If the folder cannot be read.
#[must_use]
pub fn files(spool: &Path, extension: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(spool)
        .expect("a readable folder")
        .map(|entry| entry.expect("a readable entry").path())
        .filter(|path| path.extension().is_some_and(|known| known == extension))
        .collect();
    files.sort();
    files
}
