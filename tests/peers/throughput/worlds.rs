//! Deployed worlds: which events arrive at a server with the limits of a deployed one, and when.
//!
//! Each crate has its own server, and its processes send to it in real time, all crates at once.
//! Ours has its defaults. `posthog-rs` has its defaults, but a queue that holds all events.
//! `segment` is the batcher of its documentation: it sends in the application's task, which tracks
//! the events that became due meanwhile when the send returns, and goes on after an error. The age
//! of an event counts from the call that tracks it.

use crate::deployed::{Limits, Report};
use crate::run::{Driver, Drivers};
use crate::sink::Sink;
use crate::table::{Goal, crates_head, crates_line};
use lunogram_peers::{Load, Offered};
use std::io;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

const DRIVERS: [Driver; 3] = [Driver::Ours, Driver::Posthog, Driver::Segment];
const CRATES: [&str; 3] = ["lunogram", "posthog-rs", "segment"];

/// The numbers of one process's events start this far after those of another.
const NUMBERS: u32 = 1_000_000;

/// A process that runs for this much longer than it should is killed.
const GRACE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(100);

/// A server, and the processes that send to it.
struct World {
    title: &'static str,
    limits: Limits,
    processes: u32,
    /// Events per second of each process.
    rate: u32,
    /// How long events are tracked.
    within: Duration,
    /// How long the rest can be delivered afterwards.
    drain: Duration,
    goals: Goals,
}

/// The goals of ours.
struct Goals {
    arrived: Goal,
    duplicates: Goal,
    most_copies: Goal,
    event_requests: Goal,
    refused: Goal,
    age_99: Goal,
}

/// The counts of one crate in a world.
#[derive(Debug)]
struct Outcome {
    events: f64,
    failed: f64,
    report: Report,
}

/// Runs all worlds and prints a table of each. `within` replaces the time of the load, and the time
/// to deliver the rest if that is longer, for a quick test of the benchmark itself.
pub(crate) fn run(within: Option<Duration>) -> io::Result<()> {
    let drivers = Drivers::build()?;
    for mut world in [slow_acknowledgement(), fleet()] {
        if let Some(within) = within {
            world.within = within;
            world.drain = within.min(world.drain);
        }
        world.run(&drivers)?;
    }
    Ok(())
}

/// More events than the server can take while they are tracked, but not more than it can take to
/// the end.
fn slow_acknowledgement() -> World {
    World {
        title: "slow acknowledgement: 25 ms an event, 4 requests at a time",
        limits: Limits {
            per_event: Duration::from_millis(25),
            at_a_time: Some(4),
            ..deployed()
        },
        processes: 1,
        rate: 250,
        within: Duration::from_secs(120),
        drain: Duration::from_secs(120),
        goals: Goals {
            arrived: Goal::None,
            duplicates: Goal::AtMost(0.5),
            most_copies: Goal::AtMost(2.0),
            event_requests: Goal::None,
            refused: Goal::None,
            age_99: Goal::None,
        },
    }
}

/// Many processes that share the requests of one key.
fn fleet() -> World {
    World {
        title: "fleet: 20 processes with one key",
        limits: deployed(),
        processes: 20,
        rate: 20,
        within: Duration::from_secs(180),
        drain: Duration::from_secs(30),
        goals: Goals {
            arrived: Goal::AtLeast(100.0),
            duplicates: Goal::None,
            most_copies: Goal::None,
            event_requests: Goal::AtMost(800.0),
            refused: Goal::AtMost(1.0),
            age_99: Goal::AtMost(10.0),
        },
    }
}

/// The platform's defaults, and a fast acknowledgement.
fn deployed() -> Limits {
    Limits {
        per_event: Duration::from_millis(1),
        at_a_time: None,
        answer: Duration::from_secs(10),
        per_minute: 600,
    }
}

