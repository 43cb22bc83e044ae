//! The spool: accepted payloads on disk, so that they survive the end of the process.
//!
//! `track` hands its record to the operating system before it returns, so that even `kill -9` loses
//! nothing. It waits for the disk only with [`Durability::Immediate`]. Records have their own
//! checksums: if a file is truncated or a bit flips, all other records in it are still read.
//!
//! Payloads for which memory has no room are only on disk at first, as are those that an earlier
//! process left. They are loaded in order when there is room.
//!
//! [`Spool::open`] reads no payload, since the caller may be a runtime: it locks the folder, and
//! looks at the names, the sizes and the first records of the logs. [`recovery`] has the rest.
//!
//! [`format`] has the file format. This module does not know the queue or the sender.

mod deletions;
mod folder;
mod format;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod options;
mod reader;
mod recovery;
mod reserve;
mod rewrite;
mod state;
mod volume;

pub use options::{Durability, SpoolOptions};
pub(super) use reader::{Backlog, Loaded, Missing};
pub(super) use recovery::Left;
pub(super) use state::ReadPosition;

use super::payload::{PayloadKind, Shown};
use super::stats::SpoolStats;
use crate::error::Error;
use crate::wire::SubjectKind;
use deletions::Deletions;
use folder::Folder;
use format::Kind;
use reserve::Reserve;
use state::{State, Unsynced};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use volume::Volume;

fn record_kind(kind: PayloadKind, shown: Shown) -> Kind {
    match (kind, shown) {
        (PayloadKind::Event(SubjectKind::User), Shown::No) => Kind::UserEvent,
        (PayloadKind::Event(SubjectKind::Organization), Shown::No) => Kind::OrganizationEvent,
        (PayloadKind::Upsert(SubjectKind::User), Shown::No) => Kind::User,
        (PayloadKind::Upsert(SubjectKind::Organization), Shown::No) => Kind::Organization,
        (PayloadKind::Event(SubjectKind::User), Shown::Yes) => Kind::ShownUserEvent,
        (PayloadKind::Event(SubjectKind::Organization), Shown::Yes) => Kind::ShownOrganizationEvent,
        (PayloadKind::Upsert(SubjectKind::User), Shown::Yes) => Kind::ShownUser,
        (PayloadKind::Upsert(SubjectKind::Organization), Shown::Yes) => Kind::ShownOrganization,
    }
}

fn payload_kind(kind: Kind) -> Option<(PayloadKind, Shown)> {
    Some(match kind {
        Kind::UserEvent => (PayloadKind::Event(SubjectKind::User), Shown::No),
        Kind::OrganizationEvent => (PayloadKind::Event(SubjectKind::Organization), Shown::No),
        Kind::User => (PayloadKind::Upsert(SubjectKind::User), Shown::No),
        Kind::Organization => (PayloadKind::Upsert(SubjectKind::Organization), Shown::No),
        Kind::ShownUserEvent => (PayloadKind::Event(SubjectKind::User), Shown::Yes),
        Kind::ShownOrganizationEvent => (PayloadKind::Event(SubjectKind::Organization), Shown::Yes),
        Kind::ShownUser => (PayloadKind::Upsert(SubjectKind::User), Shown::Yes),
        Kind::ShownOrganization => (PayloadKind::Upsert(SubjectKind::Organization), Shown::Yes),
        Kind::Format
        | Kind::Ack
        | Kind::Unack
        | Kind::DeletingUser
        | Kind::DeletingOrganization
        | Kind::SettledUser
        | Kind::SettledOrganization
        | Kind::DeletedUser
        | Kind::DeletedOrganization
        | Kind::Moved => return None,
    })
}

/// Identifies a payload's record: its volume, and its offset in the log. Also has its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId {
    volume: u32,
    offset: u32,
    size: u32,
}

/// Whether ack records for some payloads were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acked {
    Yes,
    No,
}

/// Number of appended payloads up to which a sync is requested or done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SyncTicket(u64);

