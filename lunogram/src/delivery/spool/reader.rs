//! Loads payloads that are only on disk back into memory, in the order in which they were accepted.

use super::format;
use super::state::{ReadPosition, State};
use super::volume::{self, Volume, VolumeSlice};
use super::{RecordId, Spool, payload_kind};
use crate::delivery::payload::{PayloadKind, Shown};
use std::io;

/// A payload read from disk.
#[derive(Debug)]
pub(in crate::delivery) struct Loaded<'p> {
    pub(in crate::delivery) kind: PayloadKind,
    pub(in crate::delivery) shown: Shown,
    pub(in crate::delivery) payload: &'p [u8],
    pub(in crate::delivery) record: RecordId,
    /// Offset in the volume after the record.
    end: u64,
}

/// Number of payloads that were written but can no longer be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::delivery) struct Missing(pub(in crate::delivery) u64);

/// The part of one volume that was not loaded yet.
#[derive(Debug)]
pub(in crate::delivery) struct Backlog {
    volume: u32,
    /// Range of offsets in the volume.
    from: u64,
    to: u64,
    /// Number of payloads that it must contain.
    payloads: u64,
    slice: VolumeSlice,
}

impl Backlog {
    /// The payloads, in order.
    pub(in crate::delivery) fn payloads(&self) -> impl Iterator<Item = Loaded<'_>> {
        let slice = &self.slice;
        format::payloads(&slice.bytes, slice.from).filter_map(|payload| {
            let is_wanted = (self.from..self.to).contains(&payload.offset.into());
            if !is_wanted || slice.acked.contains(&payload.offset) {
                return None;
            }
            let (kind, shown) = payload_kind(payload.kind)?;
            Some(Loaded {
                kind,
                shown,
                end: payload.end(),
                record: RecordId {
                    volume: self.volume,
                    offset: payload.offset,
                    size: format::offset(format::size(payload.body.len())),
                },
                payload: slice.bytes.get(payload.body)?,
            })
        })
    }
}

impl Backlog {
    /// All payloads of a volume.
    pub(super) fn all(volume: &Volume, slice: VolumeSlice) -> Self {
        Self {
            volume: volume.number,
            from: 0,
            to: volume.length,
            payloads: volume.live,
            slice,
        }
    }

    /// Whether this backlog should contain a record, but does not.
    pub(in crate::delivery) fn misses(&self, record: RecordId, found: &[RecordId]) -> bool {
        let range = self.from..self.to;
        record.volume == self.volume
            && range.contains(&record.offset.into())
            && found.binary_search(&record).is_err()
    }
}

impl Spool {
    /// Waits until a payload is only on disk.
    pub(in crate::delivery) async fn backlogged(&self) {
        while !self.state().has_backlog() {
            self.backlog.notified().await;
        }
    }

    /// Reads the rest of the oldest volume that was not loaded completely. `None` if that is a log
    /// that was not [taken over](Self::take_over) yet.
    ///
    /// # Errors
    /// If it cannot be read. Nothing is skipped, so the caller can try again.
    pub(in crate::delivery) fn read_backlog(&self) -> io::Result<Option<Backlog>> {
        let next = self.state().next_backlog();
        let Some(Next::Rest { at, to, payloads }) = next else {
            return Ok(None);
        };
        // Without the lock, so that `track` does not wait for the disk.
        let read = |from| volume::read(&self.folder, at.volume, from, to);
        let mut backlog = Backlog {
            volume: at.volume,
            from: at.offset,
            to,
            payloads,
            slice: read(at.offset)?,
        };
        let mut found = backlog.payloads().count() as u64;
        if found < payloads && backlog.slice.from > 0 {
            // The damage may hide that payloads were moved.
            backlog.slice = read(0)?;
            found = backlog.payloads().count() as u64;
        }
        if let Some(more) = found.checked_sub(payloads).filter(|more| *more > 0) {
            // Another program has damaged the acks, so that settled payloads are back.
            self.state().accept_again(backlog.volume, more);
            backlog.payloads = found;
        }
        Ok(Some(backlog))
    }

    /// Calls `enqueue` to put a payload into memory and advances the read position. Appends wait
    /// meanwhile, so that the order in memory stays the order on disk. Returns `false` and does
    /// neither if the payload's subject was deleted after the payload was accepted: then the caller
    /// settles it, and calls [`pass`](Self::pass).
    pub(in crate::delivery) fn load(&self, loaded: &Loaded<'_>, enqueue: impl FnOnce()) -> bool {
        let mut state = self.state();
        if state.is_deleted(loaded) {
            return false;
        }
        enqueue();
        state.advance(loaded.record.volume, loaded.end, 1);
        true
    }

    /// Advances the read position past a payload that was settled instead of loaded.
    pub(in crate::delivery) fn pass(&self, loaded: &Loaded<'_>) {
        (self.state()).advance(loaded.record.volume, loaded.end, 1);
    }

    /// Completes a backlog of which `found` payloads were loaded, and returns how many are missing.
    pub(in crate::delivery) fn complete(&self, backlog: &Backlog, found: u64) -> Missing {
        let missing = backlog.payloads.saturating_sub(found);
        let mut state = self.state();
        if missing > 0 {
            if let Some(volume) = state.volumes_mut().get_mut(&backlog.volume) {
                volume.damaged = true;
            }
            state.forget(backlog.volume, missing, None);
        }
        state.advance(backlog.volume, backlog.to, missing);
        state.forget_deleted(&self.folder);
        let settled = state.take_settled(backlog.volume);
        self.remove(state, settled);
        Missing(missing)
    }
}

/// The oldest payloads that were not loaded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// A log that was not taken over yet has them.
    Left(u32),
    /// The rest of a volume, from a position to an offset.
    Rest {
        at: ReadPosition,
        to: u64,
        /// How many there are.
        payloads: u64,
    },
}

impl Next {
    fn position(self) -> ReadPosition {
        match self {
            Self::Left(volume) => ReadPosition { volume, offset: 0 },
            Self::Rest { at, .. } => at,
        }
    }
}

impl State {
    pub(super) fn next_backlog(&self) -> Option<Next> {
        let left = self.next_left();
        let unread = self.volumes().values().find(|volume| volume.unread > 0);
        let rest = unread.map(|volume| {
            let position = self.position;
            let offset = if volume.number == position.volume {
                position.offset
            } else {
                0
            };
            Next::Rest {
                at: ReadPosition {
                    volume: volume.number,
                    offset,
                },
                to: volume.length,
                payloads: volume.unread,
            }
        });
        let both = left.map(Next::Left).into_iter().chain(rest);
        both.min_by_key(|next| next.position())
    }

    pub(super) fn is_loaded_to(&self, end: ReadPosition) -> bool {
        !self.has_backlog()
            || self
                .next_backlog()
                .is_none_or(|next| next.position() >= end)
    }

    /// Counts payloads of a volume that were settled as accepted again.
    fn accept_again(&mut self, volume: u32, payloads: u64) {
        if let Some(volume) = self.volumes_mut().get_mut(&volume) {
            volume.live += payloads;
            volume.unread += payloads;
            self.accepted += payloads;
        }
    }

    /// Counts payloads of a volume as loaded (or missing), and moves the position to `end`.
    fn advance(&mut self, volume: u32, end: u64, payloads: u64) {
        if let Some(volume) = self.volumes_mut().get_mut(&volume) {
            volume.unread -= payloads.min(volume.unread);
        }
        self.loaded += payloads;
        // Never backwards: payloads appended meanwhile may have gone into memory directly.
        self.position = self.position.max(ReadPosition {
            volume,
            offset: end,
        });
    }
}
