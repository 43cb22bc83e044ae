//! One file of the spool, with its marks and what is known of it.

use super::folder::{Folder, newer, private_file, unusable};
use super::record::{self, Found, Kind};
use crate::error::Error;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;

/// What the first record of each file says.
const FORMAT: &[u8] = b"lunogram spool 1";

#[derive(Debug)]
pub(super) struct Volume {
    pub(super) number: u32,
    /// The bytes of whole records.
    pub(super) length: u64,
    /// Payloads that are not settled, and the bytes of their records.
    pub(super) live: u64,
    pub(super) live_bytes: u64,
    /// Those among them that were not read yet.
    pub(super) unread: u64,
    /// Something in it is no record: the file is set aside, and not deleted.
    pub(super) damaged: bool,
    log: Option<Arc<File>>,
    marks: Option<File>,
}

/// What was found in a volume of an earlier process.
pub(super) struct Recovered {
    pub(super) volume: Volume,
    /// The places that are no records.
    pub(super) damage: Vec<Vec<u8>>,
}

impl Volume {
    /// Starts a volume. Where that fails, nothing of it stays.
    pub(super) fn create(folder: &Folder, number: u32) -> io::Result<Self> {
        let path = folder.log(number);
        let mut log = private_file()
            .create_new(true)
            .read(true)
            .append(true)
            .open(&path)?;
        let mut format = Vec::new();
        let length = record::append(&mut format, Kind::Format, FORMAT).map(|()| format.len());
        if let Err(why) = log.write_all(&format) {
            drop(log);
            let _ = fs::remove_file(path);
            return Err(why);
        }
        Ok(Self {
            number,
            length: length.unwrap_or_default() as u64,
            live: 0,
            live_bytes: 0,
            unread: 0,
            damaged: false,
            log: Some(Arc::new(log)),
            marks: None,
        })
    }

    /// Reads what an earlier process left.
    pub(super) fn recover(folder: &Folder, number: u32) -> Result<Recovered, Error> {
        let failed = |why| unusable(folder.path(), why);
        let path = folder.log(number);
        let bytes = fs::read(&path).map_err(failed)?;
        let marks = marked(&folder.marks(number)).map_err(failed)?;
        let mut damage = Vec::new();
        let mut volume = Self {
            number,
            length: bytes.len() as u64,
            live: 0,
            live_bytes: 0,
            unread: 0,
            damaged: false,
            log: None,
            marks: None,
        };
        for found in record::scan(&bytes) {
            match found {
                Found::Record {
                    kind: Kind::Format,
                    payload,
                    ..
                } => {
                    if bytes.get(payload) != Some(FORMAT) {
                        return Err(newer(&path));
                    }
                }
                Found::Record { start, payload, .. } => {
                    if !marks.out.contains(&offset(start)) {
                        volume.live += 1;
                        volume.live_bytes += record::size(payload.len()) as u64;
                    }
                }
                Found::Damage(place) => damage.extend(bytes.get(place).map(<[u8]>::to_vec)),
            }
        }
        volume.unread = volume.live;
        volume.damaged = marks.damaged || !damage.is_empty();
        Ok(Recovered { volume, damage })
    }

    /// Appends one whole record, and tells where it begins. Where that fails, the file is as it was.
    pub(super) fn append(&mut self, record: &[u8]) -> io::Result<u32> {
        let Some(log) = &self.log else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let start = self.length;
        if let Err(why) = log.as_ref().write_all(record) {
            if log.set_len(start).is_err() {
                // A torn record stays, and nothing may be put behind it.
                self.log = None;
            }
            return Err(why);
        }
        self.length += record.len() as u64;
        self.live += 1;
        self.live_bytes += record.len() as u64;
        self.unread += 1;
        Ok(offset(usize::try_from(start).unwrap_or(usize::MAX)))
    }

    /// Writes down what is not to be sent again, or is, after all.
    pub(super) fn mark(&mut self, folder: &Folder, kind: Kind, offsets: &[u8]) -> io::Result<()> {
        let mut record = Vec::new();
        if record::append(&mut record, kind, offsets).is_none() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let marks = match &mut self.marks {
            Some(marks) => marks,
            none => {
                let path = folder.marks(self.number);
                none.insert(private_file().create(true).append(true).open(path)?)
            }
        };
        let length = marks.metadata()?.len();
        marks.write_all(&record).inspect_err(|_| {
            // A torn record costs nothing but what it would have said.
            let _ = marks.set_len(length);
        })
    }

    /// Of this many payloads it is known what became of them.
    pub(super) fn settle(&mut self, payloads: u64) {
        // Which of them were how long is not kept: an equal share each, which is exact when none is left.
        let settled = self.live_bytes * payloads.min(self.live) / self.live.max(1);
        self.live_bytes -= settled;
        self.live -= payloads.min(self.live);
    }

    /// Its file, for the disk to have it.
    pub(super) fn log(&self) -> Option<Arc<File>> {
        self.log.clone()
    }

    /// Whether more can be put into it.
    pub(super) fn is_open(&self) -> bool {
        self.log.is_some()
    }

    /// Takes nothing more in.
    pub(super) fn close(&mut self) {
        self.log = None;
    }

    /// What is left of it goes: nothing in it is to be sent any more.
    pub(super) fn remove(mut self, folder: &Folder) {
        self.close();
        self.marks = None;
        let log = folder.log(self.number);
        let gone = if self.damaged {
            fs::rename(&log, folder.aside(self.number))
        } else {
            fs::remove_file(&log)
        };
        // Without its payloads, the marks say nothing; with them, they are needed.
        let gone = gone.or_else(|_| {
            File::options()
                .write(true)
                .truncate(true)
                .open(&log)
                .map(drop)
        });
        if gone.is_ok() {
            let _ = fs::remove_file(folder.marks(self.number));
        }
    }
}

/// A part of a volume, read again.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) bytes: Vec<u8>,
    /// Which payloads are not to be sent again.
    pub(super) out: BTreeSet<u32>,
}

/// Reads the records of a volume from one to another.
pub(super) fn read(folder: &Folder, number: u32, from: u64, to: u64) -> io::Result<Part> {
    let mut log = match File::open(folder.log(number)) {
        // Somebody deleted it, and nothing of it will ever be read.
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Part::default()),
        opened => opened?,
    };
    log.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    log.take(to.saturating_sub(from)).read_to_end(&mut bytes)?;
    let Marks { out, .. } = marked(&folder.marks(number))?;
    Ok(Part { bytes, out })
}

/// What stands in a file of marks.
#[derive(Default)]
struct Marks {
    out: BTreeSet<u32>,
    /// Something in it is no mark: what it said may be sent again.
    damaged: bool,
}

fn marked(path: &Path) -> io::Result<Marks> {
    let bytes = match fs::read(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Marks::default()),
        read => read?,
    };
    let mut marks = Marks::default();
    for found in record::scan(&bytes) {
        let Found::Record { kind, payload, .. } = found else {
            marks.damaged = true;
            continue;
        };
        let (offsets, _) = bytes.get(payload).unwrap_or_default().as_chunks::<4>();
        for offset in offsets.iter().map(|bytes| u32::from_le_bytes(*bytes)) {
            if kind == Kind::Back {
                marks.out.remove(&offset);
            } else {
                marks.out.insert(offset);
            }
        }
    }
    Ok(marks)
}

/// Where a record begins, as marks say it: volumes end long before 4 GiB.
pub(super) fn offset(start: usize) -> u32 {
    u32::try_from(start).unwrap_or(u32::MAX)
}
