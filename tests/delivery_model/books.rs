//! What is known of the clients of a run from outside.

use lunogram::Stats;
use std::collections::BTreeSet;

/// What was told to `on_drop`.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) events: BTreeSet<u64>,
    pub(crate) upserts: u64,
    pub(crate) shutdown: bool,
}

/// What became of what clients accepted that have ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Books {
    pub(crate) delivered: u64,
    pub(crate) dropped: u64,
    pub(crate) unknown: u64,
    pub(crate) panics: u64,
}

impl Books {
    pub(crate) fn with(self, stats: &Stats) -> Self {
        Self {
            delivered: self.delivered + stats.delivered(),
            dropped: self.dropped + stats.dropped(),
            unknown: self.unknown + stats.unknown(),
            panics: self.panics + stats.hook_panics(),
        }
    }

    pub(crate) fn settled(self) -> u64 {
        self.delivered + self.dropped + self.unknown
    }
}