impl World {
    fn run(&self, drivers: &Drivers) -> io::Result<()> {
        println!(
            "\n{}; {} events/s offered for {} s, then {} s to deliver the rest",
            self.title,
            self.processes * self.rate,
            self.within.as_secs(),
            self.drain.as_secs()
        );
        let end = Instant::now() + self.within + self.drain + GRACE;
        let mut running = Vec::new();
        for driver in DRIVERS {
            let sink = Sink::deployed(self.limits)?;
            let children = (0..self.processes)
                .map(|process| drivers.start_in_world(driver, &sink.url, self.load(process)));
            running.push((driver, children.collect::<io::Result<Vec<_>>>()?, sink));
        }
        let outcomes = running.into_iter().map(|(driver, children, mut sink)| {
            let mut offered = Offered::default();
            for child in children {
                let one = finish(driver, child, end)?;
                offered.events += one.events;
                offered.failed += one.failed;
            }
            Ok(Outcome {
                events: f64::from(offered.events),
                failed: f64::from(offered.failed),
                report: sink.report()?,
            })
        });
        let outcomes: Vec<Outcome> = outcomes.collect::<io::Result<_>>()?;
        self.print(&outcomes.try_into().expect("one for each crate"));
        Ok(())
    }

    fn load(&self, process: u32) -> Load {
        Load {
            first: process * NUMBERS,
            events: self.events_of_each(),
            within: self.within,
            drain: self.drain,
        }
    }

    fn events_of_each(&self) -> u32 {
        let seconds = u32::try_from(self.within.as_secs()).expect("some minutes");
        self.rate * seconds
    }

    /// How many of the events the server can process to the end.
    fn can_take(&self) -> f64 {
        let offered = f64::from(self.processes * self.events_of_each());
        let Some(at_a_time) = self.limits.at_a_time else {
            return offered;
        };
        let time = (self.within + self.drain).as_secs_f64();
        let at_a_time = f64::from(u32::try_from(at_a_time).expect("a few requests"));
        offered.min(at_a_time * time / self.limits.per_event.as_secs_f64())
    }

    fn print(&self, outcomes: &[Outcome; 3]) {
        crates_head(CRATES);
        let line = |figure: &str, goal: Goal, value: &dyn Fn(&Outcome) -> f64| {
            crates_line(figure, goal, outcomes.each_ref().map(value));
        };
        let percent = |part: f64, whole: f64| 100.0 * part / whole.max(1.0);
        let goals = &self.goals;
        line("events offered", Goal::None, &|it| it.events);
        line("calls that returned an error", Goal::None, &|it| it.failed);
        line(
            "arrived, % of what the server can take",
            goals.arrived,
            &|it| percent(it.report.arrived, self.can_take()),
        );
        line("duplicates, % of arrivals", goals.duplicates, &|it| {
            let arrivals = it.report.arrived + it.report.duplicates;
            percent(it.report.duplicates, arrivals)
        });
        line("most copies of one event", goals.most_copies, &|it| {
            it.report.most_copies
        });
        line("requests for events", goals.event_requests, &|it| {
            it.report.event_requests
        });
        line("answered 429, % of requests", goals.refused, &|it| {
            percent(it.report.refused, it.report.requests)
        });
        line(
            "age of a delivered event, 99th percentile, s",
            goals.age_99,
            &|it| it.report.age_99 / 1e3,
        );
        line("age of a delivered event, greatest, s", Goal::None, &|it| {
            it.report.age_most / 1e3
        });
    }
}

/// Waits for a process until this moment, and kills it then.
fn finish(driver: Driver, mut child: Child, end: Instant) -> io::Result<Offered> {
    while child.try_wait()?.is_none() {
        if Instant::now() >= end {
            eprintln!("a process of {driver:?} did not end in time and was killed");
            child.kill()?;
            break;
        }
        thread::sleep(PAUSE);
    }
    let output = child.wait_with_output()?;
    // A killed process has not counted.
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(Offered::parse(&text).unwrap_or_default())
}
