//! Buffers of sent batches, for reuse.

use super::segment::Buffers;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most memory that is kept for reuse.
const MOST: usize = 8 << 20;

#[derive(Debug, Default)]
pub(super) struct Spare {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    buffers: Vec<Buffers>,
    size: usize,
}

impl Spare {
    /// The buffers that were kept last, which are most likely in the processor's cache, or new
    /// ones.
    pub(super) fn take(&self) -> Buffers {
        let mut state = self.state();
        let buffers = state.buffers.pop().unwrap_or_default();
        state.size -= buffers.size();
        buffers
    }

    pub(super) fn keep(&self, buffers: Buffers) {
        let mut state = self.state();
        let size = state.size + buffers.size();
        if size <= MOST {
            state.size = size;
            state.buffers.push(buffers);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
