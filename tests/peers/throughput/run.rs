//! Runs each driver in its own process, so that runs do not influence each other.

use crate::sink::Sink;
use lunogram_peers::{Load, Task, Took};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The crate that a driver uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    Ours,
    Posthog,
    Segment,
}

/// The paths of the built programs.
pub(crate) struct Drivers {
    ours: PathBuf,
    others: PathBuf,
}

/// Settings of the C library's allocator that make it reuse freed memory on any thread.
const KEEP_MEMORY: [(&str, &str); 4] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
    ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
    ("MALLOC_TOP_PAD_", "0"),
];

impl Drivers {
    /// Builds the peers' programs with `cargo build --release`.
    pub(crate) fn build() -> io::Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("others");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
        let status = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet"])
            .current_dir(source)
            .env("CARGO_TARGET_DIR", &target)
            .status()?;
        if !status.success() {
            return Err(io::Error::other("cannot build the peers' programs"));
        }
        Ok(Self {
            ours: std::env::current_exe()?,
            others: target.join("release"),
        })
    }

    fn program(&self, driver: Driver) -> PathBuf {
        match driver {
            Driver::Ours => self.ours.clone(),
            Driver::Posthog => self.others.join("posthog"),
            Driver::Segment => self.others.join("segment"),
        }
    }

    /// Runs a task.
    pub(crate) fn run(&self, driver: Driver, task: &Task) -> io::Result<Took> {
        finish(driver, self.start(driver, task)?)
    }

    /// Runs a task in several processes at once, and returns the time of each.
    pub(crate) fn side_by_side(
        &self,
        driver: Driver,
        task: &Task,
        processes: usize,
    ) -> io::Result<Vec<Took>> {
        let started: Vec<Child> = (0..processes)
            .map(|_| self.start(driver, task))
            .collect::<io::Result<_>>()?;
        let ended = started.into_iter().map(|child| finish(driver, child));
        ended.collect()
    }

    fn start(&self, driver: Driver, task: &Task) -> io::Result<Child> {
        let allocator = match task.what.as_str() {
            "threads" => KEEP_MEMORY.as_slice(),
            _ => &[],
        };
        let mut command = self.command(driver, task);
        command.envs(allocator.iter().copied()).spawn()
    }

    /// Starts a driver of a deployed world.
    pub(crate) fn start_in_world(
        &self,
        driver: Driver,
        url: &str,
        load: Load,
    ) -> io::Result<Child> {
        let task = Task {
            what: "world".to_owned(),
            url: url.to_owned(),
            events: load.events as usize,
            batch: 0,
            at_a_time: 0,
        };
        let mut command = self.command(driver, &task);
        command.envs([load.variable()]).spawn()
    }

    fn command(&self, driver: Driver, task: &Task) -> Command {
        let mut command = Command::new(self.program(driver));
        command.envs([task.variable()]).stdout(Stdio::piped());
        command
    }

    /// Runs a task, and checks that all of its events arrived.
    pub(crate) fn deliver(&self, driver: Driver, task: &Task, sink: &mut Sink) -> io::Result<Took> {
        let took = self.run(driver, task)?;
        arrived(driver, task, sink)?;
        Ok(took)
    }

    /// The instructions of the whole process, on all threads.
    pub(crate) fn instructions(
        &self,
        driver: Driver,
        task: &Task,
        sink: &mut Sink,
    ) -> io::Result<f64> {
        let (variable, value) = task.variable();
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(self.program(driver))
            .env(variable, value)
            .output()
            .map_err(|error| io::Error::other(format!("valgrind: {error}")))?;
        arrived(driver, task, sink)?;
        let report = String::from_utf8_lossy(&output.stderr);
        report
            .lines()
            .find_map(|line| line.split_once("Collected : "))
            .and_then(|(_, count)| count.trim().parse().ok())
            .ok_or_else(|| io::Error::other(format!("valgrind failed: {report}")))
    }
}

fn finish(driver: Driver, child: Child) -> io::Result<Took> {
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    Took::parse(&text).ok_or_else(|| io::Error::other(format!("{driver:?} failed: {text}")))
}

fn arrived(driver: Driver, task: &Task, sink: &mut Sink) -> io::Result<()> {
    match sink.count()? {
        arrived if arrived == task.events => Ok(()),
        arrived => Err(io::Error::other(format!(
            "{arrived} of {} events of {driver:?} arrived",
            task.events
        ))),
    }
}
