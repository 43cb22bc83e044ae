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

/// The defaults of our queue.
const BATCH: usize = 500;
const IN_FLIGHT: usize = 4;

/// The default of `posthog-rs`.
const BATCH_OF_POSTHOG: usize = 100;

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
        self.two_threads(table)
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
                let task = self.task("queue", events, BATCH, IN_FLIGHT);
                self.drivers.instructions(driver, &task, &mut self.sink)
            });
            Ok::<_, io::Error>((many? - few?) / as_float(COUNTED[1] - COUNTED[0]))
        };
        let (ours, posthog) = (each(Driver::Ours)?, each(Driver::Posthog)?);
        table.line(
            "instructions of the whole process per event, posthog-rs ÷ ours",
            Goal::AtLeast(25.0),
            Kind::Counted,
            &Runs::new(vec![posthog / ours]),
            &format!("ours {}, posthog-rs {}", grouped(ours), grouped(posthog)),
        );
        Ok(())
    }

    fn allocations(&mut self, table: &mut Table) -> io::Result<()> {
        let task = self.task("", 100_000, BATCH, IN_FLIGHT);
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
        let ours = self.task("queue", EVENTS, BATCH, IN_FLIGHT);
        let equal = self.task("queue", EVENTS, BATCH_OF_POSTHOG, IN_FLIGHT);
        let posthog = self.task("", EVENTS_OF_POSTHOG, BATCH_OF_POSTHOG, 1);
        let segment = self.task("", EVENTS_OF_SEGMENT, 0, 1);
        let ours = self.rate(Driver::Ours, &ours)?;
        let posthog = self.rate(Driver::Posthog, &posthog)?;
        let equal = self.rate(Driver::Ours, &equal)?;
        let segment = self.rate(Driver::Segment, &segment)?;
        let line = |table: &mut Table, figure, goal, runs: &Runs, by: &Runs| {
            let from = format!("{}/s, {}/s", grouped(runs.median()), grouped(by.median()));
            table.line(figure, goal, Kind::Timed, &runs.over(by), &from);
        };
        line(
            table,
            "events/s, batches of 500 against its default",
            Goal::AtLeast(25.0),
            &ours,
            &posthog,
        );
        line(
            table,
            "events/s, both in batches of 100",
            Goal::AtLeast(5.0),
            &equal,
            &posthog,
        );
        line(
            table,
            "events/s, ours in batches of 500 ÷ segment",
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
        let posthog = self.task("", EVENTS_OF_POSTHOG_IF_SLOW, BATCH_OF_POSTHOG, 1);
        let posthog = self.rate(Driver::Posthog, &posthog)?;
        for (figure, goal, batch, in_flight) in [
            (
                "events/s, a sink that takes 20 ms, ours with its defaults",
                Goal::AtLeast(50.0),
                BATCH,
                IN_FLIGHT,
            ),
            (
                "events/s, a sink that takes 20 ms, ours 16 × 500 at a time",
                Goal::AtLeast(50.0),
                BATCH,
                16,
            ),
        ] {
            let task = self.task("queue", EVENTS, batch, in_flight);
            let ours = self.rate(Driver::Ours, &task)?;
            let from = format!(
                "{}/s, {}/s",
                grouped(ours.median()),
                grouped(posthog.median())
            );
            table.line(figure, goal, Kind::Timed, &ours.over(&posthog), &from);
        }
        self.sink = fast;
        Ok(())
    }

    fn above_http(&mut self, table: &mut Table) -> io::Result<()> {
        let events = 4 * EVENTS;
        let queue = self.task("queue", events, 1_000, IN_FLIGHT);
        let bodies = self.task("bodies", events, 1_000, IN_FLIGHT);
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

    /// Tracks on two threads with one client, and on one thread. Two separate processes are
    /// measured for comparison, since two processors of one machine are not twice as fast as one.
    fn two_threads(&mut self, table: &mut Table) -> io::Result<()> {
        let task = |threads| Task {
            url: UNREACHABLE.to_owned(),
            ..self.task("threads", EVENTS, 0, threads)
        };
        let [one, two] = [1, 2].map(task);
        let (mut alone, mut shared, mut apart) = (Vec::new(), Vec::new(), Vec::new());
        let nanos = |took: Took| took.elapsed * 1e9 / as_float(EVENTS);
        for _ in 0..RUNS {
            alone.push(nanos(self.drivers.run(Driver::Ours, &one)?));
            shared.push(nanos(self.drivers.run(Driver::Ours, &two)?));
            let both = self.drivers.side_by_side(Driver::Ours, &one, 2)?;
            apart.push(both.into_iter().map(nanos).fold(0.0, f64::max));
        }
        let [alone, shared, apart] = [alone, shared, apart].map(Runs::new);
        let from = |what: &str, runs: &Runs| {
            format!(
                "{what} {:.0} ns, one thread {:.0} ns",
                runs.median(),
                alone.median()
            )
        };
        table.line(
            "time per `track` on two threads at once ÷ on one",
            Goal::AtMost(1.3),
            Kind::Timed,
            &shared.over(&alone),
            &from("two threads", &shared),
        );
        table.line(
            "time per `track` in two processes at once ÷ in one",
            Goal::None,
            Kind::Timed,
            &apart.over(&alone),
            &from("two processes", &apart),
        );
        Ok(())
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn as_float(count: usize) -> f64 {
    count as f64
}
