//! The buffer that payloads are encoded into.

use super::copy::{self, SHORT};
use std::ops::Range;

/// The size after the first growth. Most events are smaller.
const FIRST_SIZE: usize = 512;

/// Space for two short pieces and the punctuation around them.
pub(super) const WINDOW: usize = 2 * SHORT + 10;

/// A byte buffer whose spare capacity is initialised. This makes an append one comparison and a
/// copy in place, while a `Vec` compares once per piece, and calls `memcpy` if the length of a
/// piece is not known at compile time.
#[derive(Debug, Default)]
pub struct Buffer {
    bytes: Vec<u8>,
    /// The number of bytes written.
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
    /// An empty buffer, which has not allocated yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            at: 0,
        }
    }

    /// Discards the content and keeps the memory.
    #[inline]
    pub fn clear(&mut self) {
        self.at = 0;
    }

    /// The bytes written so far.
    #[must_use]
    #[inline]
    pub fn written(&self) -> &[u8] {
        self.bytes.get(..self.at).unwrap_or_default()
    }

    /// A part of the bytes; empty if the range is out of bounds.
    #[inline]
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> &[u8] {
        self.bytes.get(range).unwrap_or_default()
    }

    /// The bytes written, with their memory.
    #[must_use]
    pub fn into_written(mut self) -> Vec<u8> {
        self.bytes.truncate(self.at);
        self.bytes
    }

    /// How many bytes the buffer holds, written or spare.
    #[inline]
    #[must_use]
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.at
    }

    /// The last byte that was written.
    #[must_use]
    #[inline]
    pub fn last(&self) -> Option<u8> {
        self.bytes.get(self.at.wrapping_sub(1)).copied()
    }

    /// Removes everything after the first `length` bytes.
    #[inline]
    pub fn truncate(&mut self, length: usize) {
        self.at = self.at.min(length);
    }

    /// Appends one byte.
    #[inline]
    pub fn push(&mut self, byte: u8) {
        match self.room(1) {
            Some([slot]) => *slot = byte,
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

    /// Appends a piece that is usually short, and whose length is not known at compile time.
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

    /// Appends a piece that is usually of medium length, which is not known at compile time.
    #[inline]
    pub(super) fn extend_from_medium(&mut self, piece: &[u8]) {
        if let Some(window) = self.window()
            && let Some(to) = window.get_mut(..piece.len())
            && copy::copy_medium(to, piece)
        {
            self.at += piece.len();
        } else {
            self.extend_from_slice(piece);
        }
    }

    /// Appends `before`, and then the lowest `length` bytes of `word`, at most eight.
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

    /// The spare bytes after the content, if there are enough. Their number is known at compile
    /// time, so that writing short pieces there needs no bounds check for each of them.
    /// [`advance`](Self::advance) makes them part of the content.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "two comparisons")]
    pub(super) fn window(&mut self) -> Option<&mut [u8; WINDOW]> {
        self.bytes.get_mut(self.at..)?.first_chunk_mut()
    }

    /// Adds the first `length` bytes of the window to the content.
    #[inline]
    pub(super) fn advance(&mut self, length: usize) {
        self.at += length;
    }

    /// Appends a piece, and makes sure that a window follows it.
    #[cold]
    #[inline(never)]
    pub(super) fn extend_from_long(&mut self, piece: &[u8]) {
        self.grow(piece.len() + WINDOW);
        self.extend_from_slice(piece);
    }

    /// Adds `length` bytes with arbitrary values to the content, for the caller to overwrite;
    /// `None` if the buffer would have to grow.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "two comparisons, and callers often know the length at compile time"
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

    /// Makes sure that `length` spare bytes exist.
    #[cold]
    fn grow(&mut self, length: usize) {
        let least = self.at + length;
        if self.bytes.len() < least {
            let size = least.max(self.bytes.len() * 2).max(FIRST_SIZE);
            self.bytes.resize(size, 0);
        }
    }
}
