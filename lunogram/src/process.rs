//! The process that a client belongs to. A fork of it must not use the client.
//!
//! `fork` copies the memory of a process, but only the thread that calls it. The copy of a client
//! in use has a queue that no thread delivers, locks that a missing thread may hold, and
//! connections and files that it shares with the original. So no call uses a client, and takes none
//! of its locks, in another process than the one that it belongs to.
//!
//! Two checks notice a fork. [`ForkGuard`] compares a counter that a handler of `pthread_atfork`
//! increments: for `track`, because a system call for each event would be too expensive. [`Owner`]
//! compares the id of the process, too, so that it also notices a fork that was made without the C
//! library.

use crate::error::Error;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Whether this process is a fork of the one in which this value was made.
#[derive(Clone, Debug)]
pub(crate) struct ForkGuard(forkguard::Guard);

impl ForkGuard {
    pub(crate) fn new() -> Self {
        // Without memory for the handler it panics, as it would without memory for a value.
        Self(forkguard::new())
    }

    #[inline]
    pub(crate) fn is_forked(&self) -> bool {
        // A copy, because the guard reports a fork only once.
        self.0.clone().detected_fork()
    }
}

/// The process that a client and the clients made from it belong to: the first one that uses them.
#[derive(Debug, Default)]
pub(crate) struct Owner {
    /// The id of that process; 0 before the first use. An atomic, because another thread may hold a
    /// lock at the moment of a fork.
    process: AtomicU32,
    /// A fork may have the same id: in another PID namespace, or after its parent has ended.
    guard: OnceLock<ForkGuard>,
}

/// The process that uses a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    /// In no process yet.
    Nowhere,
    Here,
    /// In the process with this id, of which this one is a fork.
    InParent(u32),
}

impl Owner {
    /// Makes the client one of this process, unless it belongs to one.
    ///
    /// # Errors
    /// In a fork of the process that the client belongs to.
    pub(crate) fn claim(&self) -> Result<(), Error> {
        let mut used = self.used();
        if used == Used::Nowhere {
            let this = std::process::id();
            let claimed =
                self.process
                    .compare_exchange(0, this, Ordering::AcqRel, Ordering::Acquire);
            if claimed.is_ok() {
                let _ = self.guard.set(ForkGuard::new());
                return Ok(());
            }
            // Another thread was first.
            used = self.used();
        }
        match used {
            Used::InParent(process) => Err(Error::forked(process)),
            Used::Nowhere | Used::Here => Ok(()),
        }
    }

    pub(crate) fn used(&self) -> Used {
        let process = self.process.load(Ordering::Acquire);
        if process == 0 {
            return Used::Nowhere;
        }
        let is_forked = || self.guard.get().is_some_and(ForkGuard::is_forked);
        if process != std::process::id() || is_forked() {
            return Used::InParent(process);
        }
        Used::Here
    }
}
