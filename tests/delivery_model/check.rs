//! The properties that must hold at the end of a run.

use super::run::Run;
use super::work::{End, Subject, YEAR};
use lunogram::queue::Delivery;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

impl Run {
    /// Checks the properties. Nothing may be pending.
    pub(crate) fn check(&self, ambiguous: bool, end: &End) -> Result<(), TestCaseError> {
        let stats = self.stats();
        let totals = self.ended.with(&stats);
        let drops = self.drops.lock().expect("no panic");
        prop_assert_eq!((stats.pending(), stats.pending_bytes()), (0, 0));
        prop_assert_eq!(stats.spooled(), 0);
        prop_assert_eq!(totals.panics, 0);
        prop_assert!(self.server.lost().is_empty());
        prop_assert_eq!(drops.events.len() as u64 + drops.upserts, totals.dropped);
        // With a spool, the end of a client loses nothing.
        let may_lose = self.settings.spool.is_none() && matches!(end, End::Shutdown(_));
        prop_assert!(!drops.shutdown || may_lose);

        let events = self.server.all_events();
        let arrived: Vec<u64> = events
            .iter()
            .filter_map(|event| event.data["n"].as_u64())
            .collect();
        let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
        let delivered = totals.delivered - (self.upserts - drops.upserts);
        prop_assert!(distinct.len() as u64 >= delivered);
        let all = 0..self.tracked.len() as u64;
        let missing = all.filter(|n| !distinct.contains(n) && !drops.events.contains(n));
        prop_assert!(missing.count() as u64 <= totals.unknown, "an event is lost");
        if self.settings.delivery == Delivery::AtLeastOnce {
            // An event that may have arrived is unknown when its deadline has passed.
            let may_expire = self.settings.event_deadline < YEAR;
            prop_assert!(totals.unknown == 0 || may_lose || may_expire);
        } else {
            prop_assert_eq!(arrived.len(), distinct.len(), "an event arrived twice");
            prop_assert!(
                distinct.is_disjoint(&drops.events),
                "a dropped event arrived"
            );
            prop_assert!(distinct.len() as u64 <= delivered + totals.unknown);
        }
        if self.settings.delivery == Delivery::Isolated && !ambiguous {
            prop_assert_eq!(totals.unknown, 0);
        }
        in_order(&arrived, &self.tracked)
    }
}

/// The first arrivals of each subject's events are in the order of tracking.
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
