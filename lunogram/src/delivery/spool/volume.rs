//! One volume: a log of payloads, its acknowledgements, and the state of both in memory.

use super::folder::{Folder, create, newer, private_file, unusable};
use super::format::{self, FORMAT, Found, Kind};
use crate::error::Error;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// How many bytes of a log [`check_readable`] reads: more than a format record has.
const START: u64 = 256;

#[derive(Debug)]
pub(super) struct Volume {
    pub(super) number: u32,
    /// The offset of the next payload, after those that were written or moved.
    pub(super) length: u64,
    /// Size of the log in bytes, complete records only.
    pub(super) on_disk: u64,
    /// Payloads that are not settled, and the size of their records.
    pub(super) live: u64,
    pub(super) live_bytes: u64,
    /// Payloads that are acknowledged because they are about to be sent, and not settled.
    pub(super) marked: u64,
    /// `live` when the last attempt to rewrite the log began, if it has failed or goes on.
    pub(super) failed_at: Option<u64>,
    /// Live payloads that were not loaded into memory yet.
    pub(super) unread: u64,
    /// The log contains damage: it is renamed instead of deleted.
    pub(super) damaged: bool,
    log: Option<Arc<File>>,
    acks: Option<Arc<File>>,
    /// The name of the acks was synced.
    pub(super) has_synced_acks: bool,
}

/// A volume that an earlier process left, read from disk.
#[derive(Debug)]
pub(super) struct Recovered {
    pub(super) volume: Volume,
    pub(super) slice: VolumeSlice,
    /// The bytes of its damaged regions.
    pub(super) damage: Vec<Vec<u8>>,
}

impl Volume {
    /// Creates an empty volume. On failure, no file stays.
    pub(super) fn create(folder: &Folder, number: u32) -> io::Result<Self> {
        let path = folder.log(number);
        let format = format::first_record();
        create(&path, &format)?;
        let log = private_file().read(true).write(true).open(&path)?;
        Ok(Self {
            number,
            length: format.len() as u64,
            on_disk: format.len() as u64,
            live: 0,
            live_bytes: 0,
            marked: 0,
            failed_at: None,
            unread: 0,
            damaged: false,
            log: Some(Arc::new(log)),
            acks: None,
            has_synced_acks: false,
        })
    }

    /// Reads a volume of an earlier process. It takes no more payloads. One that another program
    /// has deleted is empty, which is damage.
    ///
    /// # Errors
    /// If it cannot be read, or was written by a newer version of this crate.
    pub(super) fn recover(folder: &Folder, number: u32) -> io::Result<Recovered> {
        let path = folder.log(number);
        let bytes = match fs::read(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let acks = read_acks(&folder.acks(number), u64::MAX)?;
        let mut damage = Vec::new();
        let mut volume = Self {
            number,
            length: bytes.len() as u64,
            on_disk: bytes.len() as u64,
            live: 0,
            live_bytes: 0,
            marked: 0,
            failed_at: None,
            unread: 0,
            damaged: false,
            log: None,
            acks: None,
            has_synced_acks: false,
        };
        for found in format::scan(&bytes) {
            match found {
                Found::Record {
                    kind: Kind::Format,
                    body,
                    ..
                } => {
                    if bytes.get(body) != Some(FORMAT) {
                        return Err(io::Error::other(newer(&path)));
                    }
                }
                Found::Record { .. } => {}
                Found::Damage(region) => damage.extend(bytes.get(region).map(<[u8]>::to_vec)),
            }
        }
        for payload in format::payloads(&bytes, 0) {
            volume.length = volume.length.max(payload.end());
            if !acks.acked.contains(&payload.offset) {
                volume.live += 1;
                volume.live_bytes += format::size(payload.body.len()) as u64;
            }
        }
        if bytes.is_empty() {
            // A volume has at least its format record. Its payloads are lost, for example with a
            // loss of power.
            damage.push(Vec::new());
        }
        volume.unread = volume.live;
        volume.damaged = acks.damaged || !damage.is_empty();
        Ok(Recovered {
            volume,
            slice: VolumeSlice {
                from: 0,
                bytes,
                acked: acks.acked,
            },
            damage,
        })
    }

    /// Appends one complete record and returns its offset. On failure, the log is as before.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<u32> {
        let Some(log) = &self.log else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let start = self.length;
        if let Err(why) = write_at(log, record, start) {
            if log.set_len(start).is_err() {
                // A torn record stays at the end, so nothing may be appended to this log.
                self.log = None;
            }
            return Err(why);
        }
        self.length += record.len() as u64;
        self.on_disk = self.length;
        self.live += 1;
        self.live_bytes += record.len() as u64;
        self.unread += 1;
        Ok(format::offset(usize::try_from(start).unwrap_or(usize::MAX)))
    }

