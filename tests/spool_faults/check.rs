//! The guarantees of the spool, checked against what a case has promised, and what has arrived.

use crate::disk::Call;
use crate::life::{DELETED, NUMBERS, Note, UPSERTS, user_of};
use crate::plan::{Plan, Step};
use crate::tamper::Effects;
use lunogram::queue::Delivery;
use std::collections::{BTreeMap, BTreeSet};

/// The result of a case.
#[derive(Debug)]
pub(crate) struct Outcome<'o> {
    pub(crate) plan: &'o Plan,
    pub(crate) notes: &'o [Note],
    pub(crate) effects: &'o Effects,
    /// The processes that were killed.
    pub(crate) kills: usize,
    /// The numbers that the server has received, in order.
    pub(crate) arrived: &'o [u64],
}

fn is_event(n: u64) -> bool {
    n % NUMBERS < UPSERTS
}

impl Outcome<'_> {
    pub(crate) fn check(&self) {
        self.check_refused();
        self.check_missing();
        self.check_upserts();
        self.check_copies();
        self.check_order();
        self.check_reports();
    }

    fn noted(&self, pick: impl Fn(&Note) -> Option<u64>) -> BTreeSet<u64> {
        self.notes.iter().filter_map(pick).collect()
    }

    fn accepted(&self) -> BTreeSet<u64> {
        self.noted(|note| match note {
            Note::Accepted(n) => Some(*n),
            _ => None,
        })
    }

    fn arrived(&self) -> BTreeSet<u64> {
        self.arrived.iter().copied().collect()
    }

    fn deletes(&self) -> bool {
        let steps = self.plan.lives.iter().flat_map(|life| &life.steps);
        steps.into_iter().any(|step| matches!(step, Step::Delete))
    }

    fn is_deleted(&self, n: u64) -> bool {
        self.deletes() && user_of(n) == DELETED
    }

    /// Nothing arrives that was refused, or never tracked.
    fn check_refused(&self) {
        let tried = self.noted(|note| match note {
            Note::Tried(n) => Some(*n),
            _ => None,
        });
        let refused = self.noted(|note| match note {
            Note::Refused(n) => Some(*n),
            _ => None,
        });
        for n in self.arrived() {
            assert!(tried.contains(&n), "{n} was never tracked");
            assert!(!refused.contains(&n), "{n} was refused, and arrived");
        }
    }

    /// Every accepted event arrives.
    fn check_missing(&self) {
        let mut missing = self.accepted();
        let arrived = self.arrived();
        let reported = self.noted(|note| match note {
            Note::Unknown(n) | Note::Dropped(n, _) => Some(*n),
            _ => None,
        });
        missing.retain(|n| {
            let explained = self.effects.altered.contains(n) || reported.contains(n);
            is_event(*n) && !arrived.contains(n) && !explained && !self.is_deleted(*n)
        });
        // Marks of events in flight survive a kill, so that nothing arrives twice.
        let in_flight = self.kills * self.plan.in_flight * self.plan.batch_events;
        let excused = match self.plan.delivery {
            Delivery::AtLeastOnce => 0,
            _ if self.plan.is_calm() => in_flight,
            _ if self.kills > 0 => usize::MAX,
            _ => 0,
        };
        assert!(
            missing.len() <= excused,
            "accepted, and lost: {missing:?}, of which {excused} may be"
        );
    }

    /// The last upsert about each user arrives. It may have the data of earlier ones.
    fn check_upserts(&self) {
        let mut last = BTreeMap::new();
        for n in self.accepted() {
            if !is_event(n) && !self.is_deleted(n) {
                last.insert(user_of(n), n);
            }
        }
        let arrived = self.arrived();
        for n in last.into_values() {
            let is_lost = !arrived.contains(&n) && !self.effects.altered.contains(&n);
            assert!(!is_lost, "the upsert {n} was accepted, and is lost");
        }
    }

    fn check_copies(&self) {
        if self.plan.delivery == Delivery::AtLeastOnce || self.effects.acks_are_lost {
            return;
        }
        let mut known = BTreeSet::new();
        for n in self.arrived.iter().filter(|n| is_event(**n)) {
            assert!(known.insert(n), "{n} arrived twice");
        }
    }

    fn check_order(&self) {
        // Lost marks hold events back, which a second loss sets free.
        let marks_are_lost =
            self.effects.acks_are_lost && self.plan.delivery != Delivery::AtLeastOnce;
        if self.effects.order_is_lost || marks_are_lost {
            return;
        }
        let (mut known, mut last) = (BTreeSet::new(), BTreeMap::new());
        // Without their acknowledgements, events that were deleted may arrive after later ones.
        let drops = |note: &Note| matches!(note, Note::Dropped(n, _) if self.is_deleted(*n));
        let may_be_back = self.effects.acks_are_lost || self.notes.iter().any(drops);
        let is_ordered = |n: &&u64| is_event(**n) && !(may_be_back && self.is_deleted(**n));
        for n in self.arrived.iter().filter(is_ordered) {
            if known.insert(n) {
                let before = last.insert(user_of(*n), n);
                assert!(before < Some(n), "{n} arrived after {before:?}");
            }
        }
    }

    /// Whether the mark that an event was sent may stay although it was not: the record that takes
    /// the mark back cannot be written. No later client sends the event then.
    fn may_stay_marked(&self) -> bool {
        let fails = |call| self.plan.has_faults_of(call);
        self.plan.delivery != Delivery::AtLeastOnce && (fails(Call::Write) || fails(Call::Open))
    }

    /// Hooks are called for losses that the plan explains, and for no others.
    fn check_reports(&self) {
        for note in self.notes {
            match note {
                Note::Dropped(n, why) => assert!(
                    self.is_deleted(*n) || self.may_stay_marked(),
                    "{n} was dropped: {why}"
                ),
                Note::Unknown(n) => assert!(
                    self.plan.delivery != Delivery::AtLeastOnce,
                    "{n} is unknown, and would have been sent again"
                ),
                _ => {}
            }
        }
        let damaged = self.notes.iter().filter(|note| **note == Note::Damaged);
        let is_damaged = self.plan.lives.iter().any(|life| {
            let tampers = |step: &Step| matches!(step, Step::Tamper(_));
            !life.after.is_empty() || life.steps.iter().any(tampers)
        });
        // A killed process, and one that cannot cut a file, leave a part of a record. Each later
        // client reports it, while the file has payloads.
        if !is_damaged && !self.plan.has_faults_of(Call::Truncate) {
            let damaged = damaged.count();
            assert!(
                damaged <= self.kills * self.plan.lives.len(),
                "{damaged} damaged records"
            );
        }
    }
}
