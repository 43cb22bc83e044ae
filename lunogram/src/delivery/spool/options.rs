//! Where the spool lies, how much it takes, and when the disk has it.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// When the disk itself has what `track` accepted: what a loss of power, or a crash of the whole machine, can cost. What
/// becomes of the process alone, `kill -9` included, costs nothing either way.
///
/// ```
/// use lunogram::{Durability, SpoolOptions};
/// use std::time::Duration;
///
/// let spool = SpoolOptions::new("/var/lib/shop/lunogram").durability(Durability::Within(Duration::from_millis(100)));
/// assert_eq!(Durability::default(), Durability::Within(Duration::from_secs(1)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Before `track` returns, which therefore waits for the disk. Threads that track at once share the wait. Where the disk
    /// fails at that, `track` says so, and the event is delivered nevertheless while the process lives.
    Immediate,
    /// After this time at most, and what the disk then takes for it. `track` waits for no disk. The default, with one second.
    Within(Duration),
}

impl Default for Durability {
    fn default() -> Self {
        Self::Within(Duration::from_secs(1))
    }
}

/// A folder on disk that keeps what is queued, for [`ClientBuilder::spool`](crate::ClientBuilder::spool).
///
/// | | default | |
/// |---|---|---|
/// | [`max_bytes`](Self::max_bytes) | 1 GiB | how much may wait on disk |
/// | [`durability`](Self::durability) | within 1 s | when the disk has it, against a loss of power |
///
/// A path alone means these defaults.
///
/// ```
/// use lunogram::{Durability, SpoolOptions};
///
/// let spool = SpoolOptions::new("/var/lib/shop/lunogram")
///     .max_bytes(10 << 30)
///     .durability(Durability::Immediate);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SpoolOptions {
    pub(crate) path: PathBuf,
    pub(crate) max_bytes: u64,
    pub(crate) durability: Durability,
}

impl SpoolOptions {
    /// A spool in this folder, which is made where it does not exist. It belongs to one client of one process.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            max_bytes: 1 << 30,
            durability: Durability::default(),
        }
    }

    /// How many bytes may wait, at least one. The files take up to a few MiB more, for what is delivered already and shares a
    /// file with what is not. A spool that is full does what [`Overflow`](crate::Overflow) says.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes.max(1);
        self
    }

    /// When the disk itself has what was accepted.
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
