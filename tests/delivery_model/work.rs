//! The random input of a run: settings, steps and an end.

use lunogram::Identifier;
use lunogram::queue::{Delivery, Overflow};
use lunogram::testing::{Fault, Limits};
use proptest::prelude::*;
use std::time::Duration;

pub(crate) const SUBJECTS: u8 = 4;

const SMALL_SPOOL: u64 = 2_000;

/// Longer than a run.
pub(crate) const YEAR: Duration = Duration::from_secs(31_536_000);

const LARGE_MEMORY: usize = 64 << 20;

/// A user or an organization, addressed by the first or the second of its identifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) organization: bool,
    pub(crate) id: u8,
    pub(crate) second: bool,
}

impl Subject {
    pub(crate) fn identifier(self) -> Identifier {
        let id = Identifier::new(self.id);
        if self.second { id.source("other") } else { id }
    }

    /// The subject under this identifier, or under both, this one first; and the identifiers.
    pub(crate) fn named(self, both: bool) -> (Vec<Self>, Vec<Identifier>) {
        let other = Self {
            second: !self.second,
            ..self
        };
        let mut subjects = vec![self];
        subjects.extend(both.then_some(other));
        let identifiers = subjects.iter().map(|subject| subject.identifier());
        let identifiers = identifiers.collect();
        (subjects, identifiers)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Track {
        subject: Subject,
        events: u8,
        bad: bool,
    },
    Identify {
        subject: Subject,
        both: bool,
    },
    Delete {
        subject: Subject,
        both: bool,
        /// The caller drops the call when all clients are idle.
        gives_up: bool,
    },
    Flush,
    Fault(Fault),
    ClearFaults,
    /// The server answers 500 when a bad event is sent.
    Poison,
    /// Another client with the same key and the same limits of the server tracks some events.
    Neighbour(u8),
    /// How long the server takes for each event, and whether it loses answers that take longer than
    /// ten seconds; how many requests a minute it takes, and how soon it closes idle connections.
    Limits(Limits),
    Advance(Duration),
    /// Wait until all clients are idle.
    Idle,
    /// With a spool: the client ends, and another one opens the spool.
    Restart(Stop),
}

/// How a client ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// At once, with requests in flight, if the `Delivery` option allows duplicates.
    AtOnce,
    Drop,
    Shutdown(Duration),
}

#[derive(Clone, Debug)]
pub(crate) enum End {
    Drain,
    Shutdown(Duration),
}

#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) delivery: Delivery,
    pub(crate) overflow: Overflow,
    /// `max_bytes` of the spool; `None` without a spool.
    pub(crate) spool: Option<u64>,
    pub(crate) max_events: usize,
    pub(crate) max_bytes: usize,
    pub(crate) batch_events: usize,
    pub(crate) batch_age: Duration,
    pub(crate) in_flight: usize,
    pub(crate) event_deadline: Duration,
    pub(crate) first_pause: Duration,
    pub(crate) longest_pause: Duration,
    pub(crate) requests_per_minute: Option<u32>,
    pub(crate) max_copies: u32,
    pub(crate) seed: u64,
}

impl Settings {
    /// Whether events may arrive twice.
    pub(crate) fn repeats(&self) -> bool {
        self.delivery == Delivery::AtLeastOnce
    }

    /// Whether the queue can become full.
    pub(crate) fn is_small(&self) -> bool {
        match self.spool {
            Some(max_bytes) => max_bytes <= SMALL_SPOOL,
            None => self.max_events < 100_000 || self.max_bytes < LARGE_MEMORY,
        }
    }
}

fn seconds(choices: &'static [u64]) -> impl Strategy<Value = Duration> {
    prop::sample::select(choices).prop_map(Duration::from_secs)
}

pub(crate) fn settings() -> impl Strategy<Value = Settings> {
    let deliveries = [
        Delivery::AtLeastOnce,
        Delivery::AtMostOnce,
        Delivery::Isolated,
    ];
    let overflows = [
        Overflow::Refuse,
        Overflow::DropNewest,
        Overflow::DropOldest,
        Overflow::Wait,
    ];
    let choices = (
        prop::sample::select(deliveries.to_vec()),
        prop::sample::select(overflows.to_vec()),
        prop_oneof![1..20_usize, Just(100_000)],
        // 60 is less than any payload: with a spool, each goes through memory alone.
        prop_oneof![1 => Just(60), 1 => Just(300), 4 => Just(LARGE_MEMORY)],
        prop::sample::select(vec![None, Some(SMALL_SPOOL), Some(1 << 30)]),
    );
    let batches = (1..9_usize, seconds(&[0, 1, 3_600]), 1..5_usize);
    let times = (
        seconds(&[5, 3_600, 31_536_000]),
        (1..2_000_u64).prop_map(Duration::from_millis),
        seconds(&[1, 30]),
    );
    let limits = (
        prop::sample::select(vec![None, None, Some(10), Some(100)]),
        1..5_u32,
        any::<u64>(),
    );
    (choices, batches, times, limits).prop_map(|(choices, batches, times, limits)| Settings {
        delivery: choices.0,
        overflow: choices.1,
        max_events: choices.2,
        // Without a spool, no payload would fit into less.
        max_bytes: choices.3.max(if choices.4.is_none() { 300 } else { 0 }),
        spool: choices.4,
        batch_events: batches.0,
        batch_age: batches.1,
        in_flight: batches.2,
        // Shorter than the age of a batch, every event would expire.
        event_deadline: batches.1 + times.0,
        first_pause: times.1,
        longest_pause: times.2,
        requests_per_minute: limits.0,
        max_copies: limits.1,
        seed: limits.2,
    })
}

