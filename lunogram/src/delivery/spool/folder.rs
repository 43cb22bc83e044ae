//! The spool's folder: its lock, and the names of its files.

use crate::error::{Error, ErrorKind};
use crate::wire::Outcome;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long to wait for the lock: the thread of a client that was just dropped may still be ending.
const LOCK_WAIT: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked while this client uses the folder.
    lock: File,
}

impl Folder {
    /// Creates the folder if it does not exist, and locks it.
    ///
    /// # Errors
    /// If it cannot be created or written, or is in use by another client.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |why: io::Error| unusable(path, why);
        private_folder().create(path).map_err(failed)?;
        let lock = private_file()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(failed)?;
        let wait_until = Instant::now() + LOCK_WAIT;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < wait_until => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(TryLockError::WouldBlock) => return Err(taken(path)),
                Err(TryLockError::Error(why)) => return Err(failed(why)),
            }
        }
        Ok(Self {
            path: path.to_path_buf(),
            lock,
        })
    }

    /// Unlocks the folder for another client.
    pub(super) fn unlock(&self) {
        // If this fails, the end of the process unlocks it.
        let _ = self.lock.unlock();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of the existing volumes, oldest first, and a number for the next one, above
    /// every number used by a file in the folder.
    pub(super) fn volumes(&self) -> io::Result<(BTreeSet<u32>, u32)> {
        let (mut logs, mut acks, mut next) = (BTreeSet::new(), Vec::new(), 1);
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let Some(number) = number(&path) else {
                continue;
            };
            if path == self.log(number) {
                logs.insert(number);
            } else if path == self.acks(number) {
                acks.push(number);
            } else if path != self.damaged(number) {
                continue;
            }
            next = next.max(number.saturating_add(1));
        }
        for number in acks {
            if !logs.contains(&number) {
                // The process ended after it had deleted the log and before it deleted the acks.
                let _ = fs::remove_file(self.acks(number));
            }
        }
        Ok((logs, next))
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

    /// The name that a damaged log gets when its readable payloads are settled.
    pub(super) fn damaged(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.damaged"))
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
    file.file_stem()?.to_str()?.parse().ok()
}

/// Options for files that only the user of the process can read: they hold personal data.
pub(super) fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
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
