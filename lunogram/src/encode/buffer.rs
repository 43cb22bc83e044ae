//! The bytes of payloads in the making.

use super::copy::{self, SHORT};
use std::ops::Range;

/// What the first growth makes room for: most events are smaller.
const FIRST_SIZE: usize = 512;

/// Room for two short pieces and what stands around them.
pub(super) const WINDOW: usize = 2 * SHORT + 10;

/// Bytes up to a mark, and room behind it that was initialised before. An append is so one comparison and a copy in place:
/// a `Vec` compares for each piece of it, and calls `memcpy` where the piece's length is not known.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    /// How many of them are written.
    at: usize,
}

impl From<Vec<u8>> for Buffer {
    fn from(written: Vec<u8>) -> Self {
        Self {
            at: written.len(),
            bytes: written,
        }
    }
}

impl Buffer {
    /// Nothing, and no memory yet.
    pub(crate) const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
        }
    }

    /// Forgets what was written, and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.at = 0;
    }

    /// What was written.
    #[must_use]
    #[inline]
    pub fn written(&self) -> &[u8] {
        self.bytes.get(..self.at).unwrap_or_default()
    }

    /// A part of it, or nothing where that is no part of it.
    #[inline]
    pub(crate) fn part(&self, place: Range<usize>) -> &[u8] {
        self.bytes.get(place).unwrap_or_default()
    }

    /// What was written, with its memory.
    pub(crate) fn into_written(mut self) -> Vec<u8> {
        self.bytes.truncate(self.at);
        self.bytes
    }

    /// How many bytes are held, written or not.
    #[inline]
    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    #[inline]
    pub(crate) fn last(&self) -> Option<u8> {
        self.bytes.get(self.at.wrapping_sub(1)).copied()
    }

    #[inline]
    pub(crate) fn truncate(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// Appends one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        match self.room(1) {
            Some([place]) => *place = byte,
            _ => self.extend_growing(&[byte]),
        }
    }

    /// Appends bytes.
    #[inline]
    pub fn extend_from_slice(&mut self, piece: &[u8]) {
        match self.room(piece.len()) {
            Some(room) if room.len() == piece.len() => room.copy_from_slice(piece),
            _ => self.extend_growing(piece),
        }
    }

    /// Appends bytes whose number is small, and not known at compile time.
    #[inline]
    pub(super) fn extend_from_short(&mut self, piece: &[u8]) {
        if piece.len() <= SHORT
            && let Some(window) = self.window()
        {
            let piece = copy::short(piece);
            if copy::copy(&mut window[..piece.len()], piece) {
                self.at += piece.len();
                return;
            }
        }
        self.extend_from_long(piece);
    }

    /// Appends up to eight bytes behind others: the lowest `length` ones of `word`.
    #[inline]
    pub(super) fn extend_from_word(&mut self, before: &[u8], word: u64, length: usize) {
        if before.len() <= SHORT
            && let Some(window) = self.window()
        {
            let before = copy::short(before);
            window[before.len()..before.len() + 8].copy_from_slice(&word.to_le_bytes());
            if copy::copy(&mut window[..before.len()], before) {
                self.at += before.len() + length;
                return;
            }
        }
        self.extend_from_long_and_word(before, word, length);
    }

    #[cold]
    #[inline(never)]
    fn extend_from_long_and_word(&mut self, before: &[u8], word: u64, length: usize) {
        self.extend_from_long(before);
        self.extend_from_slice(word.to_le_bytes().get(..length).unwrap_or_default());
    }

    /// Where the next bytes go, if there is so much room: of a length that is known, whoever writes something short there
    /// need not ask for each part of it whether it fits. [`advance`](Self::advance) makes it count.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "two comparisons")]
    pub(super) fn window(&mut self) -> Option<&mut [u8; WINDOW]> {
        self.bytes.get_mut(self.at..)?.first_chunk_mut()
    }

    /// Counts so many bytes of the window as written.
    #[inline]
    pub(super) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// Appends bytes, and makes sure of a window behind them.
    #[cold]
    #[inline(never)]
    pub(super) fn extend_from_long(&mut self, piece: &[u8]) {
        self.grow(piece.len() + WINDOW);
        self.extend_from_slice(piece);
    }

    /// Room for so many bytes, which hold anything; they count as written. There is none where the memory has to grow.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "two comparisons, and the length is known to those who write there"
    )]
    pub(super) fn room(&mut self, length: usize) -> Option<&mut [u8]> {
        let end = self.at + length;
        let room = self.bytes.get_mut(self.at..end)?;
        self.at = end;
        Some(room)
    }

    #[cold]
    #[inline(never)]
    fn extend_growing(&mut self, piece: &[u8]) {
        self.grow(piece.len());
        if let Some(room) = self.room(piece.len()) {
            room.copy_from_slice(piece);
        }
    }

    /// Makes sure of room for so many bytes.
    #[cold]
    fn grow(&mut self, length: usize) {
        let least = self.at + length;
        if self.bytes.len() < least {
            let size = least.max(self.bytes.len() * 2).max(FIRST_SIZE);
            self.bytes.resize(size, 0);
        }
    }
}