    /// Appends an ack or unack record, and returns its place in the file. `offsets` is its body.
    pub(super) fn write_acks(
        &mut self,
        folder: &Folder,
        kind: Kind,
        offsets: &[u8],
    ) -> io::Result<Range<u64>> {
        let mut record = Vec::new();
        if format::append(&mut record, kind, offsets).is_none() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let acks = match &mut self.acks {
            Some(acks) => acks,
            none => {
                let path = folder.acks(self.number);
                let file = private_file().create(true).append(true).open(path)?;
                none.insert(Arc::new(file))
            }
        };
        append_record(acks, &record)
    }

    /// Removes an ack or unack record, if it is still the last one. Returns whether it was.
    pub(super) fn cut_acks(&self, place: &Range<u64>) -> io::Result<bool> {
        let Some(acks) = &self.acks else {
            return Ok(false);
        };
        let is_last = acks.metadata()?.len() == place.end;
        if is_last {
            acks.set_len(place.start)?;
        }
        Ok(is_last)
    }

    /// The ack and unack records, to be synced.
    pub(super) fn unsynced_acks(&self) -> Option<UnsyncedAcks> {
        Some(UnsyncedAcks {
            volume: self.number,
            file: Arc::clone(self.acks.as_ref()?),
            has_synced_name: self.has_synced_acks,
        })
    }

    /// Counts payloads as settled. If the size of their records is not known, each takes an equal
    /// share.
    pub(super) fn settle(&mut self, payloads: u64, bytes: Option<u64>) {
        let share = || self.live_bytes * payloads.min(self.live) / self.live.max(1);
        let settled = bytes.unwrap_or_else(share);
        self.live -= payloads.min(self.live);
        // Moved records are larger, so that something is left at the end.
        self.live_bytes = match self.live {
            0 => 0,
            _ => self.live_bytes.saturating_sub(settled),
        };
    }

    /// The open log file, to be synced.
    pub(super) fn log(&self) -> Option<Arc<File>> {
        self.log.clone()
    }

    /// Whether payloads can be appended.
    pub(super) fn is_open(&self) -> bool {
        self.log.is_some()
    }

    /// Stops taking payloads.
    pub(super) fn close(&mut self) {
        self.log = None;
    }

    /// Removes the files of a volume whose payloads are all settled. A damaged log is renamed.
    pub(super) fn remove(mut self, folder: &Folder) {
        self.close();
        self.acks = None;
        let log = folder.log(self.number);
        let gone = if self.damaged {
            fs::rename(&log, folder.damaged(self.number))
        } else {
            fs::remove_file(&log)
        };
        // If the log cannot be removed, its acks are needed as long as it has payloads.
        let gone = gone.or_else(|_| {
            let emptied = File::options().write(true).truncate(true).open(&log);
            emptied?.write_all(&format::first_record())
        });
        // If the acks were gone first, a loss of power could bring back the log alone.
        if gone.and_then(|()| folder.sync_if_immediate()).is_ok() {
            let _ = fs::remove_file(folder.acks(self.number));
        }
    }
}

