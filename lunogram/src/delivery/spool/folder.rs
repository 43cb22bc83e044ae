//! The spool's folder: its lock, and the names of its files.

use super::options::{Durability, SpoolOptions};
use crate::error::{Error, ErrorKind};
use crate::wire::Outcome;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked while this client uses the folder. On Unix, so is the folder itself: another program
    /// may delete the file of that name.
    locks: Vec<File>,
    durability: Durability,
}

impl Folder {
    /// Creates the folder if it does not exist, and locks it.
    ///
    /// # Errors
    /// If it cannot be created or written, or is in use by another client.
    pub(super) fn open(options: &SpoolOptions) -> Result<Self, Error> {
        let failed = |why: io::Error| unusable(&options.path, why);
        // The process may change its working directory later.
        let path = std::path::absolute(&options.path).map_err(failed)?;
        private_folder().create(&path).map_err(failed)?;
        let file = path.join("lock");
        check_regular(&file)?;
        let file = private_file()
            .create(true)
            .truncate(false)
            .write(true)
            .open(file)
            .map_err(failed)?;
        let mut locks = vec![file];
        if cfg!(unix) {
            locks.push(File::open(&path).map_err(failed)?);
        }
        let wait_until = Instant::now().checked_add(options.wait_for_lock);
        for (index, lock) in locks.iter().enumerate() {
            loop {
                match lock.try_lock() {
                    Ok(()) => break,
                    Err(TryLockError::WouldBlock)
                        if wait_until.is_none_or(|until| Instant::now() < until) =>
                    {
                        thread::sleep(Duration::from_millis(5));
                    }
                    Err(TryLockError::WouldBlock) => return Err(taken(&path)),
                    // Some network file systems cannot lock folders.
                    Err(TryLockError::Error(_)) if index > 0 => break,
                    Err(TryLockError::Error(why)) => return Err(failed(why)),
                }
            }
        }
        Ok(Self {
            path,
            locks,
            durability: options.durability,
        })
    }

    /// Unlocks the folder for another client.
    pub(super) fn unlock(&self) {
        for lock in self.locks.iter().rev() {
            // If this fails, the end of the process unlocks it.
            let _ = lock.unlock();
        }
    }

    pub(super) fn durability(&self) -> Durability {
        self.durability
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers and the sizes in bytes of the existing logs, oldest first, and a number for the
    /// next one, above every number used by a file in the folder.
    ///
    /// # Errors
    /// If the folder cannot be read, if one of its files is something else, or if there is no
    /// number for the next volume.
    pub(super) fn logs(&self) -> Result<(BTreeMap<u32, u64>, u32), Error> {
        let failed = |why: io::Error| unusable(&self.path, why);
        let (mut logs, mut acks, mut unfinished) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut last = 0;
        for entry in fs::read_dir(&self.path).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if [self.destination(), self.deletions(), self.reserve()]
                .map(|path| new_name(&path))
                .contains(&path)
            {
                unfinished.push(path);
                continue;
            }
            let Some(number) = number(&path) else {
                continue;
            };
            if path == self.log(number) {
                logs.insert(number, regular_size(&path)?);
            } else if path == self.acks(number) {
                check_regular(&path)?;
                acks.push(number);
            } else if path == new_name(&self.log(number)) {
                unfinished.push(path);
                continue;
            } else if path != self.damaged(number) {
                continue;
            }
            last = last.max(number);
        }
        for number in acks {
            if !logs.contains_key(&number) {
                // The process ended after it had deleted the log and before it deleted the acks.
                let _ = fs::remove_file(self.acks(number));
            }
        }
        for unfinished in unfinished {
            // The process ended while it created the file.
            let _ = fs::remove_file(unfinished);
        }
        let next = last.checked_add(1).ok_or_else(|| last_number(&self.path))?;
        Ok((logs, next))
    }

    /// Checks that the payloads in the folder are for this destination, if there are any and the
    /// options ask for it. Remembers the destination for later payloads. `has_payloads` is asked
    /// only if the folder was filled for another one.
    ///
    /// # Errors
    /// If they are for another destination, or the file cannot be read or written.
    pub(super) fn check_destination(
        &self,
        destination: &str,
        has_logs: bool,
        any: bool,
        has_payloads: impl FnOnce() -> io::Result<bool>,
    ) -> Result<(), Error> {
        let failed = |why| unusable(&self.path, why);
        let path = self.destination();
        check_regular(&path)?;
        let filled_for = match fs::read(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read.map_err(failed)?,
        };
        if filled_for == destination.as_bytes() {
            return Ok(());
        }
        let filled_for = String::from_utf8_lossy(&filled_for);
        // It is not synced: a disk that is stuck must not hold up `build`. A loss of power can
        // leave it empty, or with zeros.
        let filled_for = Some(filled_for.trim_matches('\0')).filter(|known| !known.is_empty());
        if let Some(filled_for) = filled_for
            && !any
            && has_payloads().map_err(failed)?
        {
            return Err(of_another_project(&self.path, filled_for, destination));
        }
        match create(&path, destination.as_bytes()) {
            // The payloads that are left must be sent before there is room.
            Err(why) if is_full(&why) && has_logs && filled_for.is_none() => Ok(()),
            written => written.map_err(failed),
        }
    }