/// The spool of one client.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: Arc<Folder>,
    max_bytes: u64,
    state: Mutex<State>,
    /// Up to where payloads are synced to disk. Locked during a sync.
    synced: Mutex<SyncTicket>,
    /// The last sync failed.
    has_failed_sync: AtomicBool,
    /// The number of threads that remove or replace files, and the signal of the last one.
    working: (Mutex<usize>, Condvar),
    /// Notified when a payload is only on disk.
    backlog: Notify,
    /// Notified when a payload was appended that is not synced.
    dirty: Notify,
    /// Notified when the files take more than the bound, and some can be rewritten.
    crowded: Notify,
    /// Files have to be rewritten, or are.
    is_crowded: AtomicBool,
}

impl Spool {
    /// Opens the spool. The payloads of earlier processes are read later, see [`recovery`].
    ///
    /// # Errors
    /// If the folder cannot be used, is in use by another client, was written by a newer version of
    /// this crate, or has payloads for another destination.
    pub(crate) fn open(options: &SpoolOptions, destination: &str) -> Result<Self, Error> {
        let folder = Folder::open(options)?;
        let (left, next) = folder.logs()?;
        for number in left.keys() {
            volume::check_readable(&folder, *number)?;
        }
        let mut state = State::new(left, next);
        let end = state.end();
        // Here, because they hold back payloads from the first moment. The file is small.
        state.deletions = Deletions::recover(&folder, end, &mut state.damage)?;
        folder.check_destination(destination, end.is_some(), options.any_project, || {
            recovery::has_payloads(&folder, state.left())
        })?;
        // After everything that has to be written to open the folder.
        state.reserve = Reserve::new(&folder, options.max_bytes)?;
        Ok(Self {
            folder: Arc::new(folder),
            max_bytes: options.max_bytes,
            state: Mutex::new(state),
            synced: Mutex::new(SyncTicket(0)),
            has_failed_sync: AtomicBool::new(false),
            working: Default::default(),
            backlog: Notify::new(),
            dirty: Notify::new(),
            crowded: Notify::new(),
            is_crowded: AtomicBool::new(false),
        })
    }

