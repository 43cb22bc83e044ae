//! The plan of a case, which its seed decides.

use crate::disk::{Call, Error, Fault, Kill};
use crate::life::NUMBERS;
use crate::tamper::{How, Tamper, Target};
use lunogram::queue::{Delivery, Durability};
use lunogram_tests::random::Random;
use std::time::Duration;

/// The actions of a case, and the options of its clients.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) delivery: Delivery,
    pub(crate) durability: Durability,
    pub(crate) max_events: usize,
    pub(crate) batch_events: usize,
    pub(crate) in_flight: usize,
    pub(crate) max_bytes: u64,
    pub(crate) any_project: bool,
    /// Clients that use the spool one after the other.
    pub(crate) lives: Vec<Life>,
    /// The disk stays as full as the last client has left it while the rest is delivered.
    pub(crate) ends_full: bool,
}

/// The actions of one client, from `build` to its end.
#[derive(Debug)]
pub(crate) struct Life {
    /// A fault of the disk before the client is built.
    pub(crate) opening: Option<Fault>,
    pub(crate) steps: Vec<Step>,
    pub(crate) end: End,
    /// Damage to files after the end.
    pub(crate) after: Vec<Tamper>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Track {
        events: u64,
        size: usize,
    },
    Identify,
    Delete,
    Flush,
    /// Waits until all events but so many are delivered.
    Deliver {
        but: u64,
    },
    Break(Fault),
    Repair,
    Weather(Weather),
    Tamper(Tamper),
}

/// How the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    Fair,
    /// 503, without processing anything.
    Down,
    /// No answer to requests with this event, and they are not processed.
    Holds(u64),
    /// It processes the next requests, so many, and closes the connection instead of answering.
    LosesAnswers(u64),
}

/// The end of a client.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Shutdown(Duration),
    Drop,
    /// Each sync hangs while events of this size are tracked and the client is shut down.
    Hung {
        size: usize,
    },
    /// The client has its own process, which is killed at this call, if it has not ended before.
    Killed(Kill),
}

/// The size from which a few events fill a file.
pub(crate) const LARGE: usize = 300_000;

impl Plan {
    /// The plan of this seed. If `tampers`, files are damaged, too.
    pub(crate) fn of(seed: u64, tampers: bool) -> Self {
        let mut random = Random::new(seed);
        let random = &mut random;
        let lives = 1 + random.below(3);
        let lives = (0..lives).map(|_| Life::of(random, tampers)).collect();
        Self {
            seed,
            delivery: pick(
                random,
                [
                    Delivery::AtLeastOnce,
                    Delivery::AtMostOnce,
                    Delivery::Isolated,
                ],
            ),
            durability: pick(
                random,
                [
                    Durability::Immediate,
                    Durability::Within(Duration::ZERO),
                    Durability::default(),
                ],
            ),
            max_events: pick(random, [2, 10, 40, 1_000]),
            batch_events: pick(random, [1, 5, 20]),
            in_flight: pick(random, [1, 4]),
            max_bytes: pick(random, [20_000, 400_000, 1 << 20, 1 << 30]),
            any_project: random.below(4) == 0,
            lives,
            ends_full: !tampers && random.below(4) == 0,
        }
    }

    /// Syncs hang while two clients are shut down, of which the second has files of the first.
    pub(crate) fn hung(seed: u64, delivery: Delivery) -> Self {
        let life = || Life {
            opening: None,
            steps: vec![Step::Track {
                events: 10,
                size: 1,
            }],
            end: End::Hung { size: 0 },
            after: Vec::new(),
        };
        Self {
            seed,
            delivery,
            durability: Durability::Immediate,
            max_events: 100,
            batch_events: 2,
            in_flight: 1,
            max_bytes: 1 << 20,
            any_project: false,
            lives: vec![life(), life()],
            ends_full: false,
        }
    }

    /// Syncs hang while a client starts a file, and has one of delivered events and one that waits.
    pub(crate) fn hung_while_full(seed: u64, delivery: Delivery) -> Self {
        let life = Life {
            opening: None,
            steps: vec![
                Step::Weather(Weather::Holds(NUMBERS)),
                Step::Track { events: 1, size: 1 },
                Step::Track {
                    events: 12,
                    size: LARGE,
                },
                Step::Deliver { but: 4 },
            ],
            end: End::Hung { size: LARGE },
            after: Vec::new(),
        };
        Self {
            durability: Durability::default(),
            in_flight: 4,
            max_bytes: 13 * LARGE as u64,
            lives: vec![life],
            ..Self::hung(seed, delivery)
        }
    }

