//! The figures: the runs and the goal of each.

use crate::run::{Driver, Drivers};
use crate::sink::Sink;
use crate::table::{Goal, Kind, Runs, Table, grouped};
use lunogram_peers::{Task, Took};
use std::io;
use std::process::Command;
use std::time::Duration;

const RUNS: usize = 5;

/// Enough for a few seconds per run.
const EVENTS: usize = 1_000_000;
const EVENTS_OF_POSTHOG: usize = 100_000;
const EVENTS_OF_POSTHOG_IF_SLOW: usize = 10_000;
const EVENTS_OF_SEGMENT: usize = 100_000;

/// The default of the driver's crate, for the events per request and for the concurrent requests.
const DEFAULT: usize = 0;

/// The default of `posthog-rs`.
const BATCH_OF_POSTHOG: usize = 100;

/// The settings of the comparison with ready bodies, the same for both.
const BATCH_OF_BODIES: usize = 1_000;
const BODIES_AT_A_TIME: usize = 4;

/// The events between two flushes of the benchmark of allocations.
const FLUSHED: usize = 500;

/// Many threads that track at once, and the events of each: as many together as two threads track.
const MANY_THREADS: usize = 8;
const EVENTS_OF_MANY: usize = EVENTS / 4;

/// The sizes of two runs: the difference between them excludes start-up.
const COUNTED: [usize; 2] = [10_000, 30_000];

/// A port on which nothing listens, so that nothing is delivered.
const UNREACHABLE: &str = "http://127.0.0.1:1";

/// The response time of the slow sink.
const SLOW: Duration = Duration::from_millis(20);

/// The drivers and the sink of the comparison.
pub(crate) struct Bench {
    drivers: Drivers,
    sink: Sink,
}

