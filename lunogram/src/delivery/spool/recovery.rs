//! Taking over the logs that earlier processes left. The delivery thread does it, one log after the
//! other in their order, when it loads their payloads.
//!
//! A log is read once: [`Spool::take_over`] counts its payloads and returns them to be loaded. Only
//! while memory is full, later logs are read ahead, so that the counts and the bound on bytes are
//! soon right. Their payloads have no room in memory, so they are read a second time when they do.
//!
//! Payloads that are tracked before all logs are taken over come after those in the logs: they go
//! to a volume with a higher number, are only on disk at first, and are loaded later.

use super::Spool;
use super::folder::Folder;
use super::reader::{Backlog, Next};
use super::volume::{Recovered, Volume};
use std::io;
use std::sync::Arc;

/// A log that an earlier process left, read from disk.
#[derive(Debug)]
pub(in crate::delivery) struct Left(Recovered);

impl Left {
    /// The bytes of its damaged regions, which the caller reports before it
    /// [takes the log over](Spool::take_over): after that, a damaged file may be renamed.
    pub(in crate::delivery) fn take_damage(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.0.damage)
    }
}

impl Spool {
    /// Whether the delivery thread has something to do before the first payload is tracked.
    pub(in crate::delivery) fn has_left(&self) -> bool {
        let state = self.state();
        state.is_recovering() || !state.damage.is_empty()
    }

    /// Takes the damaged regions that were found when the spool was opened.
    pub(in crate::delivery) fn take_damage(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.state().damage)
    }

    /// Whether the next payloads to load are in a log that was not taken over yet.
    pub(in crate::delivery) fn is_next_left(&self) -> bool {
        matches!(self.state().next_backlog(), Some(Next::Left(_)))
    }

    /// Reads the oldest log that was not taken over yet, when the result is called, on a thread
    /// that may wait for the disk. `None` if there is no such log.
    pub(in crate::delivery) fn next_left(
        &self,
    ) -> Option<impl FnOnce() -> io::Result<Left> + Send + use<>> {
        let number = self.state().next_left()?;
        let folder = Arc::clone(&self.folder);
        // Without the lock, so that `track` does not wait for the disk.
        Some(move || Volume::recover(&folder, number).map(Left))
    }

    /// Counts the payloads of a log, and returns them to be loaded, if they are the next ones.
    /// `None` if the spool is closed.
    pub(in crate::delivery) fn take_over(&self, left: Left) -> Option<Backlog> {
        let Recovered { volume, slice, .. } = left.0;
        let backlog = Backlog::all(&volume, slice);
        let number = volume.number;
        let mut state = self.state();
        state.take_over(volume)?;
        let settled = state.take_settled(number);
        self.remove(state, settled);
        Some(backlog)
    }

    /// The next payloads cannot be read from disk. Returns whether this is the first failure in a
    /// row.
    pub(in crate::delivery) fn set_unreadable(&self, why: &io::Error) -> bool {
        (self.state().unreadable.replace(copy(why))).is_none()
    }

    /// Payloads can be read from disk again.
    pub(in crate::delivery) fn set_readable(&self) {
        self.state().unreadable = None;
    }

    /// Why the next payloads cannot be read from disk.
    pub(in crate::delivery) fn unreadable(&self) -> Option<io::Error> {
        self.state().unreadable.as_ref().map(copy)
    }

    /// Payloads that must not arrive twice cannot be acknowledged, and so not be sent. Returns
    /// whether this is the first failure in a row.
    pub(in crate::delivery) fn set_unmarkable(&self, why: &io::Error) -> bool {
        let mut state = self.state();
        state.failed_marks += 1;
        state.unmarkable.replace(copy(why)).is_none()
    }

    /// Payloads can be acknowledged again.
    pub(in crate::delivery) fn set_markable(&self) {
        self.state().unmarkable = None;
    }

    /// How often payloads could not be acknowledged before they were sent.
    pub(in crate::delivery) fn failed_marks(&self) -> u64 {
        self.state().failed_marks
    }

    /// Why payloads cannot be acknowledged before they are sent, if that was found more than so
    /// many times.
    pub(in crate::delivery) fn unmarkable(&self, after: u64) -> Option<io::Error> {
        let state = self.state();
        let unmarkable = state.unmarkable.as_ref();
        unmarkable.filter(|_| state.failed_marks > after).map(copy)
    }
}

/// An error with the same kind and text.
pub(super) fn copy(why: &io::Error) -> io::Error {
    io::Error::new(why.kind(), why.to_string())
}

/// Whether one of these volumes has a payload that is not settled.
///
/// # Errors
/// If one cannot be read.
pub(super) fn has_payloads(
    folder: &Folder,
    numbers: impl IntoIterator<Item = u32>,
) -> io::Result<bool> {
    for number in numbers {
        if Volume::recover(folder, number)?.volume.live > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}
