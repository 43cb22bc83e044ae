//! The state of the spool's files. Guarded by one lock.

use super::deletions::Deletions;
use super::folder::Folder;
use super::format::{self, Kind};
use super::reserve::Reserve;
use super::volume::{UnsyncedAcks, Volume};
use super::{Acked, RecordId, SyncTicket};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Size at which a new volume is started: small enough to be read at once, large enough that there
/// are few files.
pub(super) const VOLUME_SIZE: u64 = 4 << 20;

/// Size from which a volume without live payloads is replaced by a new one.
const REPLACE_SIZE: u64 = 256 << 10;

/// Largest buffer for building records that is kept.
const LARGEST_BUFFER: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct State {
    pub(super) reserve: Reserve,
    volumes: BTreeMap<u32, Volume>,
    /// Volumes whose files are removed when the lock is released next: all of their payloads are
    /// settled, and acknowledged.
    pub(super) removable: Vec<Volume>,
    /// The sizes of the logs of earlier processes that were not taken over yet. They come
    /// before the volumes that this process has created.
    left: BTreeMap<u32, u64>,
    /// Number of the next volume.
    next: u32,
    /// Payloads accepted by this process or found in the logs of earlier ones.
    pub(super) accepted: u64,
    /// How many of `accepted` are or were in memory.
    pub(super) loaded: u64,
    pub(super) recovered: u64,
    /// Damaged regions of the file of deletions, until they are reported.
    pub(super) damage: Vec<Vec<u8>>,
    /// Why the next payloads cannot be read from disk.
    pub(super) unreadable: Option<io::Error>,
    /// Why payloads cannot be acknowledged before they are sent.
    pub(super) unmarkable: Option<io::Error>,
    /// How often that was found.
    pub(super) failed_marks: u64,
    /// Everything before this position was loaded.
    pub(super) position: ReadPosition,
    pub(super) deletions: Deletions,
    /// Size of the records of live payloads, and of the logs that were not taken over yet: it is
    /// not known how many of their payloads are live.
    bytes: u64,
    /// Payloads appended by this process.
    appended: u64,
    /// The sync task has been notified since the last sync.
    dirty: bool,
    /// Closed logs that were not synced.
    unsynced: Vec<Arc<File>>,
    /// The folder has new file names that were not synced.
    names: bool,
    /// An error of a background operation, which the next append returns.
    deferred: Option<io::Error>,
    closed: bool,
    buffer: Vec<u8>,
}

/// How far the spool was loaded into memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::delivery) struct ReadPosition {
    pub(super) volume: u32,
    pub(super) offset: u64,
}

/// The input of a sync: logs and file names that are not on disk yet.
pub(super) struct Unsynced {
    pub(super) up_to: SyncTicket,
    pub(super) logs: Vec<Arc<File>>,
    pub(super) names: bool,
}

impl State {
    /// The state of a folder with these logs.
    pub(super) fn new(left: BTreeMap<u32, u64>, next: u32) -> Self {
        Self {
            reserve: Reserve::default(),
            volumes: BTreeMap::new(),
            removable: Vec::new(),
            bytes: left.values().sum(),
            left,
            next,
            accepted: 0,
            loaded: 0,
            recovered: 0,
            damage: Vec::new(),
            unreadable: None,
            unmarkable: None,
            failed_marks: 0,
            position: ReadPosition::default(),
            deletions: Deletions::default(),
            appended: 0,
            dirty: false,
            unsynced: Vec::new(),
            names: false,
            deferred: None,
            closed: false,
            buffer: Vec::new(),
        }
    }

    /// The numbers of the logs that were not taken over yet.
    pub(super) fn left(&self) -> impl Iterator<Item = u32> {
        self.left.keys().copied()
    }

    /// The oldest log that was not taken over yet.
    pub(super) fn next_left(&self) -> Option<u32> {
        self.left().next()
    }

