//! What is queued, on disk: files to which records are only ever appended, and that go when nothing in them is needed.
//!
//! `track` hands its record to the operating system before it returns, so that the end of the process costs nothing, and waits for
//! no disk, unless it is told to. A store with transactions does one or the other: what it commits without the disk is lost with
//! the process. And where a file is cut or a bit of it flips, whatever else is in it can still be read.
//!
//! What does not fit into memory waits here alone, and is read again, in order, when there is room. So is what an earlier process
//! left.

mod folder;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod options;
mod reader;
mod record;
mod state;
mod volume;

pub use options::{Durability, SpoolOptions};
pub(super) use reader::{Loaded, Missing, Unread};

use super::intake::What;
use super::stats::OnDisk;
use crate::error::Error;
use crate::typed::SubjectKind;
use folder::Folder;
use record::Kind;
use state::{State, Unsynced};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use volume::Volume;

impl What {
    /// How it is called in the files.
    fn kind(self) -> Kind {
        match self {
            Self::Event(SubjectKind::User) => Kind::UserEvent,
            Self::Event(SubjectKind::Organization) => Kind::OrganizationEvent,
            Self::Upsert(SubjectKind::User) => Kind::User,
            Self::Upsert(SubjectKind::Organization) => Kind::Organization,
        }
    }

    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::UserEvent => Some(Self::Event(SubjectKind::User)),
            Kind::OrganizationEvent => Some(Self::Event(SubjectKind::Organization)),
            Kind::User => Some(Self::Upsert(SubjectKind::User)),
            Kind::Organization => Some(Self::Upsert(SubjectKind::Organization)),
            Kind::Format | Kind::Out | Kind::Back => None,
        }
    }
}

/// Where a payload lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    volume: u32,
    offset: u32,
}

/// Whether it is written down already that payloads are not to be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    Yes,
    No,
}

/// Counts what the disk is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

/// The spool of one client.
#[derive(Debug)]
pub(crate) struct Spool {
    folder: Arc<Folder>,
    max_bytes: u64,
    durability: Durability,
    state: Mutex<State>,
    /// What the disk has; held while it is asked to take more.
    synced: Mutex<Ticket>,
    /// Something waits on disk alone.
    behind: Notify,
    /// The disk has not everything.
    dirty: Notify,
}

impl Spool {
    /// Opens the spool, and looks at all that is in it.
    ///
    /// # Errors
    /// When the folder cannot be used, is another's, or was written by a newer version of this crate.
    pub(crate) fn open(options: &SpoolOptions) -> Result<Self, Error> {
        let folder = Folder::open(&options.path)?;
        let failed = |why| folder::unusable(&options.path, why);
        let (numbers, next) = folder.volumes().map_err(failed)?;
        let mut state = State::new(next);
        for number in numbers {
            let recovered = Volume::recover(&folder, number)?;
            state.found(recovered, &folder);
        }
        Ok(Self {
            folder: Arc::new(folder),
            max_bytes: options.max_bytes,
            durability: options.durability,
            state: Mutex::new(state),
            synced: Mutex::new(Ticket(0)),
            behind: Notify::new(),
            dirty: Notify::new(),
        })
    }

