//! The file of deletions: those that may not be settled, so that a later process holds back the
//! payloads about their subjects, and those whose subjects have payloads that are only on disk.

use super::folder::{Folder, check_regular, create, newer, private_file, unusable};
use super::format::{self, FORMAT, Found, Kind};
use super::state::{ReadPosition, State};
use super::volume::append_record;
use super::{Durability, Loaded, RecordId, Spool};
use crate::delivery::deletions::Subject;
use crate::error::Error;
use crate::wire::SubjectKind;
use bytes::Bytes;
use std::fs::{self, File};
use std::io;

/// The deletions that matter to the payloads in the spool.
#[derive(Debug, Default)]
pub(super) struct Deletions {
    /// `None` while there is no file.
    file: Option<File>,
    /// Those that may not be settled, by the bodies of their requests.
    open: Vec<(SubjectKind, Bytes)>,
    /// Those that are settled, while there are payloads that were accepted before.
    deleted: Vec<Deleted>,
}

/// Payloads about a deleted subject before a position are not sent.
#[derive(Debug)]
struct Deleted {
    before: ReadPosition,
    subject: Subject,
}

/// A record of the file.
#[derive(Clone, Copy)]
enum Entry<'b> {
    Open(&'b [u8]),
    Settled(&'b [u8]),
    Deleted {
        before: ReadPosition,
        body: &'b [u8],
    },
}

impl<'b> Entry<'b> {
    fn read(kind: Kind, body: &'b [u8]) -> Option<(SubjectKind, Self)> {
        let subject = match kind {
            Kind::DeletingUser | Kind::SettledUser | Kind::DeletedUser => SubjectKind::User,
            Kind::DeletingOrganization | Kind::SettledOrganization | Kind::DeletedOrganization => {
                SubjectKind::Organization
            }
            _ => return None,
        };
        let entry = match kind {
            Kind::DeletingUser | Kind::DeletingOrganization => Self::Open(body),
            Kind::SettledUser | Kind::SettledOrganization => Self::Settled(body),
            _ => {
                let (volume, rest) = body.split_first_chunk()?;
                let (offset, body) = rest.split_first_chunk()?;
                let before = ReadPosition {
                    volume: u32::from_le_bytes(*volume),
                    offset: u32::from_le_bytes(*offset).into(),
                };
                Self::Deleted { before, body }
            }
        };
        Some((subject, entry))
    }

    fn write(self, subject: SubjectKind) -> io::Result<Vec<u8>> {
        let (user, organization) = match self {
            Self::Open(_) => (Kind::DeletingUser, Kind::DeletingOrganization),
            Self::Settled(_) => (Kind::SettledUser, Kind::SettledOrganization),
            Self::Deleted { .. } => (Kind::DeletedUser, Kind::DeletedOrganization),
        };
        let kind = match subject {
            SubjectKind::User => user,
            SubjectKind::Organization => organization,
        };
        let mut record = Vec::new();
        let written = match self {
            Self::Open(body) | Self::Settled(body) => format::append(&mut record, kind, body),
            Self::Deleted { before, body } => {
                let offset = u32::try_from(before.offset).unwrap_or(u32::MAX);
                let (volume, offset) = (before.volume.to_le_bytes(), offset.to_le_bytes());
                format::append(&mut record, kind, &[&volume, &offset, body].concat())
            }
        };
        written.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(record)
    }
}

impl Deletions {
    /// Reads the file that an earlier process left, and adds its damaged regions to `damage`.
    /// Deletions matter only if the spool has logs, all of which are before `end`.
    ///
    /// # Errors
    /// If the file cannot be read, or was written by a newer version of this crate.
    pub(super) fn recover(
        folder: &Folder,
        end: Option<ReadPosition>,
        damage: &mut Vec<Vec<u8>>,
    ) -> Result<Self, Error> {
        let path = folder.deletions();
        let failed = |why| unusable(folder.path(), why);
        check_regular(&path)?;
        let bytes = match fs::read(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(failed)?,
        };
        if bytes.is_empty() {
            damage.push(Vec::new());
        }
        let mut found = Self::default();
        for region in format::scan(&bytes) {
            match region {
                Found::Damage(region) => damage.extend(bytes.get(region).map(<[u8]>::to_vec)),
                Found::Record { kind, body, .. } => {
                    let body = bytes.get(body).unwrap_or_default();
                    if kind == Kind::Format && body != FORMAT {
                        return Err(newer(&path));
                    }
                    if let Some((subject, entry)) = Entry::read(kind, body) {
                        found.apply(subject, entry);
                    }
                }
            }
        }
        match end {
            // Without logs, nothing is held back and nothing would be sent by mistake.
            None => found = Self::default(),
            // The next volume has a number after all that are left.
            Some(end) => {
                for deleted in &mut found.deleted {
                    deleted.before = deleted.before.min(end);
                }
            }
        }
        found.tidy(folder);
        if !found.is_empty() {
            found.file = Some(append_to(folder).map_err(failed)?);
        }
        Ok(found)
    }

    fn apply(&mut self, kind: SubjectKind, entry: Entry<'_>) {
        match entry {
            Entry::Open(body) => self.open.push((kind, Bytes::copy_from_slice(body))),
            Entry::Settled(body) => {
                (self.open).retain(|(known, open)| *known != kind || open != body);
            }
            Entry::Deleted { before, body } => self.deleted.push(Deleted {
                before,
                subject: Subject::of(kind, body),
            }),
        }
    }

    fn is_empty(&self) -> bool {
        self.open.is_empty() && self.deleted.is_empty()
    }

    /// Writes an entry, and applies it.
    fn add(&mut self, folder: &Folder, kind: SubjectKind, entry: Entry<'_>) -> io::Result<()> {
        let record = entry.write(kind)?;
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(append_to(folder)?),
        };
        append_record(file, &record)?;
        self.apply(kind, entry);
        Ok(())
    }

    /// Removes the file if nothing in it matters.
    fn tidy(&mut self, folder: &Folder) {
        if self.is_empty() {
            self.file = None;
            // If this fails, the next process finds that it does not matter.
            let _ = fs::remove_file(folder.deletions());
        }
    }
}

