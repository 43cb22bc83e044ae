//! A simulation of processes that share a key, on a server with a sliding window of 600 requests.

use super::*;
use std::collections::VecDeque;
use std::fmt;

const TICK: Duration = Duration::from_millis(50);
const TICKS_PER_SECOND: usize = 20;
/// Time from a request to its answer.
const LATENCY: usize = 2;
const WINDOW_REQUESTS: usize = 600;
const MOST_EVENTS: usize = 500;
const MOST_IN_FLIGHT: usize = 4;
/// Attempts of an answered call, as `Retries` has them by default.
const CALL_ATTEMPTS: u32 = 3;

/// Processes that track events evenly.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fleet {
    pub(super) processes: usize,
    /// Events per second and process.
    pub(super) rate: usize,
    /// Answered calls per second of all processes.
    pub(super) calls: usize,
    pub(super) seconds: usize,
    pub(super) seed: u64,
}

#[derive(Clone, Default)]
pub(super) struct Outcome {
    pub(super) offered: usize,
    pub(super) delivered: usize,
    pub(super) requests: usize,
    pub(super) refused: usize,
    pub(super) calls: usize,
    /// The moments at which calls failed, in ticks.
    failed_calls: Vec<usize>,
    /// How many events were delivered at each age, in ticks.
    ages: Vec<usize>,
    /// The moments of all requests for events, in ticks.
    pub(super) sent: Vec<usize>,
}

struct Process {
    pace: Pace,
    starts: usize,
    /// Ready events: when they were tracked, and how many.
    ready: VecDeque<(usize, usize)>,
    /// The number of ready events.
    waiting: usize,
    /// Answers to come: when, the moment of the request, its events, and a `Retry-After` if it was
    /// refused.
    answers: VecDeque<Answer>,
}

struct Answer {
    at: usize,
    sent_at: usize,
    events: Vec<(usize, usize)>,
    retry_after: Option<Duration>,
}

/// The window of a key.
#[derive(Default)]
struct Window(VecDeque<usize>);

impl Window {
    /// Admits a request, or says when to come again.
    fn request(&mut self, tick: usize) -> Option<Duration> {
        let minute = 60 * TICKS_PER_SECOND;
        while self
            .0
            .front()
            .is_some_and(|&admitted| admitted + minute <= tick)
        {
            self.0.pop_front();
        }
        match self.0.front() {
            Some(&oldest) if self.0.len() >= WINDOW_REQUESTS => {
                let wait = (oldest + minute - tick).div_ceil(TICKS_PER_SECOND).max(1);
                Some(Duration::from_secs(
                    u64::try_from(wait).expect("at most 60"),
                ))
            }
            _ => {
                self.0.push_back(tick);
                None
            }
        }
    }
}

/// Vigna's `SplitMix64`.
pub(in crate::delivery::rules) fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn below(bound: usize, state: &mut u64) -> usize {
    let bound = u128::try_from(bound).expect("small");
    usize::try_from((u128::from(random(state)) * bound) >> 64).expect("below the bound")
}

impl Fleet {
    /// Runs the fleet, whose processes start within this many seconds.
    pub(super) fn run(self, within: usize, pace: &Pace) -> Outcome {
        let mut seed = self.seed;
        let zero = Instant::now();
        let moment = |tick: usize| zero + TICK * u32::try_from(tick).expect("minutes");
        let mut window = Window::default();
        let mut outcome = Outcome::default();
        let mut processes: Vec<Process> = (0..self.processes)
            .map(|_| Process {
                pace: pace.clone(),
                starts: below(within * TICKS_PER_SECOND, &mut seed),
                ready: VecDeque::new(),
                waiting: 0,
                answers: VecDeque::new(),
            })
            .collect();
        // Calls that wait: when they try again, and their attempts.
        let mut calls: Vec<(usize, u32)> = Vec::new();
        for tick in 0..self.seconds * TICKS_PER_SECOND {
            if self.calls > 0 && tick % (TICKS_PER_SECOND / self.calls) == 0 {
                outcome.calls += 1;
                calls.push((tick, 0));
            }
            calls.retain_mut(|(at, attempts)| {
                if *at > tick {
                    return true;
                }
                let Some(wait) = window.request(tick) else {
                    return false;
                };
                *attempts += 1;
                if *attempts == CALL_ATTEMPTS {
                    outcome.failed_calls.push(tick);
                }
                let seconds = usize::try_from(wait.as_secs()).expect("a minute");
                *at = tick + seconds * TICKS_PER_SECOND;
                *attempts < CALL_ATTEMPTS
            });
            // Another process is first in each tick.
            let first = below(self.processes, &mut seed);
            for index in 0..self.processes {
                let index = (first + index) % self.processes;
                let process = &mut processes[index];
                process.step(
                    self.rate,
                    tick,
                    moment,
                    &mut window,
                    &mut outcome,
                    &mut seed,
                );
            }
        }
        outcome
    }
}