    /// Whether logs of earlier processes were not taken over yet.
    pub(super) fn is_recovering(&self) -> bool {
        !self.left.is_empty()
    }

    /// Counts the payloads of a log that an earlier process left. `None` if the spool is closed:
    /// another client may use the folder.
    pub(super) fn take_over(&mut self, volume: Volume) -> Option<()> {
        if self.closed {
            return None;
        }
        self.bytes -= self.left.remove(&volume.number)?;
        self.recovered += volume.live;
        self.accepted += volume.live;
        self.bytes += volume.live_bytes;
        self.volumes.insert(volume.number, volume);
        Some(())
    }

    pub(super) fn append(
        &mut self,
        folder: &Folder,
        kind: Kind,
        payload: &[u8],
    ) -> io::Result<RecordId> {
        if self.closed {
            return Err(io::Error::other("the spool is closed"));
        }
        self.take_deferred()?;
        let mut record = std::mem::take(&mut self.buffer);
        record.clear();
        let appended = match format::append(&mut record, kind, payload) {
            Some(()) => self.append_record(folder, &record),
            None => Err(io::ErrorKind::InvalidInput.into()),
        };
        if record.capacity() <= LARGEST_BUFFER {
            self.buffer = record;
        }
        appended
    }

    fn append_record(&mut self, folder: &Folder, record: &[u8]) -> io::Result<RecordId> {
        self.reserve.keep(folder)?;
        let size = record.len() as u64;
        if !self.fits(size) {
            let last = self.volumes.values_mut().next_back();
            if let Some(full) = last.filter(|last| last.is_open()) {
                self.unsynced.extend(full.log().filter(|_| full.live > 0));
                full.close();
                let number = full.number;
                let settled = self.take_settled(number);
                self.removable.extend(settled);
            }
            let number = self.next;
            let next = number.checked_add(1);
            let next = next.ok_or_else(|| io::Error::other("no number is left for a file"))?;
            let volume = Volume::create(folder, number)?;
            self.volumes.insert(number, volume);
            self.next = next;
            self.names = true;
        }
        let Some(mut last) = self.volumes.last_entry() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let offset = last.get_mut().append(record)?;
        self.bytes += size;
        self.accepted += 1;
        self.appended += 1;
        Ok(RecordId {
            volume: *last.key(),
            offset,
            size: format::offset(record.len()),
        })
    }

    /// Whether a record of this size goes into the log that takes payloads.
    pub(super) fn fits(&self, size: u64) -> bool {
        let last = self.volumes.values().next_back();
        last.is_some_and(|last| {
            let replace = last.live == 0 && last.length >= REPLACE_SIZE;
            let has_room = last.length + size <= VOLUME_SIZE || last.live == 0;
            last.is_open() && !replace && has_room
        })
    }

    /// The number of the next log. It changes when a log is started.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// How many bytes of the disk all logs take.
    pub(super) fn on_disk(&self) -> u64 {
        let volumes = self.volumes.values().map(|volume| volume.on_disk);
        self.left.values().copied().chain(volumes).sum()
    }

    /// Counts the payload that was appended last as loaded. All before it must be loaded already.
    pub(super) fn mark_last_loaded(&mut self) {
        if let Some(mut last) = self.volumes.last_entry() {
            let last = last.get_mut();
            last.unread -= 1;
            self.loaded += 1;
            self.position = ReadPosition {
                volume: last.number,
                offset: last.length,
            };
        }
    }

    /// The end of the payloads; `None` without any.
    pub(super) fn end(&self) -> Option<ReadPosition> {
        let last = self.volumes.values().next_back();
        let last = last.map(|last| ReadPosition {
            volume: last.number,
            offset: last.length,
        });
        let left = self.left.last_key_value();
        let left = left.map(|(&volume, _)| ReadPosition {
            volume,
            // It takes no more payloads, and moved ones may have any offset.
            offset: u32::MAX.into(),
        });
        last.max(left)
    }