    /// Locks the spool for appending. A caller that also enqueues the payload holds the lock
    /// meanwhile, so that the order in memory is the order on disk.
    pub(super) fn appender(&self) -> Appender<'_> {
        Appender {
            spool: self,
            state: self.state(),
        }
    }

    /// Settles payloads: they are not sent again. Writes acks unless they were written before.
    pub(super) fn settle(&self, records: &[RecordId], acked: Acked) {
        let mut state = self.state();
        let settled: Vec<_> = by_volume(records)
            .filter_map(|records| state.settle(&self.folder, records, acked))
            .collect();
        self.notify_crowded(&state);
        self.remove(state, settled);
    }

    /// Releases the lock and removes the files of volumes without live payloads. Not under the
    /// lock, which `flush` and `shutdown` take, too: the disk may hang.
    fn remove(&self, mut state: MutexGuard<'_, State>, settled: impl IntoIterator<Item = Volume>) {
        let mut settled: Vec<_> = settled.into_iter().collect();
        settled.append(&mut state.removable);
        if settled.is_empty() {
            return;
        }
        let work = self.begin_work();
        drop(state);
        for volume in settled {
            volume.remove(&self.folder);
            self.state().reserve.freed();
        }
        drop(work);
    }

    /// Counts work on files that is done without the lock, for which `close` waits before it
    /// unlocks the folder. Called under the lock.
    fn begin_work(&self) -> Work<'_> {
        *self.working() += 1;
        Work(self)
    }

    fn working(&self) -> MutexGuard<'_, usize> {
        (self.working.0.lock()).unwrap_or_else(PoisonError::into_inner)
    }

    /// Acknowledges payloads before they are sent, so that no later process sends them again. With
    /// [`Durability::Immediate`] the acks are synced.
    ///
    /// # Errors
    /// If the acks cannot be written. The payloads must not be sent then, and the next append
    /// returns the error, too.
    pub(super) fn ack(&self, records: &[RecordId]) -> io::Result<()> {
        let mut state = self.state();
        let mut written = Vec::new();
        let mut failed = None;
        for run in by_volume(records) {
            match state.write_marks(&self.folder, run) {
                Ok(place) => written.push((run, place)),
                Err(why) => {
                    failed = Some(why);
                    break;
                }
            }
        }
        if failed.is_none() && self.folder.durability() == Durability::Immediate {
            // Without the lock, which `flush` and `shutdown` take, too: the disk may hang.
            let acks = by_volume(records).filter_map(|run| state.unsynced_acks(run));
            let acks: Vec<_> = acks.collect();
            drop(state);
            let synced = acks.iter().try_for_each(|acks| acks.sync(&self.folder));
            state = self.state();
            match synced {
                Ok(()) => state.set_acks_synced(&acks),
                Err(why) => failed = Some(why),
            }
        }
        let Some(why) = failed else {
            return Ok(());
        };
        // None of the payloads is sent, so a later process has to send all of them.
        for (run, place) in written {
            state.undo_marks(&self.folder, run, &place);
        }
        state.defer_error(recovery::copy(&why));
        Err(why)
    }

    /// Revokes the acks of payloads that the server has not processed.
    ///
    /// # Errors
    /// If this cannot be written. A later process will not send the payloads.
    pub(super) fn unack(&self, records: &[RecordId]) -> io::Result<()> {
        let mut state = self.state();
        let mut unmarked = Vec::new();
        let mut failed = None;
        for run in by_volume(records) {
            match state.unmark(&self.folder, run) {
                Ok(()) => unmarked.push(run),
                Err(why) => failed = failed.or(Some(why)),
            }
        }
        self.notify_crowded(&state);
        let Some(why) = failed else {
            return Ok(());
        };
        // One answer for all of them: a later process sends all, or none.
        for run in unmarked {
            let _ = state.write_acks(&self.folder, Kind::Ack, run);
        }
        Err(why)
    }

    /// The end of the accepted payloads, for [`is_loaded_to`](Self::is_loaded_to). Those that
    /// earlier processes left are before it.
    pub(super) fn end(&self) -> ReadPosition {
        self.state().end().unwrap_or_default()
    }

    /// Whether everything before this position is or was in memory.
    pub(super) fn is_loaded_to(&self, end: ReadPosition) -> bool {
        self.state().is_loaded_to(end)
    }

    pub(super) fn stats(&self) -> SpoolStats {
        let state = self.state();
        SpoolStats {
            accepted: state.accepted,
            recovered: state.recovered,
            pending: state.live(),
            is_recovering: state.is_recovering(),
        }
    }

    /// Syncs everything appended up to this ticket. Callers that arrive during a sync share the
    /// next one.
    ///
    /// # Errors
    /// If the sync fails. The unsynced data is kept for the next sync.
    pub(super) fn sync(&self, up_to: SyncTicket) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= up_to {
            return Ok(());
        }
        let unsynced = self.state().take_unsynced();
        let up_to = unsynced.up_to;
        if let Err(why) = self.sync_files(&unsynced) {
            let mut state = self.state();
            state.restore_unsynced(unsynced);
            self.has_failed_sync.store(true, Ordering::Release);
            state.handle_error(&why);
            return Err(why);
        }
        *synced = up_to;
        self.has_failed_sync.store(false, Ordering::Release);
        Ok(())
    }

    /// With [`Durability::Immediate`]: syncs what a failed sync has left, before more is accepted.
    ///
    /// # Errors
    /// If the sync fails again.
    pub(super) fn retry_sync(&self) -> io::Result<()> {
        if self.syncs_within().is_some() || !self.has_failed_sync.load(Ordering::Acquire) {
            return Ok(());
        }
        let all = self.state().ticket();
        self.sync(all)
    }

    fn sync_files(&self, unsynced: &Unsynced) -> io::Result<()> {
        for log in &unsynced.logs {
            log.sync_data()?;
        }
        if unsynced.names {
            self.folder.sync()?;
        }
        self.state().check_open_log(&self.folder)
    }

    /// How long appended payloads may stay unsynced; `None` if `track` waits for each sync.
    pub(super) fn syncs_within(&self) -> Option<Duration> {
        match self.folder.durability() {
            Durability::Within(within) => Some(within),
            Durability::Immediate => None,
        }
    }

    /// Waits until a payload was appended that is not synced.
    pub(super) async fn dirtied(&self) {
        self.dirty.notified().await;
    }

    /// Syncs everything.
    ///
    /// # Errors
    /// If the sync fails. The next append returns the error, too.
    pub(super) fn sync_all(&self) -> io::Result<()> {
        let all = self.state().ticket();
        let synced = self.sync(all);
        if let Err(why) = &synced {
            self.state().defer_error(recovery::copy(why));
        }
        synced
    }

    /// Stops taking payloads, syncs the rest, and unlocks the folder for another client. A second
    /// call does nothing.
    ///
    /// # Errors
    /// If the sync fails, or the error of a background operation that no append has returned. The
    /// folder is unlocked then, too.
    pub(super) fn close(&self) -> io::Result<()> {
        let mut state = self.state();
        if !state.close() {
            return Ok(());
        }
        let settled = state.close_last();
        self.remove(state, settled);
        let synced = self.sync_all();
        let done = (self.working.1).wait_while(self.working(), |working| *working > 0);
        drop(done);
        self.folder.unlock();
        synced.and(self.state().take_deferred())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Work on files that is done without the lock.
struct Work<'s>(&'s Spool);