    /// Whether the disk or the files are ever changed by something else than the client.
    pub(crate) fn is_calm(&self) -> bool {
        self.lives.iter().all(|life| {
            let calm = |step: &Step| !matches!(step, Step::Break(_) | Step::Tamper(_));
            life.opening.is_none() && life.after.is_empty() && life.steps.iter().all(calm)
        })
    }

    /// Whether a fault of this kind of call is part of the plan.
    pub(crate) fn has_faults_of(&self, kind: Call) -> bool {
        self.faults()
            .any(|fault| matches!(fault, Fault::Fail { call, .. } if call == kind))
    }

    pub(crate) fn faults(&self) -> impl Iterator<Item = Fault> {
        self.lives.iter().flat_map(|life| {
            let steps = life.steps.iter().filter_map(|step| match step {
                Step::Break(fault) => Some(*fault),
                _ => None,
            });
            life.opening.into_iter().chain(steps)
        })
    }
}

impl Life {
    fn of(random: &mut Random, tampers: bool) -> Self {
        let end = match random.below(if tampers { 80 } else { 40 }) {
            0..10 => End::Killed(Kill {
                at: 1 + random.below(120),
                part: random.below(1_001),
            }),
            // Rare, because such a client is given up half a second after its deadline.
            10 => End::Hung { size: 0 },
            11..14 => End::Drop,
            14..17 => End::Shutdown(Duration::from_millis(100)),
            _ => End::Shutdown(Duration::from_millis(random.below(10))),
        };
        let is_killed = matches!(end, End::Killed(_));
        let steps = 1 + random.below(8);
        let steps = (0..steps).map(|_| Step::of(random, tampers && !is_killed));
        Self {
            steps: steps.collect(),
            end,
            opening: (random.below(8) == 0).then(|| Fault::of(random)),
            after: (0..random.below(3))
                .filter(|_| tampers)
                .map(|_| Tamper::of(random))
                .collect(),
        }
    }
}

impl Step {
    fn of(random: &mut Random, tampers: bool) -> Self {
        match random.below(if tampers { 30 } else { 22 }) {
            0..9 => {
                let (events, size) = match random.below(40) {
                    0 => (1 + random.below(16), LARGE),
                    1..4 => (1 + random.below(10), 20_000),
                    _ => (1 + random.below(30), 1 + index(random, 300)),
                };
                Self::Track { events, size }
            }
            9 => Self::Identify,
            10 => Self::Delete,
            11..13 => Self::Flush,
            13..17 => Self::Break(Fault::of(random)),
            17..19 => Self::Repair,
            19 => Self::Weather(Weather::Fair),
            20 => Self::Weather(Weather::Down),
            21 => Self::Weather(Weather::LosesAnswers(1 + random.below(4))),
            _ => Self::Tamper(Tamper::of(random)),
        }
    }
}

impl Fault {
    fn of(random: &mut Random) -> Self {
        let call = match random.below(24) {
            0..5 => return Self::Full(random.below(40_000)),
            5 => return Self::Slow(200 * random.below(10)),
            6..12 => Call::Sync,
            12..18 => Call::Write,
            18 => Call::Open,
            19..21 => Call::Rename,
            21 => Call::Unlink,
            22 => Call::Truncate,
            _ => Call::Read,
        };
        let errors: &[Error] = match call {
            Call::Write => &[Error::Half, Error::Interrupted, Error::Io, Error::NoSpace],
            Call::Open => &[Error::Io, Error::TooManyFiles, Error::NoSpace],
            Call::Rename => &[Error::Io, Error::NoSpace],
            _ => &[Error::Io],
        };
        let error = errors[index(random, errors.len())];
        let times = match error {
            // The call is repeated until it is not interrupted.
            Error::Interrupted => 3,
            _ => pick(random, [1, 1, 3, u64::MAX / 2]),
        };
        Self::Fail {
            call,
            skip: 1 + random.below(8),
            times,
            error,
        }
    }
}

impl Tamper {
    fn of(random: &mut Random) -> Self {
        let nth = index(random, 100);
        let target = match random.below(19) {
            0..9 => Target::Log(nth),
            9..14 => Target::Acks(nth),
            14 => Target::Deletions,
            15 => Target::Project,
            16 => Target::Reserve,
            17 => Target::Lock,
            _ => Target::Damaged(nth),
        };
        let how = match random.below(14) {
            0..3 => How::Cut(random.below(1_000)),
            3 => How::Empty,
            4..8 => How::Flip(random.below(1_000)),
            8..10 => How::Delete,
            10..12 => How::Swap(index(random, 100)),
            12 => How::Overwrite(random.below(1_000)),
            _ => How::Folder,
        };
        Self { target, how }
    }
}

fn index(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).expect("small")
}

fn pick<T: Copy, const N: usize>(random: &mut Random, from: [T; N]) -> T {
    from[index(random, N)]
}
