//! The options of the spool.

use std::path::{Path, PathBuf};
use std::time::Duration;

/// When accepted events are synced to disk, which decides what a power failure or a crash of the
/// whole machine can lose. The end of the process alone, even by `kill -9`, loses nothing either
/// way, apart from events in flight with [`AtMostOnce`](crate::queue::Delivery::AtMostOnce) and
/// [`Isolated`](crate::queue::Delivery::Isolated).
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
    /// If the sync fails, `track` returns `Ok`, since the event is queued and will be sent; the
    /// failure is logged as a warning (feature `tracing`). Until a sync succeeds, further calls
    /// return an error of kind [`Spool`](crate::ErrorKind::Spool), and their events are not queued.
    ///
    /// With [`AtMostOnce`](crate::queue::Delivery::AtMostOnce) and
    /// [`Isolated`](crate::queue::Delivery::Isolated), the mark that a batch was sent is synced
    /// before the batch leaves, so that a loss of power repeats nothing.
    Immediate,
    /// A sync starts at most this long after `track`, which does not wait for it. The default, with
    /// one second. After a loss of power, events that were sent shortly before may be sent again,
    /// whatever the [`Delivery`](crate::queue::Delivery).
    ///
    /// If the sync fails, queued events are sent as usual, and the first failure in a row is logged
    /// as a warning. The next call returns an error of kind [`Spool`](crate::ErrorKind::Spool), and
    /// its event is not queued.
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
/// | [`wait_for_lock`](Self::wait_for_lock) | 1 s | how long `build` waits for the lock |
/// | [`any_project`](Self::any_project) | no | whether events may go to another project |
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
    pub(crate) wait_for_lock: Duration,
    pub(crate) any_project: bool,
}

impl SpoolOptions {
    /// A spool in this folder, which is created if it does not exist. Only one client, in one
    /// process, can use it at a time. A relative path starts from the working directory of the
    /// moment at which the client is built.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            max_bytes: 1 << 30,
            durability: Durability::default(),
            wait_for_lock: Duration::from_secs(1),
            any_project: false,
        }
    }

    /// The most bytes of pending events, at least 1. The files can take more, because delivered
    /// events share files of 4 MiB with pending ones: when all files take more than this, the
    /// client gives back the room of each file of which less than half is pending, in the
    /// background. So they take at most twice this and one file, and four files more while the disk
    /// is slower than the application: then the spool counts as full. Half a MiB more keeps room
    /// for acknowledgements on a full disk. If the spool is full,
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

    /// How long [`build`](crate::ClientBuilder::build) waits on the calling thread for the client
    /// that has used the folder, before it returns an error. The default is one second, for the
    /// thread of a client that was just dropped. In a rolling restart, set as long as the old
    /// process takes to shut down.
    ///
    /// ```
    /// use lunogram::queue::SpoolOptions;
    /// use std::time::Duration;
    ///
    /// let spool = SpoolOptions::new("/var/lib/shop/lunogram")
    ///     .wait_for_lock(Duration::from_secs(30));
    /// ```
    #[must_use]
    pub fn wait_for_lock(mut self, wait: Duration) -> Self {
        self.wait_for_lock = wait;
        self
    }

    /// Delivers the events that an earlier client has left in the folder, also if it was a client
    /// of another server or project. Without it, [`build`](crate::ClientBuilder::build) refuses
    /// such a folder. Set it once, for example when the server has moved to another host.
    ///
    /// The folder knows the host, and the project of project-scoped routes. With key-scoped routes,
    /// the key decides the project, and a key is never written to disk: after a change to the key
    /// of another project of the same server, the events go to that project. A deletion whose
    /// outcome is not known is repeated where the events go.
    ///
    /// ```
    /// use lunogram::queue::SpoolOptions;
    ///
    /// let spool = SpoolOptions::new("/var/lib/shop/lunogram").any_project();
    /// ```
    #[must_use]
    pub fn any_project(mut self) -> Self {
        self.any_project = true;
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