/// Faults after which the outcome of an event is unknown, even if it is alone in its request.
fn ambiguous() -> impl Strategy<Value = Fault> {
    prop_oneof![
        Just(Fault::status(502)),
        Just(Fault::status(504)),
        Just(Fault::cut_before_body()),
        Just(Fault::cut_in_body()),
        Just(Fault::cut_after_body()),
        Just(Fault::lose_answer()),
    ]
}

fn unambiguous() -> impl Strategy<Value = Fault> {
    let statuses = vec![
        302_u16, 400, 401, 403, 404, 405, 408, 413, 422, 425, 429, 500, 501, 503,
    ];
    prop_oneof![
        4 => prop::sample::select(statuses).prop_map(Fault::status),
        1 => (0..6_usize).prop_map(Fault::fail_after),
        1 => (prop::sample::select(vec![429, 503]), seconds(&[0, 1, 90]))
            .prop_map(|(status, wait)| Fault::status(status).retry_after(wait)),
    ]
}

fn fault(with_ambiguous: bool) -> BoxedStrategy<Fault> {
    let what = if with_ambiguous {
        prop_oneof![unambiguous(), ambiguous()].boxed()
    } else {
        unambiguous().boxed()
    };
    let held = prop::sample::select(vec![302_u16, 401, 404]);
    prop_oneof![
        6 => (what, 1..5_u32).prop_map(|(fault, times)| fault.times(times)),
        1 => held.prop_map(|status| Fault::status(status).always()),
    ]
    .boxed()
}

/// The event with this name is bad.
pub(crate) const BAD: &str = "bad";

/// A server that takes some time for each event, at most four requests at a time, and may have
/// other limits of a deployed one.
fn limits(loses_answers: bool) -> impl Strategy<Value = Limits> {
    let times = if loses_answers {
        vec![0, 1, 25, 4_000, 60_000]
    } else {
        vec![0, 1, 25]
    };
    let milliseconds = prop::sample::select(times);
    let window = prop::sample::select(vec![None, None, Some(10), Some(100)]);
    let idle = prop::sample::select(vec![None, Some(Duration::from_secs(5))]);
    (milliseconds, window, idle).prop_map(|(milliseconds, window, idle)| {
        Limits::none()
            .answer_timeout(Duration::from_secs(10))
            .requests_at_a_time(4)
            .acknowledgement(Duration::from_millis(milliseconds))
            .requests_per_minute(window)
            .idle_timeout(idle)
    })
}

pub(crate) fn step(with_ambiguous: bool) -> impl Strategy<Value = Step> {
    let subject =
        (any::<bool>(), 0..SUBJECTS, any::<bool>()).prop_map(|(organization, id, second)| {
            Subject {
                organization,
                id,
                second,
            }
        });
    let time = prop_oneof![
        8 => (0..3_000_u64).prop_map(Duration::from_millis),
        7 => seconds(&[10, 60, 7_200]),
        // A computer that sleeps for a month.
        1 => seconds(&[2_592_000]),
    ];
    prop_oneof![
        6 => (subject.clone(), 1..9_u8, prop::bool::weighted(0.1))
            .prop_map(|(subject, events, bad)| Step::Track { subject, events, bad }),
        1 => (subject.clone(), any::<bool>())
            .prop_map(|(subject, both)| Step::Identify { subject, both }),
        1 => (subject, any::<bool>(), any::<bool>())
            .prop_map(|(subject, both, gives_up)| Step::Delete { subject, both, gives_up }),
        1 => Just(Step::Flush),
        3 => fault(with_ambiguous).prop_map(Step::Fault),
        1 => Just(Step::ClearFaults),
        1 => Just(Step::Poison),
        1 => (1..9_u8).prop_map(Step::Neighbour),
        1 => limits(with_ambiguous).prop_map(Step::Limits),
        3 => time.prop_map(Step::Advance),
        1 => Just(Step::Idle),
        1 => stop().prop_map(Step::Restart),
    ]
}

fn stop() -> impl Strategy<Value = Stop> {
    prop_oneof![
        Just(Stop::AtOnce),
        Just(Stop::Drop),
        seconds(&[0, 1, 600]).prop_map(Stop::Shutdown)
    ]
}

pub(crate) fn end() -> impl Strategy<Value = End> {
    prop_oneof![
        Just(End::Drain),
        seconds(&[0, 1, 600]).prop_map(End::Shutdown)
    ]
}