impl Bench {
    /// Builds the drivers and starts the sink.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            drivers: Drivers::build()?,
            sink: Sink::start(Duration::ZERO)?,
        })
    }

    pub(crate) fn all(&mut self, table: &mut Table) -> io::Result<()> {
        self.instructions(table)?;
        self.allocations(table)?;
        self.fast_sink(table)?;
        self.slow_sink(table)?;
        self.above_http(table)?;
        self.threads(table)
    }

    fn task(&self, what: &str, events: usize, batch: usize, at_a_time: usize) -> Task {
        Task {
            what: what.to_owned(),
            url: self.sink.url.clone(),
            events,
            batch,
            at_a_time,
        }
    }

    /// Runs one task several times, and computes a figure of each run.
    fn runs(
        &mut self,
        driver: Driver,
        task: &Task,
        figure: impl Fn(Took) -> f64,
    ) -> io::Result<Runs> {
        let runs = (0..RUNS).map(|_| {
            let took = self.drivers.deliver(driver, task, &mut self.sink)?;
            Ok(figure(took))
        });
        Ok(Runs::new(runs.collect::<io::Result<_>>()?))
    }

    /// Events per second, of several runs.
    fn rate(&mut self, driver: Driver, task: &Task) -> io::Result<Runs> {
        let events = as_float(task.events);
        self.runs(driver, task, |took| events / took.elapsed)
    }

    fn instructions(&mut self, table: &mut Table) -> io::Result<()> {
        let mut each = |driver| {
            let [few, many] = COUNTED.map(|events| {
                let task = self.task("queue", events, DEFAULT, DEFAULT);
                self.drivers.instructions(driver, &task, &mut self.sink)
            });
            Ok::<_, io::Error>((many? - few?) / as_float(COUNTED[1] - COUNTED[0]))
        };
        let (ours, posthog) = (each(Driver::Ours)?, each(Driver::Posthog)?);
        table.line(
            "instructions of the whole process per event, posthog-rs ÷ ours",
            // A copy of each byte, which joins the events of several subjects in one
            // request, counts as an instruction.
            Goal::AtLeast(20.0),
            Kind::Counted,
            &Runs::new(vec![posthog / ours]),
            &format!("ours {}, posthog-rs {}", grouped(ours), grouped(posthog)),
        );
        Ok(())
    }

    fn allocations(&mut self, table: &mut Table) -> io::Result<()> {
        let task = self.task("", 100_000, FLUSHED, DEFAULT);
        let (variable, value) = task.variable();
        let output = Command::new(env!("CARGO"))
            .args(["bench", "-p", "lunogram-peers", "--bench", "allocations"])
            .arg("--quiet")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env(variable, value)
            .output()?;
        // Resets the count, which includes the events of the warm-up.
        self.sink.count()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let allocations: f64 = text.trim().parse().map_err(|_| {
            io::Error::other(format!(
                "the benchmark `allocations` failed: {}",
                String::from_utf8_lossy(&output.stderr)
            ))
        })?;
        table.line(
            "allocations per `track` in steady state, on the tracking thread",
            Goal::AtMost(0.0),
            Kind::Counted,
            &Runs::new(vec![allocations / as_float(task.events)]),
            &format!(
                "{} in {}",
                grouped(allocations),
                grouped(as_float(task.events))
            ),
        );
        Ok(())
    }

    fn fast_sink(&mut self, table: &mut Table) -> io::Result<()> {
        let ours = self.task("queue", EVENTS, DEFAULT, DEFAULT);
        let equal = self.task("queue", EVENTS, BATCH_OF_POSTHOG, DEFAULT);
        let posthog = self.task("", EVENTS_OF_POSTHOG, DEFAULT, DEFAULT);
        let segment = self.task("", EVENTS_OF_SEGMENT, DEFAULT, DEFAULT);
        let ours = self.rate(Driver::Ours, &ours)?;
        let posthog = self.rate(Driver::Posthog, &posthog)?;
        let equal = self.rate(Driver::Ours, &equal)?;
        let segment = self.rate(Driver::Segment, &segment)?;
        let line = |table: &mut Table, figure, goal, runs: &Runs, by: &Runs| {
            table.line(figure, goal, Kind::Timed, &runs.over(by), &rates(runs, by));
        };
        line(
            table,
            "events/s, both with their defaults",
            Goal::AtLeast(35.0),
            &ours,
            &posthog,
        );
        line(
            table,
            "events/s, both in batches of 100",
            Goal::AtLeast(15.0),
            &equal,
            &posthog,
        );
        line(
            table,
            "events/s, both with their defaults, ours ÷ segment",
            Goal::None,
            &ours,
            &segment,
        );
        line(
            table,
            "events/s, segment ÷ posthog-rs",
            Goal::None,
            &segment,
            &posthog,
        );
        Ok(())
    }

    fn slow_sink(&mut self, table: &mut Table) -> io::Result<()> {
        let fast = std::mem::replace(&mut self.sink, Sink::start(SLOW)?);
        let posthog = self.task("", EVENTS_OF_POSTHOG_IF_SLOW, DEFAULT, DEFAULT);
        let posthog = self.rate(Driver::Posthog, &posthog)?;
        let ours = self.task("queue", EVENTS, DEFAULT, DEFAULT);
        let ours = self.rate(Driver::Ours, &ours)?;
        table.line(
            "events/s, a sink that takes 20 ms, both with their defaults",
            Goal::AtLeast(50.0),
            Kind::Timed,
            &ours.over(&posthog),
            &rates(&ours, &posthog),
        );
        self.sink = fast;
        Ok(())
    }

    fn above_http(&mut self, table: &mut Table) -> io::Result<()> {
        let events = 4 * EVENTS;
        let queue = self.task("queue", events, BATCH_OF_BODIES, BODIES_AT_A_TIME);
        let bodies = self.task("bodies", events, BATCH_OF_BODIES, BODIES_AT_A_TIME);
        let million = |took: Took| took.cpu / 4.0;
        let queue = self.runs(Driver::Ours, &queue, million)?;
        let bodies = self.runs(Driver::Ours, &bodies, million)?;
        table.line(
            "CPU s per million events above posting ready bodies of 1,000",
            Goal::AtMost(0.15),
            Kind::Timed,
            &queue.above(&bodies),
            &format!("{:.3}, bodies alone {:.3}", queue.median(), bodies.median()),
        );
        Ok(())
    }

    /// Tracks on several threads with one client, and on one thread. Two separate processes are
    /// measured for comparison, since two processors of one machine are not twice as fast as one.
    fn threads(&mut self, table: &mut Table) -> io::Result<()> {
        let task = |threads, events| Task {
            url: UNREACHABLE.to_owned(),
            ..self.task("threads", events, DEFAULT, threads)
        };
        let [one, two] = [1, 2].map(|threads| task(threads, EVENTS));
        let many = task(MANY_THREADS, EVENTS_OF_MANY);
        let (mut alone, mut shared, mut apart) = (Vec::new(), Vec::new(), Vec::new());
        let (mut rate_alone, mut rate_of_many) = (Vec::new(), Vec::new());
        let nanos = |took: Took| took.elapsed * 1e9 / as_float(EVENTS);
        for _ in 0..RUNS {
            let took = self.drivers.run(Driver::Ours, &one)?;
            alone.push(nanos(took));
            rate_alone.push(as_float(EVENTS) / took.elapsed);
            shared.push(nanos(self.drivers.run(Driver::Ours, &two)?));
            let both = self.drivers.side_by_side(Driver::Ours, &one, 2)?;
            apart.push(both.into_iter().map(nanos).fold(0.0, f64::max));
            let took = self.drivers.run(Driver::Ours, &many)?;
            rate_of_many.push(as_float(MANY_THREADS * EVENTS_OF_MANY) / took.elapsed);
        }
        let [alone, shared, apart] = [alone, shared, apart].map(Runs::new);
        let [rate_alone, rate_of_many] = [rate_alone, rate_of_many].map(Runs::new);
        let times = |what: &str, runs: &Runs, than: &str, others: &Runs| {
            let [time, other] = [runs, others].map(Runs::median);
            format!("{what} {time:.0} ns, {than} {other:.0} ns")
        };
        table.line(
            "time per `track` on two threads at once ÷ on one",
            Goal::AtMost(1.5),
            Kind::Timed,
            &shared.over(&alone),
            &times("two threads", &shared, "one thread", &alone),
        );
        table.line(
            "time per `track` in two processes at once ÷ in one",
            Goal::None,
            Kind::Timed,
            &apart.over(&alone),
            &times("two processes", &apart, "one thread", &alone),
        );
        table.line(
            "time per `track` on two threads ÷ in two processes, at once",
            Goal::AtMost(1.2),
            Kind::Timed,
            &shared.over(&apart),
            &times("two threads", &shared, "two processes", &apart),
        );
        table.line(
            "events/s of eight threads together ÷ of one alone",
            Goal::AtLeast(1.0),
            Kind::Timed,
            &rate_of_many.over(&rate_alone),
            &rates(&rate_of_many, &rate_alone),
        );
        Ok(())
    }
}

/// The medians of two rates.
fn rates(ours: &Runs, others: &Runs) -> String {
    let [ours, others] = [ours, others].map(|runs| grouped(runs.median()));
    format!("{ours}/s, {others}/s")
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_float(count: usize) -> f64 {
    count as f64
}