impl Process {
    fn step(
        &mut self,
        rate: usize,
        tick: usize,
        moment: impl Fn(usize) -> Instant + Copy,
        window: &mut Window,
        outcome: &mut Outcome,
        seed: &mut u64,
    ) {
        if tick < self.starts {
            return;
        }
        let age = tick - self.starts;
        let new = (age + 1) * rate / TICKS_PER_SECOND - age * rate / TICKS_PER_SECOND;
        if new > 0 {
            outcome.offered += new;
            self.waiting += new;
            self.ready.push_back((tick, new));
        }
        while let Some(answer) = self.answers.front()
            && answer.at <= tick
        {
            let answer = self.answers.pop_front().expect("it is there");
            if answer.retry_after.is_some() {
                let sent_at = moment(answer.sent_at);
                let (now, random) = (moment(tick), random(seed));
                self.pace.refused(sent_at, now, answer.retry_after, random);
                for events in answer.events.into_iter().rev() {
                    self.waiting += events.1;
                    self.ready.push_front(events);
                }
            } else {
                for (tracked, count) in answer.events {
                    outcome.deliver(tick - tracked, count);
                }
            }
        }
        while let Some(&(oldest, _)) = self.ready.front()
            && self.answers.len() < MOST_IN_FLIGHT
        {
            let full = self.waiting >= MOST_EVENTS;
            if self.pace.next(moment(oldest), full) > moment(tick) {
                break;
            }
            self.pace.sent(moment(tick));
            outcome.requests += 1;
            outcome.sent.push(tick);
            let retry_after = window.request(tick);
            outcome.refused += usize::from(retry_after.is_some());
            self.waiting = self.waiting.saturating_sub(MOST_EVENTS);
            self.answers.push_back(Answer {
                at: tick + LATENCY,
                sent_at: tick,
                events: take(&mut self.ready, MOST_EVENTS),
                retry_after,
            });
        }
    }
}

/// Takes this many events, or all.
fn take(ready: &mut VecDeque<(usize, usize)>, mut most: usize) -> Vec<(usize, usize)> {
    let mut taken = Vec::new();
    while most > 0
        && let Some((tracked, count)) = ready.pop_front()
    {
        let part = count.min(most);
        most -= part;
        taken.push((tracked, part));
        if part < count {
            ready.push_front((tracked, count - part));
        }
    }
    taken
}

impl Outcome {
    fn deliver(&mut self, age: usize, count: usize) {
        self.delivered += count;
        if self.ages.len() <= age {
            self.ages.resize(age + 1, 0);
        }
        self.ages[age] += count;
    }

    /// The age that this many percent of the delivered events do not exceed.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let mut left = self.delivered * percent / 100;
        let age = self.ages.iter().position(|&count| {
            let found = count >= left;
            left = left.saturating_sub(count);
            found
        });
        TICK * u32::try_from(age.unwrap_or(0)).expect("minutes")
    }

    /// The calls that failed from this second on.
    pub(super) fn calls_failed_after(&self, second: usize) -> usize {
        let start = second * TICKS_PER_SECOND;
        self.failed_calls
            .iter()
            .filter(|&&tick| tick >= start)
            .count()
    }

    /// The oldest delivered event.
    pub(super) fn oldest(&self) -> Duration {
        TICK * u32::try_from(self.ages.len().saturating_sub(1)).expect("minutes")
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outcome")
            .field("offered", &self.offered)
            .field("delivered", &self.delivered)
            .field("requests", &self.requests)
            .field("refused", &self.refused)
            .field("calls_failed", &self.failed_calls.len())
            .field("p99", &self.percentile(99))
            .field("oldest", &self.oldest())
            .finish_non_exhaustive()
    }
}