    /// Whether payloads are only on disk, or may be.
    pub(super) fn has_backlog(&self) -> bool {
        self.is_recovering() || self.loaded < self.accepted
    }

    /// Settles payloads of one volume. Returns the volume if its files are to be removed.
    pub(super) fn settle(
        &mut self,
        folder: &Folder,
        records: &[RecordId],
        acked: Acked,
    ) -> Option<Volume> {
        let record = records.first()?;
        let payloads = records.len() as u64;
        if acked == Acked::Yes
            && let Some(volume) = self.volumes.get_mut(&record.volume)
        {
            volume.marked = volume.marked.saturating_sub(payloads);
        }
        let bytes = records.iter().map(|record| u64::from(record.size)).sum();
        if !self.forget(record.volume, payloads, Some(bytes))
            && acked == Acked::No
            && let Err(why) = self.write_acks(folder, Kind::Ack, records)
        {
            // Nothing is lost, but a later process may deliver these payloads again.
            self.defer_error(why);
        }
        self.take_settled(record.volume)
    }

    /// Removes payloads from the counts, with the size of their records if it is known. Returns
    /// whether their volume has no live payloads and takes no more, so that it can be removed.
    pub(super) fn forget(&mut self, volume: u32, payloads: u64, bytes: Option<u64>) -> bool {
        let Some(volume) = self.volumes.get_mut(&volume) else {
            return true;
        };
        let before = volume.live_bytes;
        volume.settle(payloads, bytes);
        self.bytes -= before - volume.live_bytes;
        volume.live == 0 && !volume.is_open()
    }

    /// Writes an ack or unack record for payloads of one volume, and returns its place.
    pub(super) fn write_acks(
        &mut self,
        folder: &Folder,
        kind: Kind,
        records: &[RecordId],
    ) -> io::Result<Range<u64>> {
        let offsets: Vec<u8> = records
            .iter()
            .flat_map(|record| record.offset.to_le_bytes())
            .collect();
        let volume = records
            .first()
            .and_then(|record| self.volumes.get_mut(&record.volume));
        let Some(volume) = volume else {
            return Ok(0..0);
        };
        match volume.write_acks(folder, kind, &offsets) {
            Err(why) if self.reserve.release(folder, &why) => {
                volume.write_acks(folder, kind, &offsets)
            }
            written => written,
        }
    }

    /// Writes an ack record for payloads of one volume that are about to be sent, and returns its
    /// place.
    pub(super) fn write_marks(
        &mut self,
        folder: &Folder,
        records: &[RecordId],
    ) -> io::Result<Range<u64>> {
        let place = self.write_acks(folder, Kind::Ack, records)?;
        if let Some(volume) = self.volume_of(records) {
            volume.marked += records.len() as u64;
        }
        Ok(place)
    }

    /// The acks of the volume of these records, to be synced.
    pub(super) fn unsynced_acks(&mut self, records: &[RecordId]) -> Option<UnsyncedAcks> {
        self.volume_of(records)?.unsynced_acks()
    }

    /// The names of these acks were synced.
    pub(super) fn set_acks_synced(&mut self, acks: &[UnsyncedAcks]) {
        for acks in acks {
            if let Some(volume) = self.volumes.get_mut(&acks.volume) {
                volume.has_synced_acks = true;
            }
        }
    }

    /// Takes marks back. Needs no room if they are still the last ones.
    pub(super) fn undo_marks(&mut self, folder: &Folder, records: &[RecordId], place: &Range<u64>) {
        let cut = self.volume_of(records).map(|volume| {
            volume.marked = volume.marked.saturating_sub(records.len() as u64);
            volume.cut_acks(place)
        });
        if matches!(cut, Some(Ok(false) | Err(_))) {
            let _ = self.write_acks(folder, Kind::Unack, records);
        }
    }

