//! What the tests of the spool share.

use lunogram::testing::Server;
use lunogram::{Client, ClientBuilder, QueueOptions, SpoolOptions, Stats};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Nothing waits longer than it must.
#[must_use]
pub fn options() -> QueueOptions {
    QueueOptions::default()
        .batch_age(Duration::ZERO)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
}

/// A client of this server.
pub fn builder(server: &Server, spool: impl Into<SpoolOptions>) -> ClientBuilder {
    Client::builder(server.key())
        .base_url(server.url())
        .queue(options())
        .spool(spool)
}

/// A client for a server that is not there.
///
/// # Panics
/// When the spool cannot be opened.
#[must_use]
pub fn cut_off(spool: impl Into<SpoolOptions>) -> Client {
    Client::builder("sk_1")
        .base_url("http://127.0.0.1:1")
        .spool(spool)
        .build()
        .expect("a client")
}

/// Everything that was accepted is somewhere.
///
/// # Panics
/// When it is not.
pub fn assert_conserved(stats: &Stats) {
    let sum = stats.delivered() + stats.dropped() + stats.unknown() + stats.pending();
    assert_eq!(stats.accepted(), sum, "{stats}");
}

/// The numbers of the events that a server holds, in the order of arrival.
#[must_use]
pub fn numbers(server: &Server) -> Vec<u64> {
    server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect()
}

/// The files of a spool that hold payloads.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn logs(spool: &Path) -> Vec<PathBuf> {
    files(spool, "log")
}

/// The files of a spool with this ending.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn files(spool: &Path, ending: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(spool)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().is_some_and(|known| known == ending))
        .collect();
    files.sort();
    files
}