/// Opens the file, and begins it if it is new.
fn append_to(folder: &Folder) -> io::Result<File> {
    let path = folder.deletions();
    if !path.exists() {
        create(&path, &format::first_record())?;
    }
    private_file().append(true).open(path)
}

impl Spool {
    /// The deletions that an earlier process began and that may not be settled.
    pub(in crate::delivery) fn recovered_deletions(&self) -> Vec<(Subject, Bytes)> {
        let state = self.state();
        let open = state.deletions.open.iter();
        open.map(|(kind, body)| (Subject::of(*kind, body), body.clone()))
            .collect()
    }

    /// Records that the subject of a request is being deleted, so that a later process holds back
    /// the payloads about it.
    ///
    /// # Errors
    /// If this cannot be written, or synced with [`Durability::Immediate`].
    pub(in crate::delivery) fn begin_deletion(
        &self,
        kind: SubjectKind,
        body: &Bytes,
    ) -> io::Result<()> {
        let mut state = self.state();
        if state.is_closed() {
            // Another client may use the folder, and nothing is sent from here any more.
            return Ok(());
        }
        let mut open = state.deletions.open.iter();
        if !open.any(|(known, open)| *known == kind && open == body) {
            state.deletions.add(&self.folder, kind, Entry::Open(body))?;
        }
        // Also if another call has recorded it: that call may still wait for the disk.
        if self.folder.durability() == Durability::Immediate {
            let file = (state.deletions.file.as_ref()).map(File::try_clone);
            // Without the lock, which `flush` and `shutdown` take, too: the disk may hang.
            drop(state);
            if let Some(file) = file {
                file?.sync_data()?;
            }
            self.folder.sync()?;
        }
        Ok(())
    }

    /// Records that the deletions with this request are settled, unless there is another one.
    pub(in crate::delivery) fn end_deletion(
        &self,
        kind: SubjectKind,
        body: &Bytes,
        is_open: impl FnOnce() -> bool,
    ) {
        let mut state = self.state();
        // Under the lock under which another one would be recorded.
        if state.is_closed() || is_open() {
            return;
        }
        // Without the record, a later process repeats the deletion.
        state.settle_deletion(&self.folder, kind, Entry::Settled(body));
        state.deletions.tidy(&self.folder);
    }

    /// The subject of a request is deleted, and so are the payloads about it that are only on disk.
    pub(in crate::delivery) fn delete_backlog(&self, kind: SubjectKind, body: &Bytes) {
        let mut state = self.state();
        let has_backlog = state.has_backlog() && !state.is_closed();
        let Some(before) = state.end().filter(|_| has_backlog) else {
            return;
        };
        // Without the record, a later process may send them.
        state.settle_deletion(&self.folder, kind, Entry::Deleted { before, body });
    }
}

impl State {
    /// Writes and applies an entry that counts for this process even if it cannot be written.
    fn settle_deletion(&mut self, folder: &Folder, kind: SubjectKind, entry: Entry<'_>) {
        if let Err(why) = self.deletions.add(folder, kind, entry) {
            self.deletions.apply(kind, entry);
            self.defer_error(why);
        }
    }

    /// Whether the subject of a payload was deleted after it was accepted.
    pub(super) fn is_deleted(&self, loaded: &Loaded<'_>) -> bool {
        let mut deleted = self.deletions.deleted.iter();
        let RecordId { volume, offset, .. } = loaded.record;
        let at = ReadPosition {
            volume,
            offset: offset.into(),
        };
        deleted.any(|deleted| {
            let subject = || Subject::of(loaded.kind.subject(), loaded.payload);
            at < deleted.before && deleted.subject.is(&subject())
        })
    }

    /// Forgets the deletions of which everything before was loaded.
    pub(super) fn forget_deleted(&mut self, folder: &Folder) {
        let (position, has_backlog) = (self.position, self.has_backlog());
        let deletions = &mut self.deletions;
        if deletions.deleted.is_empty() {
            return;
        }
        (deletions.deleted).retain(|deleted| has_backlog && position < deleted.before);
        deletions.tidy(folder);
    }
}
