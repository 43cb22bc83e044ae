//! The counts that a run collects about its clients.

use lunogram::queue::Stats;
use std::collections::BTreeSet;

/// The numbers of the payloads that the hooks have received.
#[derive(Default)]
pub(crate) struct Drops {
    /// By `on_drop`.
    pub(crate) payloads: BTreeSet<u64>,
    /// By `on_unknown`.
    pub(crate) unknown: BTreeSet<u64>,
    /// Whether some were dropped at a shutdown.
    pub(crate) shutdown: bool,
}

/// Sums of the stats of clients that have ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) delivered: u64,
    pub(crate) dropped: u64,
    pub(crate) unknown: u64,
    pub(crate) panics: u64,
}

impl Totals {
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
