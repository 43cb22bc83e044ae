//! The counts of a world's events, requests and answered calls.

use lunogram::queue::{DropReason, Stats};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::Duration;

/// A request that the server answered, or would have answered if its connection had not been cut.
#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) is_events: bool,
    pub(crate) is_upsert: bool,
    pub(crate) status: u16,
    pub(crate) took: Duration,
}

pub(crate) struct Report {
    pub(crate) offered: usize,
    /// For each event that arrived: how often, and its age at the first time.
    pub(crate) arrivals: HashMap<(usize, usize), (u32, Duration)>,
    pub(crate) requests: Vec<Request>,
    /// Answered upserts.
    pub(crate) upserts: u64,
    pub(crate) failed_upserts: Vec<String>,
    pub(crate) stats: Vec<Stats>,
    /// Real time.
    pub(crate) took: Duration,
}

impl Report {
    pub(crate) fn arrived(&self) -> usize {
        self.arrivals.len()
    }

    /// Arrivals of events that had arrived before.
    pub(crate) fn duplicates(&self) -> usize {
        let arrivals = self.arrivals.values().map(|(copies, _)| *copies as usize);
        arrivals.sum::<usize>() - self.arrivals.len()
    }

    /// The most arrivals of one event.
    pub(crate) fn most_copies(&self) -> u32 {
        let copies = self.arrivals.values().map(|(copies, _)| *copies);
        copies.max().unwrap_or_default()
    }

    /// The age that this many hundredths of the events do not exceed when they arrive.
    pub(crate) fn age(&self, percent: usize) -> Duration {
        let mut ages: Vec<_> = self.arrivals.values().map(|(_, age)| *age).collect();
        ages.sort_unstable();
        let index = (ages.len() * percent).div_ceil(100).saturating_sub(1);
        ages.get(index).copied().unwrap_or_default()
    }

    /// Requests for events.
    pub(crate) fn event_requests(&self) -> usize {
        self.requests.iter().filter(|one| one.is_events).count()
    }

    /// Requests that were answered with this status.
    pub(crate) fn answered(&self, status: u16) -> usize {
        let answered = self.requests.iter().filter(|one| one.status == status);
        answered.count()
    }

    pub(crate) fn dropped(&self, reason: DropReason) -> u64 {
        let dropped = self.stats.iter().map(|stats| stats.dropped_because(reason));
        dropped.sum()
    }

    pub(crate) fn all_dropped(&self) -> u64 {
        self.stats.iter().map(Stats::dropped).sum()
    }

    pub(crate) fn delivered(&self) -> u64 {
        self.stats.iter().map(Stats::delivered).sum()
    }

    pub(crate) fn unknown(&self) -> u64 {
        self.stats.iter().map(Stats::unknown).sum()
    }
}

/// The figures, for the output of a failed test.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut copies: BTreeMap<u32, usize> = BTreeMap::new();
        for (count, _) in self.arrivals.values() {
            *copies.entry(*count).or_default() += 1;
        }
        let mut statuses: BTreeMap<(&str, u16), usize> = BTreeMap::new();
        for request in &self.requests {
            let kind = match (request.is_events, request.is_upsert) {
                (true, _) => "events",
                (false, true) => "upserts",
                (false, false) => "others",
            };
            *statuses.entry((kind, request.status)).or_default() += 1;
        }
        let drops: Vec<_> = DropReason::all()
            .map(|reason| (reason.to_string(), self.dropped(reason)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let late = self.requests.iter().filter(|one| one.took.as_secs() >= 10);
        writeln!(
            f,
            "arrived {} of {}, copies {copies:?}",
            self.arrived(),
            self.offered
        )?;
        writeln!(
            f,
            "requests {statuses:?}, {} of them 10 s or longer",
            late.count()
        )?;
        let [p50, p99, most] = [50, 99, 100].map(|percent| self.age(percent));
        writeln!(f, "age p50 {p50:?}, p99 {p99:?}, most {most:?}")?;
        writeln!(f, "dropped {drops:?}, unknown {}", self.unknown())?;
        let failed = self.failed_upserts.len();
        writeln!(
            f,
            "upserts {}, failed {failed} {:?}",
            self.upserts,
            self.failed_upserts.first()
        )?;
        write!(f, "took {:?}", self.took)
    }
}
