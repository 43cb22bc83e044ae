//! What must hold at the end of a run.

use super::run::Run;
use super::work::{End, Subject};
use lunogram::Delivery;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

impl Run {
    /// What must hold when nothing is pending any more.
    pub(crate) fn check(&self, unclear: bool, end: &End) -> Result<(), TestCaseError> {
        let stats = self.stats();
        let books = self.ended.with(&stats);
        let told = self.told.lock().expect("no panic");
        prop_assert_eq!((stats.pending(), stats.pending_bytes()), (0, 0));
        prop_assert_eq!(stats.spooled(), 0);
        prop_assert_eq!(books.panics, 0);
        prop_assert!(self.server.lost().is_empty());
        prop_assert_eq!(told.events.len() as u64 + told.upserts, books.dropped);
        // With a spool, the end of a client costs nothing.
        let may_lose = self.settings.spool.is_none() && matches!(end, End::Shutdown(_));
        prop_assert!(!told.shutdown || may_lose);

        let events = self.server.all_events();
        let arrived: Vec<u64> = events
            .iter()
            .filter_map(|event| event.data["n"].as_u64())
            .collect();
        let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
        let delivered = books.delivered - (self.upserts - told.upserts);
        prop_assert!(distinct.len() as u64 >= delivered);
        let all = 0..self.tracked.len() as u64;
        let missing = all.filter(|n| !distinct.contains(n) && !told.events.contains(n));
        prop_assert!(missing.count() as u64 <= books.unknown, "something is lost");
        if self.settings.delivery == Delivery::AtLeastOnce {
            prop_assert!(books.unknown == 0 || may_lose);
        } else {
            prop_assert_eq!(arrived.len(), distinct.len(), "something came twice");
            prop_assert!(distinct.is_disjoint(&told.events), "dropped, but in");
            prop_assert!(distinct.len() as u64 <= delivered + books.unknown);
        }
        if self.settings.delivery == Delivery::Isolated && !unclear {
            prop_assert_eq!(books.unknown, 0);
        }
        in_order(&arrived, &self.tracked)
    }
}

/// The first arrivals of each subject are in the order of tracking.
fn in_order(arrived: &[u64], tracked: &[Subject]) -> Result<(), TestCaseError> {
    let mut seen = BTreeSet::new();
    let mut last = BTreeMap::new();
    for n in arrived.iter().copied().filter(|n| seen.insert(*n)) {
        let subject = tracked[usize::try_from(n).expect("a small number")];
        let before = last.insert(subject, n);
        prop_assert!(before < Some(n), "{:?} came before {}", before, n);
    }
    Ok(())
}
