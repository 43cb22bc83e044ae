//! The folder of a spool: whose it is, and what its files are called.

use crate::error::{Error, ErrorKind};
use crate::transport::Outcome;
use std::collections::BTreeSet;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// How long a spool is waited for whose client was dropped a moment ago: its thread may still be ending.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Nobody else has the folder while this is locked.
    lock: File,
}

impl Folder {
    /// Makes the folder where there is none, and takes it for this client.
    ///
    /// # Errors
    /// When it cannot be made or written, or is another's.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let failed = |why: io::Error| unusable(path, why);
        private_folder().create(path).map_err(failed)?;
        let lock = private_file()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(failed)?;
        let patient_until = Instant::now() + PATIENCE;
        loop {
            match lock.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < patient_until => {
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

    /// Gives the folder free.
    pub(super) fn unlock(&self) {
        // Where that fails, the end of the process does it.
        let _ = self.lock.unlock();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of the volumes that are there, the oldest first, and one that nothing here has or had.
    pub(super) fn volumes(&self) -> io::Result<(BTreeSet<u32>, u32)> {
        let (mut logs, mut marks, mut next) = (BTreeSet::new(), Vec::new(), 1);
        for entry in fs::read_dir(&self.path)? {
            let path = entry?.path();
            let Some(number) = number(&path) else {
                continue;
            };
            if path == self.log(number) {
                logs.insert(number);
            } else if path == self.marks(number) {
                marks.push(number);
            } else if path != self.aside(number) {
                continue;
            }
            next = next.max(number.saturating_add(1));
        }
        for number in marks {
            if !logs.contains(&number) {
                // The process ended between the end of the one and that of the other.
                let _ = fs::remove_file(self.marks(number));
            }
        }
        Ok((logs, next))
    }

    /// Payloads, one behind the other.
    pub(super) fn log(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.log"))
    }

    /// Which of them are done.
    pub(super) fn marks(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.marks"))
    }

    /// Where a volume with damage is put when the rest of it is delivered.
    pub(super) fn aside(&self, volume: u32) -> PathBuf {
        self.path.join(format!("{volume:010}.damaged"))
    }

    /// Lets the disk have the names of the files, where the system can.
    pub(super) fn sync(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }
}

/// The number in the name of a file, if it may be one of a volume's.
fn number(file: &Path) -> Option<u32> {
    file.file_stem()?.to_str()?.parse().ok()
}

/// Files that nobody but the application's own user reads: there is personal data in them.
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

/// The spool as a whole cannot be used.
pub(super) fn unusable(path: &Path, why: io::Error) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "the spool in {} cannot be opened; name a folder that this process may write",
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
            "the spool in {} is in use by another client, here or in another process; give each a folder of its own",
            path.display()
        ),
    )
}

pub(super) fn newer(file: &Path) -> Error {
    Error::new(
        ErrorKind::Spool,
        Outcome::Unsent,
        format!(
            "{} was written by a newer version of this crate; update it, or name another folder",
            file.display()
        ),
    )
}