    /// Writes an unack record for payloads of one volume that were marked.
    ///
    /// # Errors
    /// If it cannot be written. They do not count as marked any more: the next attempt marks them
    /// again.
    pub(super) fn unmark(&mut self, folder: &Folder, records: &[RecordId]) -> io::Result<()> {
        if let Some(volume) = self.volume_of(records) {
            volume.marked = volume.marked.saturating_sub(records.len() as u64);
        }
        self.write_acks(folder, Kind::Unack, records).map(drop)
    }

    fn volume_of(&mut self, records: &[RecordId]) -> Option<&mut Volume> {
        self.volumes.get_mut(&records.first()?.volume)
    }

    /// Forgets a volume that has no live payloads, unless it is open for more. The caller removes
    /// its files.
    pub(super) fn take_settled(&mut self, number: u32) -> Option<Volume> {
        let done = |volume: &Volume| volume.live == 0 && !volume.is_open();
        self.volumes.get(&number).filter(|volume| done(volume))?;
        self.volumes.remove(&number)
    }

    pub(super) fn volumes(&self) -> &BTreeMap<u32, Volume> {
        &self.volumes
    }

    pub(super) fn volumes_mut(&mut self) -> &mut BTreeMap<u32, Volume> {
        &mut self.volumes
    }

    pub(super) fn live(&self) -> u64 {
        self.volumes.values().map(|volume| volume.live).sum()
    }

    pub(super) fn set_bytes(&mut self, bytes: u64) {
        self.bytes = bytes;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn ticket(&self) -> SyncTicket {
        SyncTicket(self.appended)
    }

    /// Marks the spool dirty. Returns whether the sync task has to be notified.
    pub(super) fn mark_dirty(&mut self) -> bool {
        !std::mem::replace(&mut self.dirty, true)
    }

    /// Takes everything that is not synced.
    pub(super) fn take_unsynced(&mut self) -> Unsynced {
        self.dirty = false;
        let mut logs = std::mem::take(&mut self.unsynced);
        logs.extend(self.volumes.values().filter_map(Volume::log));
        Unsynced {
            up_to: self.ticket(),
            logs,
            names: std::mem::take(&mut self.names),
        }
    }

    /// Records an error of a background operation. The next append returns it.
    pub(super) fn defer_error(&mut self, why: io::Error) {
        self.handle_error(&why);
        self.deferred = Some(why);
    }

    /// # Errors
    /// The error of a background operation, unless it was returned already.
    pub(super) fn take_deferred(&mut self) -> io::Result<()> {
        self.deferred.take().map_or(Ok(()), Err)
    }

    /// Stops using a log that was deleted: data appended to it would be lost with the process.
    pub(super) fn handle_error(&mut self, why: &io::Error) {
        if why.kind() == io::ErrorKind::NotFound {
            let settled = self.close_last();
            self.removable.extend(settled);
        }
    }

    /// Fails if the log that takes payloads was deleted.
    pub(super) fn check_open_log(&self, folder: &Folder) -> io::Result<()> {
        match self.volumes.last_key_value() {
            Some((number, last)) if last.is_open() => fs::metadata(folder.log(*number)).map(drop),
            _ => Ok(()),
        }
    }

    /// Restores the input of a failed sync.
    pub(super) fn restore_unsynced(&mut self, unsynced: Unsynced) {
        let open: Vec<_> = self.volumes.values().filter_map(Volume::log).collect();
        let closed = |log: &Arc<File>| !open.iter().any(|open| Arc::ptr_eq(open, log));
        self.unsynced
            .extend(unsynced.logs.into_iter().filter(closed));
        self.names |= unsynced.names;
    }

    /// Stops taking payloads. Returns whether the spool was open until now.
    pub(super) fn close(&mut self) -> bool {
        !std::mem::replace(&mut self.closed, true)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Closes the log that takes payloads. Returns its volume if its files are to be removed.
    pub(super) fn close_last(&mut self) -> Option<Volume> {
        let mut last = self.volumes.last_entry()?;
        let last = last.get_mut();
        self.unsynced.extend(last.log());
        last.close();
        let number = last.number;
        self.take_settled(number)
    }
}
