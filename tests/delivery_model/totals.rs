//! The counts that a run collects about its clients.

use lunogram::queue::{DropReason, Stats};
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of the payloads that the hooks have received.
#[derive(Default)]
pub(crate) struct Drops {
    /// By `on_drop`.
    pub(crate) payloads: BTreeMap<u64, DropReason>,
    /// By `on_unknown`.
    pub(crate) unknown: BTreeSet<u64>,
}

impl Drops {
    /// Whether some were dropped at a shutdown.
    pub(crate) fn at_shutdown(&self) -> bool {
        let mut reasons = self.payloads.values();
        reasons.any(|reason| *reason == DropReason::Shutdown)
    }
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