    /// The places in its files that could not be read when it was opened.
    pub(super) fn damage(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.state().damage)
    }

    /// Opens the way in; nobody else gets past while it is held, so that the order on disk is the order in memory.
    pub(super) fn intake(&self) -> Intake<'_> {
        Intake {
            spool: self,
            state: self.state(),
        }
    }

    /// It is known what became of these: they are not sent again.
    pub(super) fn settle(&self, places: &[Place], marked: Marked) {
        let mut state = self.state();
        for places in of_one_volume(places) {
            state.settle(&self.folder, places, marked);
        }
    }

    /// Writes down that these are not to be sent again, before they leave. Where that cannot be written they must not, and the
    /// next one to track hears of it.
    pub(super) fn leave(&self, places: &[Place]) -> Marked {
        let mut state = self.state();
        for (written, run) in of_one_volume(places).enumerate() {
            if let Err(why) = state.mark(&self.folder, Kind::Out, run) {
                for run in of_one_volume(places).take(written) {
                    // None leaves, so a later process is to send them all.
                    let _ = state.mark(&self.folder, Kind::Back, run);
                }
                state.trouble(&self.folder, why);
                return Marked::No;
            }
        }
        Marked::Yes
    }

    /// Writes down that these did not get anywhere.
    ///
    /// # Errors
    /// When that cannot be written: a later process will not send them.
    pub(super) fn come_back(&self, places: &[Place]) -> io::Result<()> {
        let mut state = self.state();
        for places in of_one_volume(places) {
            state.mark(&self.folder, Kind::Back, places)?;
        }
        Ok(())
    }

    /// How much was taken in until now.
    pub(super) fn end(&self) -> u64 {
        self.state().taken
    }

    /// Whether all of that was read again, where it was not in memory anyway.
    pub(super) fn is_read_to(&self, end: u64) -> bool {
        self.state().read >= end
    }

    pub(super) fn figures(&self) -> OnDisk {
        let state = self.state();
        OnDisk {
            accepted: state.taken,
            recovered: state.recovered,
            waiting: state.live(),
        }
    }

    /// Lets the disk have what `track` accepted up to this ticket. Who comes while another waits for the disk shares the wait.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(super) fn sync(&self, up_to: Ticket) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if *synced >= up_to {
            return Ok(());
        }
        let unsynced = self.state().unsynced();
        let up_to = unsynced.up_to;
        if let Err(why) = self.give(&unsynced) {
            let mut state = self.state();
            state.still_unsynced(unsynced);
            state.failed(&self.folder, &why);
            return Err(why);
        }
        *synced = up_to;
        Ok(())
    }

    fn give(&self, unsynced: &Unsynced) -> io::Result<()> {
        for log in &unsynced.logs {
            log.sync_data()?;
        }
        if unsynced.names {
            self.folder.sync()?;
        }
        self.state().is_there(&self.folder)
    }

    /// What accumulates before the disk is asked to take it; nothing where `track` waits for that.
    pub(super) fn syncs_within(&self) -> Option<Duration> {
        match self.durability {
            Durability::Within(within) => Some(within),
            Durability::Immediate => None,
        }
    }

    /// Waits until the disk has not everything.
    pub(super) async fn is_dirty(&self) {
        self.dirty.notified().await;
    }

    /// Lets the disk have all that was accepted. Where it does not take it, the next one to track hears of it.
    pub(super) fn sync_all(&self) {
        let all = self.state().ticket();
        if let Err(why) = self.sync(all) {
            self.state().trouble(&self.folder, why);
        }
    }

    /// Takes nothing more in, lets the disk have the rest, and gives the folder free for another client.
    pub(super) fn close(&self) {
        if self.state().close(&self.folder) {
            self.sync_all();
            self.folder.unlock();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        self.close();
    }
}

/// Runs of places in one volume each.
fn of_one_volume(places: &[Place]) -> impl Iterator<Item = &[Place]> {
    places.chunk_by(|one, next| one.volume == next.volume)
}

/// The way in.
pub(super) struct Intake<'s> {
    spool: &'s Spool,
    state: MutexGuard<'s, State>,
}

impl Intake<'_> {
    /// Whether a payload of this size may be appended.
    pub(super) fn has_room(&self, size: usize) -> bool {
        self.state.bytes() + record::size(size) as u64 <= self.spool.max_bytes
    }

    /// Whether a payload of this size could ever be.
    pub(super) fn could_hold(&self, size: usize) -> bool {
        record::size(size) as u64 <= self.spool.max_bytes
    }

    /// Hands a payload to the operating system. It waits on disk alone, unless [`passed`](Self::passed) says otherwise.
    ///
    /// # Errors
    /// When it cannot be written; nothing of it stays.
    pub(super) fn append(&mut self, what: What, payload: &[u8]) -> io::Result<(Place, Ticket)> {
        let place = self
            .state
            .append(&self.spool.folder, what.kind(), payload)?;
        if self.state.gets_dirty() {
            self.spool.dirty.notify_one();
        }
        Ok((place, self.state.ticket()))
    }

    /// Whether something waits on disk alone, which is to leave before whatever comes now.
    pub(super) fn is_behind(&self) -> bool {
        self.state.is_behind()
    }

    /// What was appended last is in memory, too.
    pub(super) fn passed(&mut self) {
        self.state.pass_last();
    }

    /// What was appended last is to be read again when there is room.
    pub(super) fn left_behind(&self) {
        self.spool.behind.notify_one();
    }

    /// Whether [`Spool::sync`] is to be waited for.
    pub(super) fn waits_for_the_disk(&self) -> bool {
        self.spool.durability == Durability::Immediate
    }
}