    /// The log of a volume's payloads.
    pub(super) fn log(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.log"))
    }

    /// The acknowledgements of a volume's payloads.
    pub(super) fn acks(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.acks"))
    }

    /// The deletions that matter to the payloads.
    pub(super) fn deletions(&self) -> PathBuf {
        self.path.join("deletions")
    }

    /// The file that keeps room for acknowledgements.
    pub(super) fn reserve(&self) -> PathBuf {
        self.path.join("reserve")
    }

    /// The destination of the payloads.
    fn destination(&self) -> PathBuf {
        self.path.join("project")
    }

    /// The name that a damaged log gets when its readable payloads are settled.
    pub(super) fn damaged(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.damaged"))
    }

    /// Syncs the names of the files, if every payload is synced, too.
    pub(super) fn sync_if_immediate(&self) -> io::Result<()> {
        match self.durability {
            Durability::Immediate => self.sync(),
            Durability::Within(_) => Ok(()),
        }
    }

    /// Syncs the names of the files, if the operating system supports it.
    pub(super) fn sync(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }
}

/// The volume number in a file's name, if it can be parsed. The caller compares the full name.
fn number(file: &Path) -> Option<u32> {
    let name = file.file_name()?.to_str()?;
    name.split('.').next()?.parse().ok()
}

/// The name of a file until it is complete.
fn new_name(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    name.into()
}

/// Options for files that only the user of the process can read: they hold personal data.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a file with these contents, as [`replace`] does.
pub(super) fn create(path: &Path, contents: &[u8]) -> io::Result<()> {
    replace(path, |file| file.write_all(contents))
}

/// Creates a file, or replaces it, at once: after the end of the process, it has all of its
/// contents, or is as before.
///
/// # Errors
/// If it cannot be written. It is as before.
pub(super) fn replace(
    path: &Path,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    NewFile::write(path, write)?.put()
}

/// A complete file that has not replaced the one of its name yet. It is removed if it never does.
#[derive(Debug)]
pub(super) struct NewFile {
    path: PathBuf,
    unfinished: PathBuf,
    is_put: bool,
}

impl NewFile {
    /// Writes the file beside the one that it will replace.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(
        path: &Path,
        write: impl FnOnce(&mut File) -> io::Result<()>,
    ) -> io::Result<Self> {
        let new = Self {
            path: path.to_owned(),
            unfinished: new_name(path),
            is_put: false,
        };
        let mut file = private_file()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&new.unfinished)?;
        write(&mut file)?;
        Ok(new)
    }

    /// Replaces the file of its name.
    ///
    /// # Errors
    /// If it cannot be renamed. The other file is as before.
    pub(super) fn put(&mut self) -> io::Result<()> {
        fs::rename(&self.unfinished, &self.path)?;
        self.is_put = true;
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_put {
            let _ = fs::remove_file(&self.unfinished);
        }
    }
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Refuses a pipe, whose reader would wait without an end, a link, which leads out of the folder,
/// and a folder.
pub(super) fn check_regular(path: &Path) -> Result<(), Error> {
    regular_size(path).map(drop)
}

/// The size of a file, 0 without one.
///
/// # Errors
/// If [`check_regular`] refuses it.
fn regular_size(path: &Path) -> Result<u64, Error> {
    let Ok(metadata) = fs::symlink_metadata(path) else {
        return Ok(0);
    };
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    Err(Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "`{}` in the folder of the spool is not a file; remove it, or use another folder",
            path.display()
        ),
    ))
}

fn of_another_project(path: &Path, filled_for: &str, destination: &str) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "the spool in `{}` has events for {}, and this client sends to {destination}; give each \
             project its own folder, or set `SpoolOptions::any_project` to send them there",
            path.display(),
            filled_for.escape_debug(),
        ),
    )
}

fn last_number(path: &Path) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "the spool in `{}` has a file with the number {}, the last one; use another folder",
            path.display(),
            u32::MAX
        ),
    )
}

/// Whether a write failed because the disk is full.
pub(super) fn is_full(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

/// The error for a folder that cannot be read or written.
pub(super) fn unusable(path: &Path, why: io::Error) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "cannot open the spool in `{}`; use a folder that this process can write",
            path.display()
        ),
    )
    .because(why)
}

fn taken(path: &Path) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "the spool in `{}` is in use by another client, in this or another process; give each client its own folder",
            path.display()
        ),
    )
}

pub(super) fn newer(file: &Path) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "`{}` was written by a newer version of `lunogram`; update the crate, or use another folder",
            file.display()
        ),
    )
}