impl Drop for Work<'_> {
    fn drop(&mut self) {
        *self.0.working() -= 1;
        self.0.working.1.notify_all();
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        // A client that has queued something has closed it before.
        let _ = self.close();
    }
}

/// Splits records into runs of one volume each.
fn by_volume(records: &[RecordId]) -> impl Iterator<Item = &[RecordId]> {
    records.chunk_by(|one, next| one.volume == next.volume)
}

/// The locked spool, open for one payload.
pub(super) struct Appender<'s> {
    spool: &'s Spool,
    state: MutexGuard<'s, State>,
}

impl Appender<'_> {
    /// Whether a payload of this size fits now.
    pub(super) fn has_room(&self, size: usize) -> bool {
        self.state.bytes() + format::size(size) as u64 <= self.spool.max_bytes
    }

    /// Whether a payload of this size needs another file, and the files take so much more than the
    /// bound that they have to be rewritten first.
    pub(super) fn is_behind(&self, size: usize) -> bool {
        self.spool.is_behind(&self.state) && !self.state.fits(format::size(size) as u64)
    }

    /// Whether a payload of this size fits into an empty spool.
    pub(super) fn could_hold(&self, size: usize) -> bool {
        format::size(size) as u64 <= self.spool.max_bytes
    }

    /// Writes a payload. Call [`mark_loaded`](Self::mark_loaded) if it goes into memory at once,
    /// and [`notify_backlog`](Self::notify_backlog) otherwise.
    ///
    /// # Errors
    /// If it cannot be written. The files are as before.
    pub(super) fn append(
        &mut self,
        kind: PayloadKind,
        shown: Shown,
        payload: &[u8],
    ) -> io::Result<(RecordId, SyncTicket)> {
        let kind = record_kind(kind, shown);
        let next = self.state.next();
        let record = (self.state).append(&self.spool.folder, kind, payload)?;
        if self.state.next() != next {
            self.spool.notify_crowded(&self.state);
        }
        if self.state.mark_dirty() {
            self.spool.dirty.notify_one();
        }
        Ok((record, self.state.ticket()))
    }

    /// Whether earlier payloads are only on disk. They have to be loaded before the next one.
    pub(super) fn has_backlog(&self) -> bool {
        self.state.has_backlog()
    }

    /// The payload appended last is in memory, too.
    pub(super) fn mark_loaded(&mut self) {
        self.state.mark_last_loaded();
    }

    /// The payload appended last is only on disk, to be loaded when there is room.
    pub(super) fn notify_backlog(&self) {
        self.spool.backlog.notify_one();
    }

    /// Whether `track` has to wait for [`Spool::sync`].
    pub(super) fn syncs_immediately(&self) -> bool {
        self.spool.folder.durability() == Durability::Immediate
    }
}
