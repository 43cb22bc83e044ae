//! What waits on disk alone, read again in the order in which it was taken in.

use super::super::intake::What;
use super::record::{self, Found};
use super::state::{Reader, State};
use super::volume::{self, Part, offset};
use super::{Place, Spool};
use std::io;
use std::sync::Arc;

/// A payload from the disk.
#[derive(Debug)]
pub(in super::super) struct Loaded<'p> {
    pub(in super::super) what: What,
    pub(in super::super) payload: &'p [u8],
    pub(in super::super) place: Place,
    end: u64,
}

/// How many payloads were there, and cannot be read any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) struct Missing(pub(in super::super) u64);

/// The unread end of one volume.
#[derive(Debug)]
pub(in super::super) struct Unread {
    volume: u32,
    /// What is read begins there, and ends before the second.
    from: u64,
    to: u64,
    /// How many payloads have to be in it.
    payloads: u64,
    part: Part,
}

impl Unread {
    /// The payloads, in order.
    pub(in super::super) fn payloads(&self) -> impl Iterator<Item = Loaded<'_>> {
        record::scan(&self.part.bytes).filter_map(|found| {
            let Found::Record {
                start,
                kind,
                payload,
            } = found
            else {
                return None;
            };
            let from = usize::try_from(self.from).ok()?;
            let at = offset(from + start);
            if self.part.out.contains(&at) {
                return None;
            }
            Some(Loaded {
                what: What::of(kind)?,
                end: self.from + payload.end as u64,
                payload: self.part.bytes.get(payload)?,
                place: Place {
                    volume: self.volume,
                    offset: at,
                },
            })
        })
    }
}

impl Spool {
    /// Waits until something waits on disk alone.
    pub(in super::super) async fn is_behind(&self) {
        while !self.state().is_behind() {
            self.behind.notified().await;
        }
    }

    /// Reads the unread rest of the oldest volume that has one.
    ///
    /// # Errors
    /// When it cannot be read; nothing is skipped.
    pub(in super::super) fn unread(&self) -> io::Result<Option<Unread>> {
        let wanted = self.state().next_unread();
        let Some((at, to, payloads)) = wanted else {
            return Ok(None);
        };
        // Without the lock: whoever tracks does not wait for it.
        let part = volume::read(&Arc::clone(&self.folder), at.volume, at.offset, to)?;
        Ok(Some(Unread {
            volume: at.volume,
            from: at.offset,
            to,
            payloads,
            part,
        }))
    }

    /// That payload is in memory, too, when `enqueue` has put it there; nobody tracks meanwhile.
    pub(in super::super) fn load(&self, loaded: &Loaded<'_>, enqueue: impl FnOnce()) {
        let mut state = self.state();
        enqueue();
        state.pass(loaded.place.volume, loaded.end, 1);
    }

    /// All of it was read. What should have been there and was not is missing.
    pub(in super::super) fn was_read(&self, unread: &Unread, found: u64) -> Missing {
        let missing = unread.payloads.saturating_sub(found);
        let mut state = self.state();
        if missing > 0 {
            if let Some(volume) = state.volumes().get_mut(&unread.volume) {
                volume.damaged = true;
            }
            state.forget(unread.volume, missing);
        }
        state.pass(unread.volume, unread.to, missing);
        state.clear_away(&self.folder, unread.volume);
        Missing(missing)
    }
}

impl State {
    /// Where to go on reading, up to where, and how many payloads are there.
    fn next_unread(&mut self) -> Option<(Reader, u64, u64)> {
        let before = self.reader;
        let volume = self.volumes().values().find(|volume| volume.unread > 0)?;
        let offset = if volume.number == before.volume {
            before.offset
        } else {
            0
        };
        let at = Reader {
            volume: volume.number,
            offset,
        };
        Some((at, volume.length, volume.unread))
    }

    /// So many payloads more are in memory, or lost, and the volume is read up to there.
    fn pass(&mut self, volume: u32, end: u64, payloads: u64) {
        if let Some(volume) = self.volumes().get_mut(&volume) {
            volume.unread -= payloads.min(volume.unread);
        }
        self.read += payloads;
        // Never back: meanwhile, what came may have gone into memory at once.
        self.reader = self.reader.max(Reader {
            volume,
            offset: end,
        });
    }
}
