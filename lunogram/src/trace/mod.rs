//! Log events and spans of what the crate does in the background (feature `tracing`).

#[cfg(not(feature = "tracing"))]
mod disabled;
#[cfg(feature = "tracing")]
mod enabled;

#[cfg(not(feature = "tracing"))]
pub(crate) use disabled::{DeliverySpan, Log, call, is_emitting, without_subscriber};
#[cfg(feature = "tracing")]
pub(crate) use enabled::{DeliverySpan, Log, call, is_emitting, without_subscriber};

use crate::error::Error;
use std::fmt::Display;
use std::io::{self, Write, stderr};
use std::time::Duration;

/// Writes a line to standard error, for programs without any other report.
pub(crate) fn print(line: &str) {
    // If this fails, there is no other place for the line.
    let _ = writeln!(stderr().lock(), "lunogram: {line}");
}

/// Reports so many payloads as lost when their client ended.
pub(crate) fn print_loss(lost: u64) {
    print(&format!(
        "queued items were dropped or are of unknown outcome ({lost}): their client ended before they were delivered; call `shutdown` with more time before the program ends, give the client a spool, or set `on_drop` and `on_unknown`, which report each of them"
    ));
}

/// A log event of the delivery.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "tracing"),
    expect(dead_code, reason = "without the feature, nothing reads the fields")
)]
pub(crate) enum Record<'r> {
    Dropped {
        name: &'r str,
        reason: &'r dyn Display,
    },
    /// Nothing can be delivered at the moment.
    Failing(&'r Error),
    /// Nothing will be delivered until the configuration is fixed.
    Suspended(&'r Error),
    /// The server asks for a longer pause than the longest one of the options.
    LongPause {
        asked: Duration,
        longest: Duration,
        /// How much of it is honoured.
        kept: Duration,
    },
    /// A request without effect has shown that the server does not answer yet.
    ProbeFailed(&'r Error),
    /// Delivery works again, after an outage or a fix of the configuration.
    Resumed,
    /// The spool held this many payloads of an earlier process.
    #[cfg(feature = "spool")]
    Recovered(u64),
    /// Payloads in the spool cannot be read.
    #[cfg(feature = "spool")]
    Unreadable(&'r io::Error),
    /// A payload was accepted, and the spool could not sync it to disk.
    #[cfg(feature = "spool")]
    NotSynced(&'r io::Error),
    /// The spool could not sync in the background.
    #[cfg(feature = "spool")]
    NotSyncedLater(&'r io::Error),
    /// Payloads that must not arrive twice could not be acknowledged before they are sent.
    NotMarked(&'r io::Error),
    /// The spool was closed, and could not write or sync everything before that.
    NotClosed(&'r io::Error),
    Ended(&'r dyn Display),
    /// Payloads were lost when the process or the client ended.
    EndedWithLoss(&'r dyn Display),
}
