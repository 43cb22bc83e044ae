//! The properties that must hold at the end of a run.

use super::run::{Accepted, Deleted, Run};
use super::work::{End, Settings, YEAR};
use lunogram::queue::{Delivery, Fate};
use lunogram::testing::RecordedRequest;
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Upper bound of the time from the end of all faults until nothing waits: pauses of half a minute,
/// a `Retry-After` of 90 s, of which a minute is kept, and some requests one after the other.
const RECOVERY: Duration = Duration::from_secs(5 * 60);

/// Time between requests after several refusals with 429.
const SLOWEST: Duration = Duration::from_secs(30);

impl Run {
    /// Checks the properties. Nothing may be pending.
    pub(crate) fn check(
        &self,
        ambiguous: bool,
        end: &End,
        fates: &[(u64, Fate)],
    ) -> Result<(), TestCaseError> {
        let stats = self.stats();
        let totals = self.ended.with(&stats);
        let drops = self.drops.lock().expect("no panic");
        prop_assert_eq!((stats.pending(), stats.pending_bytes()), (0, 0));
        prop_assert_eq!(stats.spooled(), 0);
        prop_assert_eq!(totals.panics, 0);
        // Events about a deleted subject find none.
        prop_assert!(self.server.lost().is_empty() || !self.deletions.is_empty());
        // The hooks have received what the counts say, and each payload once.
        prop_assert_eq!(drops.payloads.len() as u64, totals.dropped);
        prop_assert_eq!(drops.unknown.len() as u64, totals.unknown);
        let is_dropped = |n: &u64| drops.payloads.contains_key(n);
        prop_assert!(!drops.unknown.iter().any(is_dropped));
        // With a spool, the end of a client loses nothing.
        let may_lose = self.settings.spool.is_none() && matches!(end, End::Shutdown(_));
        prop_assert!(!drops.at_shutdown() || may_lose);

        // A request that was given up may be processed after later ones.
        let mut requests = self.server.requests();
        requests.sort_by_key(|request| request.received_at);
        let processed: Vec<&Value> = requests
            .iter()
            .filter(|request| (200..300).contains(&request.status))
            .filter_map(|request| request.body.as_ref())
            .collect();
        self.neighbour.check(&processed)?;
        let arrived = arrived(&processed);
        let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
        for n in 0..self.accepted.len() as u64 {
            let known = is_dropped(&n) || drops.unknown.contains(&n);
            prop_assert!(known || distinct.contains(&n), "{} is lost", n);
        }
        for (n, fate) in fates {
            let is_so = match fate {
                Fate::Delivered => distinct.contains(n),
                Fate::Dropped(reason) => drops.payloads.get(n) == Some(reason),
                Fate::Unknown => drops.unknown.contains(n),
                // The next client decides.
                Fate::LeftInSpool => self.clients > 1,
                _ => false,
            };
            prop_assert!(is_so, "the receipt of {} says {}", n, fate);
        }
        let events: Vec<u64> = arrived
            .iter()
            .copied()
            .filter(|n| self.is_event(*n))
            .collect();
        if self.settings.delivery == Delivery::AtLeastOnce {
            copies(&events, self.settings.max_copies * self.clients)?;
        } else {
            copies(&events, 1)?;
            let dropped = events.iter().find(|n| is_dropped(n));
            prop_assert_eq!(dropped, None, "a dropped event arrived");
        }
        let is_certain = !ambiguous && !may_lose && !self.was_limited;
        if self.settings.delivery == Delivery::Isolated && is_certain {
            let may_expire = self.settings.event_deadline < YEAR;
            prop_assert!(drops.unknown.is_empty() || may_expire);
        }
        // Without settings that let events wait.
        if self.settings.requests_per_minute.is_none()
            && self.settings.batch_age <= Duration::from_secs(1)
            && let Some((waiting, took)) = self.drained_in
        {
            let most = RECOVERY + SLOWEST * waiting;
            prop_assert!(took <= most, "{} are delivered after {:?}", waiting, took);
        }
        self.within_the_rate(&requests)?;
        // The request of a client that has ended may be processed after a later client has settled
        // the same event as refused or unknown.
        let is_late = |n: &u64| is_dropped(n) || (self.was_cut && drops.unknown.contains(n));
        let arrived: Vec<u64> = arrived.into_iter().filter(|n| !is_late(n)).collect();
        in_order(&arrived, &self.accepted)?;
        self.stays_deleted()
    }

