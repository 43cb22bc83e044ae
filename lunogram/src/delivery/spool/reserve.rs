//! Room on the disk that is kept for acknowledgements. On a full disk, a batch that must not be
//! sent twice could not be marked as sent, so nothing would leave, and no room would become free.

use super::folder::{Folder, create};
use std::fs;
use std::io::{self, ErrorKind};

/// Enough for the acknowledgements of two volumes of small payloads.
const MOST: u64 = 512 << 10;

/// An acknowledgement takes 4 bytes, far less than this share of a payload.
const SHARE: u64 = 8;

/// The file that keeps the room, while it exists.
#[derive(Debug, Default)]
pub(super) struct Reserve {
    size: u64,
    is_kept: bool,
}

impl Reserve {
    /// Keeps the room, if it can be written.
    pub(super) fn new(folder: &Folder, max_bytes: u64) -> Self {
        let size = MOST.min(max_bytes / SHARE);
        let kept = fs::symlink_metadata(folder.reserve());
        let mut reserve = Self {
            size,
            is_kept: kept.is_ok_and(|kept| kept.is_file() && kept.len() >= size),
        };
        // On a full disk, the next payload tries again.
        let _ = reserve.keep(folder);
        reserve
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
        let zeros = vec![0; usize::try_from(self.size).unwrap_or_default()];
        match create(&folder.reserve(), &zeros) {
            Ok(_) => self.is_kept = true,
            Err(why) if is_full(&why) => return Err(why),
            // Such as a limit on the size of a file: payloads can be written without the room.
            Err(_) => self.size = 0,
        }
        Ok(())
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

fn is_full(why: &io::Error) -> bool {
    matches!(
        why.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded
    )
}
