//! What is known of the files of a spool, under one lock.

use super::folder::Folder;
use super::record::{self, Kind};
use super::volume::{Recovered, Volume};
use super::{Marked, Place, Ticket};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::sync::Arc;

/// When the next volume is begun: small enough to be read at once, large enough that few are made.
const VOLUME: u64 = 4 << 20;

/// A volume in which nothing waits is begun anew from this size on.
const WORN: u64 = 256 << 10;

/// What is kept of the memory in which records are put together.
const LARGEST_FRAME: usize = 64 << 10;

#[derive(Debug)]
pub(super) struct State {
    volumes: BTreeMap<u32, Volume>,
    /// The number of the next volume.
    next: u32,
    /// Payloads: taken in by this process or found, and those among them that are or were in memory.
    pub(super) taken: u64,
    pub(super) read: u64,
    pub(super) recovered: u64,
    /// Places that could not be read, until somebody was told.
    pub(super) damage: Vec<Vec<u8>>,
    /// What is before this was read.
    pub(super) reader: Reader,
    bytes: u64,
    appended: u64,
    /// Somebody knows that the disk has not everything.
    dirty: bool,
    /// Closed volumes that the disk has not, and whether it has not the names of some.
    unsynced: Vec<Arc<File>>,
    names: bool,
    /// What went wrong where nobody could be told.
    trouble: Option<io::Error>,
    closed: bool,
    frame: Vec<u8>,
}

/// How far the spool was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Reader {
    pub(super) volume: u32,
    pub(super) offset: u64,
}

/// What the disk is to be given.
pub(super) struct Unsynced {
    pub(super) up_to: Ticket,
    pub(super) logs: Vec<Arc<File>>,
    pub(super) names: bool,
}

impl State {
    pub(super) fn new(next: u32) -> Self {
        Self {
            volumes: BTreeMap::new(),
            next,
            taken: 0,
            read: 0,
            recovered: 0,
            damage: Vec::new(),
            reader: Reader::default(),
            bytes: 0,
            appended: 0,
            dirty: false,
            unsynced: Vec::new(),
            names: false,
            trouble: None,
            closed: false,
            frame: Vec::new(),
        }
    }

    /// A volume of an earlier process.
    pub(super) fn found(&mut self, found: Recovered, folder: &Folder) {
        let Recovered { volume, damage } = found;
        self.damage.extend(damage);
        if volume.live == 0 {
            volume.remove(folder);
            return;
        }
        self.recovered += volume.live;
        self.taken += volume.live;
        self.bytes += volume.live_bytes;
        self.volumes.insert(volume.number, volume);
    }

    pub(super) fn append(
        &mut self,
        folder: &Folder,
        kind: Kind,
        payload: &[u8],
    ) -> io::Result<Place> {
        if self.closed {
            return Err(io::Error::other("the spool is closed"));
        }
        if let Some(trouble) = self.trouble.take() {
            return Err(trouble);
        }
        let mut frame = std::mem::take(&mut self.frame);
        frame.clear();
        let appended = match record::append(&mut frame, kind, payload) {
            Some(()) => self.append_record(folder, &frame),
            None => Err(io::ErrorKind::InvalidInput.into()),
        };
        if frame.capacity() <= LARGEST_FRAME {
            self.frame = frame;
        }
        appended
    }

    fn append_record(&mut self, folder: &Folder, record: &[u8]) -> io::Result<Place> {
        let size = record.len() as u64;
        let open = match self.volumes.last_entry() {
            Some(last) if last.get().is_open() => Some(last.into_mut()),
            _ => None,
        };
        let fits = open.as_ref().is_some_and(|open| {
            let worn = open.live == 0 && open.length >= WORN;
            !worn && (open.length + size <= VOLUME || open.live == 0)
        });
        if !fits {
            if let Some(full) = open {
                self.unsynced.extend(full.log().filter(|_| full.live > 0));
                full.close();
                let number = full.number;
                self.clear_away(folder, number);
            }
            let volume = Volume::create(folder, self.next)?;
            self.volumes.insert(self.next, volume);
            self.next += 1;
            self.names = true;
        }
        let Some(mut last) = self.volumes.last_entry() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let offset = last.get_mut().append(record)?;
        self.bytes += size;
        self.taken += 1;
        self.appended += 1;
        Ok(Place {
            volume: *last.key(),
            offset,
        })
    }

    /// What was appended last is in memory, too, as all before it.
    pub(super) fn pass_last(&mut self) {
        if let Some(mut last) = self.volumes.last_entry() {
            let last = last.get_mut();
            last.unread -= 1;
            self.read += 1;
            self.reader = Reader {
                volume: last.number,
                offset: last.length,
            };
        }
    }