/// Checks by the start of a log that this version can read it, and that its files can be opened.
///
/// # Errors
/// If it was written by a newer version of this crate, or a file cannot be read.
pub(super) fn check_readable(folder: &Folder, number: u32) -> Result<(), Error> {
    let failed = |why| unusable(folder.path(), why);
    let path = folder.log(number);
    let mut start = Vec::new();
    let log = File::open(&path).map_err(failed)?;
    log.take(START).read_to_end(&mut start).map_err(failed)?;
    match File::open(folder.acks(number)) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(failed(why)),
        _ => {}
    }
    let is_newer = |found| match found {
        Found::Record {
            kind: Kind::Format,
            body,
            ..
        } => start.get(body) != Some(FORMAT),
        _ => false,
    };
    if format::scan(&start).any(is_newer) {
        return Err(newer(&path));
    }
    Ok(())
}

/// Writes at an offset, and not at the end of the file: if another program has cut the log, the
/// offsets of later records stay correct, and the scan skips the gap.
#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

/// Writes at an offset, as the function for Unix does. The caller is the only one that writes.
#[cfg(not(unix))]
fn write_at(mut file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// The acks of a volume, to be synced.
pub(super) struct UnsyncedAcks {
    pub(super) volume: u32,
    file: Arc<File>,
    has_synced_name: bool,
}

impl UnsyncedAcks {
    /// Syncs them, so that they survive a loss of power.
    pub(super) fn sync(&self, folder: &Folder) -> io::Result<()> {
        self.file.sync_data()?;
        if self.has_synced_name {
            return Ok(());
        }
        folder.sync()
    }
}

/// Appends one complete record to a file of records, and returns its place.
pub(super) fn append_record(mut file: &File, record: &[u8]) -> io::Result<Range<u64>> {
    let length = file.metadata()?.len();
    file.write_all(record).inspect_err(|_| {
        // If this fails, too, a torn record stays. The scan skips it.
        let _ = file.set_len(length);
    })?;
    Ok(length..length + record.len() as u64)
}

/// A range of a volume's log, read from disk.
#[derive(Debug, Default)]
pub(super) struct VolumeSlice {
    /// The offset at which it starts in the log.
    pub(super) from: u64,
    pub(super) bytes: Vec<u8>,
    /// Offsets of records that must not be sent again.
    pub(super) acked: BTreeSet<u32>,
}

/// Reads a range of a volume's log, or all of it if its payloads were moved, and all of its acks.
pub(super) fn read(folder: &Folder, number: u32, from: u64, to: u64) -> io::Result<VolumeSlice> {
    let mut log = match File::open(folder.log(number)) {
        // Another program deleted it. Its payloads are counted as missing.
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(VolumeSlice::default()),
        opened => opened?,
    };
    let mut start = Vec::new();
    (&log)
        .take(format::MOVED_START as u64)
        .read_to_end(&mut start)?;
    let from = if format::is_moved(&start) { 0 } else { from };
    log.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    log.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    let Acks { acked, .. } = read_acks(&folder.acks(number), u64::MAX)?;
    Ok(VolumeSlice { from, bytes, acked })
}

/// The contents of an acks file.
#[derive(Default)]
pub(super) struct Acks {
    pub(super) acked: BTreeSet<u32>,
    /// Part of the file is damaged. Payloads acknowledged there may be sent again.
    damaged: bool,
}

/// Reads the first `length` bytes of the acks.
pub(super) fn read_acks(path: &Path, length: u64) -> io::Result<Acks> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Acks::default()),
        opened => opened?.take(length).read_to_end(&mut bytes)?,
    };
    let mut acks = Acks::default();
    for found in format::scan(&bytes) {
        let Found::Record { kind, body, .. } = found else {
            acks.damaged = true;
            continue;
        };
        let (offsets, _) = bytes.get(body).unwrap_or_default().as_chunks::<4>();
        for offset in offsets.iter().map(|bytes| u32::from_le_bytes(*bytes)) {
            if kind == Kind::Unack {
                acks.acked.remove(&offset);
            } else {
                acks.acked.insert(offset);
            }
        }
    }
    Ok(acks)
}
