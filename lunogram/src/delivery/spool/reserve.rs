//! Room on the disk that is kept for acknowledgements. On a full disk, a batch that must not be
//! sent twice could not be marked as sent, so nothing would leave, and no room would become free.

use super::folder::{Folder, check_regular, create, is_full};
use crate::error::Error;
use std::fs;
use std::io;
use std::time::{Duration, Instant};

/// Enough for the acknowledgements of two volumes of small payloads.
const MOST: u64 = 512 << 10;

/// An acknowledgement takes 4 bytes, far less than this share of a payload.
const SHARE: u64 = 8;

/// How long a payload on a full disk is refused without another attempt to keep the room, if the
/// spool itself has not freed any.
const PAUSE: Duration = Duration::from_secs(1);

/// The file that keeps the room, while it exists.
#[derive(Debug, Default)]
pub(super) struct Reserve {
    size: u64,
    is_kept: bool,
    /// The last attempt to keep the room that failed.
    failed: Option<(Instant, io::ErrorKind)>,
}

impl Reserve {
    /// Keeps the room, if it can be written.
    ///
    /// # Errors
    /// If something else has the name of the file.
    pub(super) fn new(folder: &Folder, max_bytes: u64) -> Result<Self, Error> {
        let path = folder.reserve();
        check_regular(&path)?;
        let size = MOST.min(max_bytes / SHARE);
        let kept = fs::metadata(path).map_or(0, |kept| kept.len());
        let mut reserve = Self {
            size,
            is_kept: kept > 0 && kept >= size,
            failed: None,
        };
        // On a full disk, a later payload tries again.
        let _ = reserve.keep(folder);
        Ok(reserve)
    }

    /// Keeps the room again after it was released. Called before a payload is written, which must
    /// not take it.
    ///
    /// # Errors
    /// If the disk is full.
    pub(super) fn keep(&mut self, folder: &Folder) -> io::Result<()> {
        if self.is_kept || self.size == 0 {
            return Ok(());
        }
        if let Some((at, kind)) = self.failed
            && at.elapsed() < PAUSE
        {
            return Err(kind.into());
        }
        self.failed = None;
        match create(&folder.reserve(), &filler(self.size)) {
            Ok(()) => self.is_kept = true,
            Err(why) if is_full(&why) => {
                self.failed = Some((Instant::now(), why.kind()));
                return Err(why);
            }
            // Such as a limit on the size of a file: payloads can be written without the room.
            Err(_) => self.size = 0,
        }
        Ok(())
    }

    /// A file of the spool was removed, so the next payload may find room.
    pub(super) fn freed(&mut self) {
        self.failed = None;
    }

    /// Releases the room if a write failed because the disk is full. Returns whether it did, so
    /// that the write can be tried again.
    pub(super) fn release(&mut self, folder: &Folder, why: &io::Error) -> bool {
        if !is_full(why) || !self.is_kept {
            return false;
        }
        self.is_kept = false;
        fs::remove_file(folder.reserve()).is_ok()
    }
}

/// Bytes that a file system cannot compress.
fn filler(size: u64) -> Vec<u8> {
    let mut state = 1_u64;
    let words = std::iter::repeat_with(|| {
        // A step of xorshift64.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    let size = usize::try_from(size).unwrap_or_default();
    words.flatten().take(size).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_block_of_the_filler_is_like_another() {
        let filler = filler(MOST);
        assert_eq!(filler.len() as u64, MOST);
        let (blocks, _) = filler.as_chunks::<16>();
        let distinct: BTreeSet<_> = blocks.iter().collect();
        assert_eq!(distinct.len(), blocks.len());
    }
}
