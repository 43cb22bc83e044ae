//! The rules together: a sender without order or sockets, on a clock that jumps to the next event,
//! against servers that fail in the ways of deployed ones.

use super::apart::History;
use super::health::{Health, Leave, Shown};
use super::pace::fleet::random;
use super::policy::{self, Attempt, Policy, Report, Verdict};
use super::sizing::Sizing;
use crate::delivery::options::Delivery;
use crate::wire::{Backoff, Outcome};
use std::time::Duration;
use tokio::time::Instant;

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Delivered,
    Dropped,
    Unknown,
}

/// The reaction of a server to a request.
struct Reply {
    /// How many of the events it processes.
    processed: usize,
    result: Result<(), Outcome>,
    took: Duration,
}

fn answered(events: usize, took: Duration) -> Reply {
    Reply {
        processed: events,
        result: Ok(()),
        took,
    }
}

fn failed(outcome: Outcome, processed: usize, took: Duration) -> Reply {
    Reply {
        processed,
        result: Err(outcome),
        took,
    }
}

/// A server: `None` for the events is a probe.
type Server<'s> = &'s mut dyn FnMut(Duration, Option<&[usize]>) -> Reply;

#[derive(Clone)]
struct Part {
    events: Vec<usize>,
    history: History,
    not_before: Instant,
}

struct Request {
    ends: Instant,
    started: Instant,
    /// The health when it left.
    then: Shown,
    /// `None` for a probe.
    part: Option<Part>,
    is_canary: bool,
    reply: Reply,
}

struct World {
    start: Instant,
    now: Instant,
    health: Health,
    sizing: Sizing,
    policy: Policy,
    parts: Vec<Part>,
    flying: Vec<Request>,
    seed: u64,
    fates: Vec<Option<Fate>>,
    /// How often the server has processed each event.
    copies: Vec<u32>,
    /// The moments of requests with events, and of probes.
    requests: Vec<Duration>,
    probes: Vec<Duration>,
    most_in_flight: usize,
}

impl World {
    fn new(delivery: Delivery, events: usize) -> Self {
        let start = Instant::now();
        let backoff = Backoff {
            first: 250 * MILLI,
            longest: 30 * SECOND,
        };
        Self {
            start,
            now: start,
            health: Health::new(backoff),
            sizing: Sizing::new(500, 1 << 20, 16),
            policy: Policy {
                delivery,
                max_copies: 3,
            },
            parts: (0..events)
                .collect::<Vec<_>>()
                .chunks(1_000)
                .map(|events| Part {
                    events: events.to_vec(),
                    history: History::default(),
                    not_before: start,
                })
                .collect(),
            flying: Vec::new(),
            seed: 1,
            fates: vec![None; events],
            copies: vec![0; events],
            requests: Vec::new(),
            probes: Vec::new(),
            most_in_flight: 16,
        }
    }

    /// Runs until every event has a fate, or for so long.
    fn run(&mut self, server: Server<'_>, time: Duration) -> Duration {
        let end = self.start + time;
        while self.fates.iter().any(Option::is_none) {
            let mut wake = end;
            while let Some(until) = self.dispatch(server) {
                if until > self.now {
                    wake = wake.min(until);
                    break;
                }
            }
            let ends = self.flying.iter().map(|request| request.ends).min();
            self.now = wake.min(ends.unwrap_or(wake));
            if self.now >= end {
                break;
            }
            while let Some(index) = self.flying.iter().position(|it| it.ends <= self.now) {
                let request = self.flying.swap_remove(index);
                self.settle(request);
            }
        }
        self.now - self.start
    }

    /// Sends one request, and returns the present moment, or the moment of the next attempt.
    fn dispatch(&mut self, server: Server<'_>) -> Option<Instant> {
        let width = self.sizing.requests().min(self.most_in_flight);
        if self.flying.len() >= width || self.parts.is_empty() {
            return None;
        }
        // New events first, then those with the fewest copies, and suspects last.
        self.parts.sort_by_key(|part| {
            let history = &part.history;
            (history.is_suspect(), history.copies(), history.doubt())
        });
        let mut next = None;
        for index in 0..self.parts.len() {
            let part = &self.parts[index];
            if part.not_before > self.now {
                next = [next, Some(part.not_before)].into_iter().flatten().min();
                continue;
            }
            let until = match self.health.may_leave(self.now, part.history.doubt()) {
                Leave::Anything => {
                    let part = self.parts.swap_remove(index);
                    let most = self.sizing.events();
                    return Some(self.send(part, most, false, server));
                }
                Leave::OneCanary => {
                    let part = self.parts.swap_remove(index);
                    self.health.canary_sent();
                    return Some(self.send(part, 1, true, server));
                }
                Leave::OneProbe => {
                    self.health.probe_sent();
                    self.probes.push(self.now - self.start);
                    let reply = server(self.now - self.start, None);
                    self.fly(None, false, reply);
                    return Some(self.now);
                }
                Leave::Nothing(until) => until,
            };
            next = [next, until].into_iter().flatten().min();
        }
        next
    }

