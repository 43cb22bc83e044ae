//! The upserts that the server has accepted, for `QueueOptions::skip_identical`.

use crate::delivery::deletions::Subject;
use crate::wire::SubjectKind;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Identifiers of one generation: two generations are remembered.
const GENERATION: usize = 5_000;

/// The last upsert of each identifier. Another process may have changed the subject since.
#[derive(Debug)]
pub(super) struct AcceptedUpserts {
    /// How long an upsert counts as accepted.
    within: Duration,
    hashers: [RandomState; 2],
    generations: Mutex<Generations>,
}

#[derive(Debug, Default)]
struct Generations {
    new: HashMap<u128, Last>,
    old: HashMap<u128, Last>,
}

/// The last upsert that names an identifier.
#[derive(Clone, Copy, Debug)]
struct Last {
    body: u128,
    accepted_at: Option<Instant>,
    /// How many upserts that name the identifier are not settled.
    pending: u32,
}

impl Generations {
    fn get(&mut self, identifier: u128) -> Option<&mut Last> {
        let old = self.old.get_mut(&identifier);
        self.new.get_mut(&identifier).or(old)
    }

    fn insert(&mut self, identifier: u128, last: Last) {
        self.old.remove(&identifier);
        if self.new.len() >= GENERATION {
            self.old = std::mem::take(&mut self.new);
        }
        self.new.insert(identifier, last);
    }
}

impl AcceptedUpserts {
    pub(super) fn new(within: Duration) -> Self {
        Self {
            within,
            hashers: [RandomState::new(), RandomState::new()],
            generations: Mutex::default(),
        }
    }

    /// Whether the server has accepted the same upsert of the same subject, and nothing was queued
    /// about the subject since.
    pub(super) fn has(&self, kind: SubjectKind, body: &[u8], now: Instant) -> bool {
        let hash = self.hash(body);
        let mut generations = self.generations();
        let mut identifiers = self.identifiers(kind, body).into_iter().peekable();
        identifiers.peek().is_some()
            && identifiers.all(|identifier| {
                generations.get(identifier).is_some_and(|last| {
                    let is_recent = |at| now.saturating_duration_since(at) <= self.within;
                    last.body == hash
                        && last.pending == 0
                        && last.accepted_at.is_some_and(is_recent)
                })
            })
    }

    /// An upsert is queued.
    pub(super) fn queued(&self, kind: SubjectKind, body: &[u8]) {
        let hash = self.hash(body);
        let mut generations = self.generations();
        for identifier in self.identifiers(kind, body) {
            let pending = generations.get(identifier).map_or(0, |last| last.pending);
            generations.insert(
                identifier,
                Last {
                    body: hash,
                    accepted_at: None,
                    pending: pending + 1,
                },
            );
        }
    }

    /// An upsert is settled; `accepted_at` if the server has accepted it.
    pub(super) fn settled(&self, kind: SubjectKind, body: &[u8], accepted_at: Option<Instant>) {
        let hash = self.hash(body);
        let mut generations = self.generations();
        for identifier in self.identifiers(kind, body) {
            if let Some(last) = generations.get(identifier) {
                last.pending = last.pending.saturating_sub(1);
                if last.body == hash {
                    last.accepted_at = accepted_at;
                }
            }
        }
    }

    /// The server may have changed these subjects since: those that an upsert names, or all,
    /// because a deleted subject may have more identifiers than those that the deletion names.
    pub(super) fn forget(&self, upsert: Option<(SubjectKind, &[u8])>) {
        let mut generations = self.generations();
        match upsert {
            None => *generations = Generations::default(),
            Some((kind, body)) => {
                for identifier in self.identifiers(kind, body) {
                    if let Some(last) = generations.get(identifier) {
                        // So that an upsert that is on its way does not count, either.
                        last.body = 0;
                        last.accepted_at = None;
                    }
                }
            }
        }
    }

    fn identifiers(&self, kind: SubjectKind, body: &[u8]) -> Vec<u128> {
        let subject = Subject::of(kind, body);
        let identifiers = subject.identifiers();
        identifiers
            .map(|(source, id)| self.hash((kind as u8, source, id)))
            .collect()
    }

    /// Two of 64 bits, with random keys: no input makes two values equal.
    fn hash(&self, value: impl std::hash::Hash) -> u128 {
        let [first, second] = &self.hashers;
        u128::from(first.hash_one(&value)) << 64 | u128::from(second.hash_one(&value))
    }

    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SubjectKind::{Organization, User};

    const WITHIN: Duration = Duration::from_secs(60);

    fn body(ids: &[&str], plan: &str) -> Vec<u8> {
        let ids: Vec<_> = ids
            .iter()
            .map(|id| format!(r#"{{"external_id":"{id}"}}"#))
            .collect();
        let ids = ids.join(",");
        format!(r#"{{"identifier":[{ids}],"data":{{"plan":"{plan}"}}}}"#).into_bytes()
    }

    struct World {
        upserts: AcceptedUpserts,
        now: Instant,
    }

    impl World {
        fn new() -> Self {
            Self {
                upserts: AcceptedUpserts::new(WITHIN),
                now: Instant::now(),
            }
        }

        fn accept(&self, body: &[u8]) {
            self.upserts.queued(User, body);
            self.upserts.settled(User, body, Some(self.now));
        }

        fn has(&self, body: &[u8]) -> bool {
            self.upserts.has(User, body, self.now)
        }
    }

    #[test]
    fn only_the_last_upsert_of_a_subject_counts_once_it_is_accepted() {
        let mut world = World::new();
        let (pro, free) = (body(&["a"], "pro"), body(&["a"], "free"));
        assert!(!world.has(&pro));
        world.upserts.queued(User, &pro);
        assert!(!world.has(&pro), "not accepted yet");
        world.upserts.settled(User, &pro, Some(world.now));
        assert!(world.has(&pro) && !world.has(&free));
        assert!(!world.upserts.has(Organization, &pro, world.now));

        world.upserts.queued(User, &free);
        assert!(!world.has(&pro), "the other one is sent after it");
        world.upserts.queued(User, &pro);
        world.upserts.settled(User, &free, Some(world.now));
        assert!(!world.has(&pro));
        world.upserts.settled(User, &pro, None);
        assert!(!world.has(&pro), "it was refused");

        world.accept(&pro);
        world.now += WITHIN;
        assert!(world.has(&pro));
        world.now += Duration::from_millis(1);
        assert!(!world.has(&pro));
    }

    #[test]
    fn an_upsert_with_several_identifiers_changes_each_of_them() {
        let world = World::new();
        let (one, both) = (body(&["a"], "pro"), body(&["a", "b"], "pro"));
        world.accept(&one);
        world.accept(&both);
        assert!(world.has(&both) && !world.has(&one));
        world.accept(&one);
        assert!(world.has(&one) && !world.has(&both));
        // An answered call, and a deletion.
        world.upserts.forget(Some((User, &both)));
        assert!(!world.has(&one));
        world.accept(&one);
        world.upserts.forget(None);
        assert!(!world.has(&one));
    }

    #[test]
    fn the_oldest_identifiers_are_forgotten() {
        let world = World::new();
        let body = |n: usize| body(&[&n.to_string()], "pro");
        (0..3 * GENERATION).for_each(|n| world.accept(&body(n)));
        let generations = world.upserts.generations();
        assert!(generations.new.len() + generations.old.len() <= 2 * GENERATION);
        drop(generations);
        assert!(!world.has(&body(0)));
        assert!(world.has(&body(3 * GENERATION - 1)));
    }
}