    pub(super) fn is_behind(&self) -> bool {
        self.read < self.taken
    }

    /// Those places, of one volume, are done with.
    pub(super) fn settle(&mut self, folder: &Folder, places: &[Place], marked: Marked) {
        let Some(place) = places.first() else {
            return;
        };
        let payloads = places.len() as u64;
        if !self.forget(place.volume, payloads)
            && marked == Marked::No
            && let Err(why) = self.mark(folder, Kind::Out, places)
        {
            // Nothing is lost: what is delivered may be delivered again by a later process.
            self.trouble(folder, why);
        }
        self.clear_away(folder, place.volume);
    }

    /// Takes payloads out of the books; tells whether their volume has none left, and will have none.
    pub(super) fn forget(&mut self, volume: u32, payloads: u64) -> bool {
        let Some(volume) = self.volumes.get_mut(&volume) else {
            return true;
        };
        let before = volume.live_bytes;
        volume.settle(payloads);
        self.bytes -= before - volume.live_bytes;
        volume.live == 0 && !volume.is_open()
    }

    pub(super) fn mark(&mut self, folder: &Folder, kind: Kind, places: &[Place]) -> io::Result<()> {
        let offsets: Vec<u8> = places
            .iter()
            .flat_map(|place| place.offset.to_le_bytes())
            .collect();
        let volume = places
            .first()
            .and_then(|place| self.volumes.get_mut(&place.volume));
        volume.map_or(Ok(()), |volume| volume.mark(folder, kind, &offsets))
    }

    /// Deletes a volume in which nothing waits, unless it takes more in.
    pub(super) fn clear_away(&mut self, folder: &Folder, number: u32) {
        let done = |volume: &Volume| volume.live == 0 && !volume.is_open();
        if self.volumes.get(&number).is_some_and(done)
            && let Some(volume) = self.volumes.remove(&number)
        {
            volume.remove(folder);
        }
    }

    pub(super) fn volumes(&mut self) -> &mut BTreeMap<u32, Volume> {
        &mut self.volumes
    }

    pub(super) fn live(&self) -> u64 {
        self.volumes.values().map(|volume| volume.live).sum()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) fn ticket(&self) -> Ticket {
        Ticket(self.appended)
    }

    /// Whether the disk has to be given something, and nobody knows yet.
    pub(super) fn gets_dirty(&mut self) -> bool {
        !std::mem::replace(&mut self.dirty, true)
    }

    /// What the disk has not.
    pub(super) fn unsynced(&mut self) -> Unsynced {
        self.dirty = false;
        let mut logs = std::mem::take(&mut self.unsynced);
        logs.extend(self.volumes.values().filter_map(Volume::log));
        Unsynced {
            up_to: self.ticket(),
            logs,
            names: std::mem::take(&mut self.names),
        }
    }

    /// Something went wrong behind the caller's back: the next one to track hears of it.
    pub(super) fn trouble(&mut self, folder: &Folder, why: io::Error) {
        self.failed(folder, &why);
        self.trouble = Some(why);
    }

    /// The disk did not do something that it was asked to.
    pub(super) fn failed(&mut self, folder: &Folder, why: &io::Error) {
        if why.kind() == io::ErrorKind::NotFound {
            // What is put into a file that has no name any more is lost with the process.
            self.close_last(folder);
        }
    }

    /// Fails where the file that takes something in was deleted.
    pub(super) fn is_there(&self, folder: &Folder) -> io::Result<()> {
        match self.volumes.last_key_value() {
            Some((number, last)) if last.is_open() => fs::metadata(folder.log(*number)).map(drop),
            _ => Ok(()),
        }
    }

    /// What could not be given to the disk is to be given to it another time.
    pub(super) fn still_unsynced(&mut self, unsynced: Unsynced) {
        let open: Vec<_> = self.volumes.values().filter_map(Volume::log).collect();
        let closed = |log: &Arc<File>| !open.iter().any(|open| Arc::ptr_eq(open, log));
        self.unsynced
            .extend(unsynced.logs.into_iter().filter(closed));
        self.names |= unsynced.names;
    }

    /// Takes nothing more in; tells whether it did until now.
    pub(super) fn close(&mut self, folder: &Folder) -> bool {
        if std::mem::replace(&mut self.closed, true) {
            return false;
        }
        self.close_last(folder);
        true
    }

    fn close_last(&mut self, folder: &Folder) {
        if let Some(mut last) = self.volumes.last_entry() {
            let last = last.get_mut();
            self.unsynced.extend(last.log());
            last.close();
            let number = last.number;
            self.clear_away(folder, number);
        }
    }
}