    /// Sends the first events of a part, and keeps the others.
    fn send(
        &mut self,
        mut part: Part,
        most: usize,
        is_canary: bool,
        server: Server<'_>,
    ) -> Instant {
        let len = part
            .history
            .piece_len(part.events.len(), self.health.shown());
        if len < part.events.len() {
            let history = part.history.of_piece();
            let not_before = part.not_before;
            self.parts
                .extend(part.events.chunks(len).skip(1).map(|events| Part {
                    events: events.to_vec(),
                    history,
                    not_before,
                }));
            part.events.truncate(len);
            part.history = history;
        }
        if most < part.events.len() {
            let rest = part.events.split_off(most);
            self.parts.push(Part {
                events: rest,
                ..part.clone()
            });
        }
        self.requests.push(self.now - self.start);
        let reply = server(self.now - self.start, Some(&part.events));
        for &event in part.events.iter().take(reply.processed) {
            self.copies[event] += 1;
        }
        self.fly(Some(part), is_canary, reply);
        self.now
    }

    fn fly(&mut self, part: Option<Part>, is_canary: bool, reply: Reply) {
        self.flying.push(Request {
            ends: self.now + reply.took,
            started: self.now,
            then: self.health.shown(),
            part,
            is_canary,
            reply,
        });
    }

    fn settle(&mut self, request: Request) {
        let Request {
            started,
            then,
            part,
            is_canary,
            reply,
            ..
        } = request;
        let now = self.now;
        let random = random(&mut self.seed);
        let Some(mut part) = part else {
            match reply.result {
                Err(outcome) if !policy::is_present(outcome) => {
                    self.health.probe_failed(now, None, random);
                }
                _ => self.health.probe_answered(now),
            }
            return;
        };
        let events = part.events.len();
        let bytes = events * 250;
        let in_flight = self.flying.len() + 1;
        let backlog = !self.parts.is_empty();
        let verdict = match reply.result {
            Ok(()) => {
                let _ = self.health.succeeded(started, now);
                self.sizing
                    .answered(events, bytes, reply.took, in_flight, backlog);
                None
            }
            Err(outcome) => {
                match policy::report(outcome, &part.history) {
                    Report::Answered => {
                        let _ = self.health.succeeded(started, now);
                    }
                    Report::Limited => {}
                    Report::Nothing => {
                        let _ = self.health.failed_alone();
                    }
                    Report::Failed(failure) => {
                        let _ = self.health.failed(failure, started, now, None, random);
                        if policy::is_lost(outcome, reply.took) {
                            self.sizing.lost(events, bytes, reply.took);
                        } else {
                            self.sizing.failed();
                        }
                    }
                }
                let attempt = Attempt {
                    outcome,
                    now,
                    shown: self.health.shown().since(then),
                };
                Some(self.policy.after_events(attempt, events, &mut part.history))
            }
        };
        if is_canary {
            self.health.canary_ended();
        }
        match verdict {
            None => self.end(&part, Fate::Delivered),
            Some(Verdict::Again) => {
                part.not_before = now + part.history.pause(&self.health, random);
                self.parts.push(part);
            }
            Some(Verdict::Halve) => {
                let second = part.events.split_off(events / 2);
                let events = second;
                self.parts.push(Part {
                    events,
                    ..part.clone()
                });
                self.parts.push(part);
            }
            Some(Verdict::Refused | Verdict::TooLarge) => self.end(&part, Fate::Dropped),
            Some(Verdict::Unknown) => self.end(&part, Fate::Unknown),
        }
    }

    fn end(&mut self, part: &Part, fate: Fate) {
        for &event in &part.events {
            assert_eq!(self.fates[event].replace(fate), None, "settled twice");
        }
    }

    fn count(&self, fate: Fate) -> usize {
        self.fates.iter().filter(|&&it| it == Some(fate)).count()
    }

    fn most_copies(&self) -> u32 {
        self.copies.iter().copied().max().unwrap_or(0)
    }

    fn duplicates(&self) -> usize {
        self.copies.iter().filter(|&&copies| copies > 1).count()
    }
}

mod events;
mod outages;
