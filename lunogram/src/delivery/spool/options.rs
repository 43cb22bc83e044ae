//! The options of the spool.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// When accepted events are synced to disk, which decides what a power failure or a crash of the
/// whole machine can lose. The end of the process alone, even by `kill -9`, loses nothing either
/// way.
///
/// ```
/// use lunogram::queue::{Durability, SpoolOptions};
/// use std::time::Duration;
///
/// let spool = SpoolOptions::new("/var/lib/shop/lunogram")
///     .durability(Durability::Within(Duration::from_millis(100)));
/// assert_eq!(Durability::default(), Durability::Within(Duration::from_secs(1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Before `track` returns, which therefore waits for the disk. Concurrent calls share one sync.
    /// If the sync fails, `track` returns an error, but the event stays queued in this process.
    Immediate,
    /// A sync starts at most this long after `track`, which does not wait for it. The default, with
    /// one second.
    Within(Duration),
}

impl Default for Durability {
    fn default() -> Self {
        Self::Within(Duration::from_secs(1))
    }
}

/// A folder that stores queued events on disk, for
/// [`ClientBuilder::spool`](crate::ClientBuilder::spool).
///
/// | | default | |
/// |---|---|---|
/// | [`max_bytes`](Self::max_bytes) | 1 GiB | how much the spool holds |
/// | [`durability`](Self::durability) | within 1 s | when events are synced to disk |
///
/// A path converts into options with these defaults.
///
/// ```
/// use lunogram::queue::{Durability, SpoolOptions};
///
/// let spool = SpoolOptions::new("/var/lib/shop/lunogram")
///     .max_bytes(10 << 30)
///     .durability(Durability::Immediate);
/// ```
#[derive(Clone, Debug)]
pub struct SpoolOptions {
    pub(crate) path: PathBuf,
    pub(crate) max_bytes: u64,
    pub(crate) durability: Durability,
}

impl SpoolOptions {
    /// A spool in this folder, which is created if it does not exist. Only one client, in one
    /// process, can use it at a time.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            max_bytes: 1 << 30,
            durability: Durability::default(),
        }
    }

    /// The most bytes of pending events, at least 1. The files can take a few MiB more, because
    /// delivered events share files with pending ones. If the spool is full,
    /// [`Overflow`](crate::queue::Overflow) applies.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Refuses options with which nothing could be kept.
    ///
    /// # Errors
    /// The text of the error: the option that is wrong, and a value to write.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.max_bytes == 0 {
            return Err(
                "`max_bytes` of the spool is zero, so it would keep no event; set at least 1, or keep the default",
            );
        }
        Ok(())
    }

    /// When accepted events are synced to disk.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }
}

impl From<&str> for SpoolOptions {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}

impl From<String> for SpoolOptions {
    fn from(path: String) -> Self {
        Self::new(path)
    }
}

impl From<&Path> for SpoolOptions {
    fn from(path: &Path) -> Self {
        Self::new(path)
    }
}

impl From<PathBuf> for SpoolOptions {
    fn from(path: PathBuf) -> Self {
        Self::new(path)
    }
}

impl From<&PathBuf> for SpoolOptions {
    fn from(path: &PathBuf) -> Self {
        Self::new(path)
    }
}