    /// No upsert that waited for a deletion arrives after it, or while its outcome is unknown.
    fn stays_deleted(&self) -> Result<(), TestCaseError> {
        if self.was_cut {
            return Ok(());
        }
        let requests = self.server.requests();
        let mut deletions = self.deletions.iter();
        while let Some(deletion) = deletions.find(|deletion| deletion.outcome != Deleted::No) {
            let organization = deletion.subjects[0].organization;
            let named = |request: &RecordedRequest| {
                let path = if organization {
                    "/organizations"
                } else {
                    "/users"
                };
                let body = request.body.clone().unwrap_or_default();
                let ids = body["identifier"].as_array().cloned().unwrap_or_default();
                request.path.ends_with(path)
                    && ids.iter().any(|id| {
                        let mut subjects = deletion.subjects.iter();
                        subjects.any(|subject| {
                            let source = if subject.second { "other" } else { "default" };
                            id["external_id"].as_str() == Some(&*subject.id.to_string())
                                && id["source"].as_str().unwrap_or("default") == source
                        })
                    })
            };
            for request in requests.iter().skip(deletion.requests) {
                if !named(request) {
                    continue;
                }
                let n = request
                    .body
                    .as_ref()
                    .and_then(|body| body["data"]["n"].as_u64());
                let waited = n.is_some_and(|n| n < deletion.accepted as u64);
                match deletion.outcome {
                    // Decided by the queue, which repeats the request.
                    Deleted::Unknown if request.method == "DELETE" && request.status < 500 => break,
                    Deleted::Unknown => prop_assert!(n.is_none(), "{:?} left before the answer", n),
                    _ => prop_assert!(!waited, "{:?} left after the deletion", n),
                }
            }
        }
        Ok(())
    }

    fn may_be_of_neighbour(&self, request: &RecordedRequest) -> bool {
        let is_named = |body: &Value| body[0]["data"]["m"].is_u64();
        // A probe has no body.
        let is_one = request.body.as_ref().is_none_or(is_named);
        self.neighbour.is_used() && is_one
    }

    fn is_event(&self, n: u64) -> bool {
        accepted(&self.accepted, n).is_event
    }

    /// No minute has more requests than the option allows.
    fn within_the_rate(&self, requests: &[RecordedRequest]) -> Result<(), TestCaseError> {
        let Settings {
            requests_per_minute: Some(most),
            ..
        } = self.settings
        else {
            return Ok(());
        };
        // Each client counts its own requests, and the first ones are the answered upserts.
        let most = most as usize * self.clients as usize;
        let sent: Vec<_> = requests
            .iter()
            // A caller sends a deletion at once.
            .filter(|request| request.method != "DELETE")
            .filter(|request| !self.may_be_of_neighbour(request))
            .skip(8)
            .map(|request| request.received_at)
            .collect();
        // A request may be received later than it was sent, if the clock moved in between.
        let later = self.settings.in_flight;
        for (first, last) in sent.iter().zip(sent.iter().skip(most + later)) {
            let minute = last.signed_duration_since(first).num_milliseconds();
            prop_assert!(
                minute >= 60_000,
                "{} requests in {} ms",
                most + later,
                minute
            );
        }
        Ok(())
    }
}

/// The numbers of the payloads that the server has processed, in the order of their requests.
fn arrived(processed: &[&Value]) -> Vec<u64> {
    let number = |payload: &Value| payload["data"]["n"].as_u64();
    let payloads = processed.iter().flat_map(|body| match body {
        Value::Array(events) => events.iter().filter_map(number).collect(),
        upsert => merged(upsert),
    });
    payloads.collect()
}

/// The numbers of an upsert, and of the earlier ones that were merged with it.
fn merged(upsert: &Value) -> Vec<u64> {
    let keys = upsert["data"].as_object().into_iter().flat_map(Map::keys);
    let mut numbers: Vec<u64> = keys
        .filter_map(|key| key.strip_prefix('u')?.parse().ok())
        .collect();
    numbers.sort_unstable();
    numbers
}

fn accepted(all: &[Accepted], n: u64) -> &Accepted {
    &all[usize::try_from(n).expect("a small number")]
}

/// No event has arrived more often than this.
fn copies(arrived: &[u64], most: u32) -> Result<(), TestCaseError> {
    let mut copies = BTreeMap::new();
    for n in arrived {
        let count = copies.entry(n).or_insert(0);
        *count += 1;
        prop_assert!(*count <= most, "{} arrived {} times", n, count);
    }
    Ok(())
}

/// The first arrivals of the events and upserts about each subject are in the order in which they
/// were accepted.
fn in_order(arrived: &[u64], all: &[Accepted]) -> Result<(), TestCaseError> {
    let mut seen = BTreeSet::new();
    let mut last = BTreeMap::new();
    for n in arrived.iter().copied().filter(|n| seen.insert(*n)) {
        for subject in &accepted(all, n).subjects {
            let before = last.insert(*subject, n);
            prop_assert!(before < Some(n), "{:?} came before {}", before, n);
        }
    }
    Ok(())
}
