//! Gives the room of settled payloads back to the disk while their volume has others that are not
//! settled: a payload that waits for days must not keep 4 MiB of delivered ones.

use super::Spool;
use super::folder::{Folder, NewFile, check_regular};
use super::format;
use super::state::{State, VOLUME_SIZE};
use super::volume::{Volume, read_acks};
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::sync::atomic::Ordering;

/// How much more than twice the bound the files may take while they are rewritten, in bytes.
const LAG: u64 = 4 * VOLUME_SIZE;

impl Spool {
    /// Waits until the files take more than the bound.
    pub(in crate::delivery) async fn crowded(&self) {
        self.crowded.notified().await;
    }

    /// Asks for [`give_back`](Self::give_back) if it has something to do.
    pub(super) fn notify_crowded(&self, state: &State) {
        if state.can_give_back(self.max_bytes) {
            self.is_crowded.store(true, Ordering::Release);
            self.crowded.notify_one();
        }
    }

    /// Whether files are rewritten, and take too much until that is done.
    pub(super) fn is_behind(&self, state: &State) -> bool {
        self.is_crowded.load(Ordering::Acquire)
            && state.on_disk() > self.max_bytes.saturating_mul(2).saturating_add(LAG)
    }

    /// Replaces logs of which less than half is live, oldest first, until the files take no more
    /// than the bound. Called on a thread that may wait for the disk: only the exchange of a
    /// finished file is done under the lock.
    pub(in crate::delivery) fn give_back(&self) {
        loop {
            let mut state = self.state();
            let Some(chosen) = state.choose(&self.folder, self.max_bytes) else {
                self.is_crowded.store(false, Ordering::Release);
                return;
            };
            let work = self.begin_work();
            drop(state);
            // If this fails, the file stays as large as it is.
            if let Ok(Some(mut rewritten)) = chosen.rewrite(&self.folder) {
                // A file that is not used is removed without the lock: the disk may hang.
                self.state().exchange(&chosen, &mut rewritten);
            }
            drop(work);
        }
    }
}

impl State {
    /// Whether a log can be rewritten, and all files take more than this.
    pub(super) fn can_give_back(&self, max_bytes: u64) -> bool {
        self.on_disk() > max_bytes && self.volumes().values().any(is_worth_it)
    }

    /// Chooses the oldest log to rewrite, while all files take more than this.
    fn choose(&mut self, folder: &Folder, max_bytes: u64) -> Option<Chosen> {
        if self.is_closed() || self.on_disk() <= max_bytes {
            return None;
        }
        let volume = self
            .volumes_mut()
            .values_mut()
            .find(|volume| is_worth_it(volume))?;
        volume.failed_at = Some(volume.live);
        Some(Chosen {
            number: volume.number,
            live: volume.live,
            live_bytes: volume.live_bytes,
            acks: fs::metadata(folder.acks(volume.number)).map_or(0, |acks| acks.len()),
        })
    }

    /// Puts a rewritten log into the place of the old one. Returns whether that was possible: if
    /// not, the log is as before.
    fn exchange(&mut self, chosen: &Chosen, rewritten: &mut Rewritten) -> bool {
        // A volume that is not there any more is being removed with its files.
        let Some(volume) = self.volumes_mut().get_mut(&chosen.number) else {
            return false;
        };
        if rewritten.file.put().is_err() {
            return false;
        }
        let before = volume.live_bytes;
        volume.failed_at = None;
        volume.on_disk = rewritten.size;
        // Without the payloads that were settled meanwhile.
        volume.live_bytes = rewritten.size.saturating_sub(chosen.live_bytes - before);
        let after = volume.live_bytes;
        self.set_bytes(self.bytes() + after - before);
        // The next payload may find room on a disk that was full.
        self.reserve.freed();
        true
    }
}

/// Whether most of a log is settled. Nothing in it is marked: an unack may ask for marked payloads.
/// Damage stays as it is, since the file is kept.
fn is_worth_it(volume: &Volume) -> bool {
    let may = volume.live > 0 && volume.marked == 0 && !volume.is_open() && !volume.damaged;
    // After a failure, the disk is left alone until much more is settled.
    let is_new = volume.failed_at.is_none_or(|live| volume.live <= live / 2);
    may && is_new && volume.on_disk / 2 > volume.live_bytes
}

/// A log to rewrite, as it was when it was chosen.
#[derive(Debug)]
struct Chosen {
    number: u32,
    live: u64,
    live_bytes: u64,
    /// The size of its acks. Everything before is settled: later acks may be taken back.
    acks: u64,
}

/// A log without settled payloads, beside the one that it replaces. The others keep their offsets,
/// so acks and readers notice nothing.
#[derive(Debug)]
struct Rewritten {
    file: NewFile,
    size: u64,
}

impl Chosen {
    /// Writes the log without settled payloads. `None` if the files have other payloads than were
    /// counted: something else has damaged them.
    fn rewrite(&self, folder: &Folder) -> io::Result<Option<Rewritten>> {
        let path = folder.log(self.number);
        check_regular(&path).map_err(io::Error::other)?;
        let bytes = fs::read(&path)?;
        let acks = read_acks(&folder.acks(self.number), self.acks)?;
        let Some((kept, live)) = without(&bytes, &acks.acked) else {
            return Ok(None);
        };
        if live != self.live {
            return Ok(None);
        }
        let file = NewFile::write(&path, |file| {
            file.write_all(&kept)?;
            // The payloads may have been synced.
            file.sync_data()
        })?;
        let size = kept.len() as u64;
        Ok(Some(Rewritten { file, size }))
    }
}

/// A log without acknowledged payloads, and the number of the others. `None` if one is too long to
/// be moved.
fn without(log: &[u8], acked: &BTreeSet<u32>) -> Option<(Vec<u8>, u64)> {
    let mut kept = format::first_record();
    let mut live = 0;
    for payload in format::payloads(log, 0) {
        if !acked.contains(&payload.offset) {
            let body = log.get(payload.body)?;
            format::append_moved(&mut kept, payload.offset, payload.kind, body)?;
            live += 1;
        }
    }
    Some((kept, live))
}

#[cfg(test)]
mod tests;
