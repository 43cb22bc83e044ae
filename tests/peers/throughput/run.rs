//! Running the drivers: each in a process of its own, so that none finds what another one left behind.

use crate::sink::Sink;
use lunogram_peers::{Task, Took};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Whose driver it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Driver {
    Ours,
    Posthog,
    Segment,
}

/// The programs, built.
pub(crate) struct Drivers {
    ours: PathBuf,
    others: PathBuf,
}

/// What the C library's allocator is told, so that memory that was given back once is used again by whichever thread.
const KEEP_MEMORY: [(&str, &str); 4] = [
    ("MALLOC_ARENA_MAX", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "4294967296"),
    ("MALLOC_TRIM_THRESHOLD_", "17179869184"),
    ("MALLOC_TOP_PAD_", "0"),
];

impl Drivers {
    /// Builds the other crates' programs, as `cargo build --release` does.
    pub(crate) fn build() -> io::Result<Self> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("others");
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("peers");
        let status = Command::new(env!("CARGO"))
            .args(["build", "--release", "--quiet"])
            .current_dir(source)
            .env("CARGO_TARGET_DIR", &target)
            .status()?;
        if !status.success() {
            return Err(io::Error::other("the other crates' programs are not built"));
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

    /// Runs a task in several processes at once, and tells what each took.
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
        let (variable, value) = task.variable();
        let kept = match task.what.as_str() {
            "threads" => KEEP_MEMORY.as_slice(),
            _ => &[],
        };
        Command::new(self.program(driver))
            .env(variable, value)
            .envs(kept.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
    }

    /// Runs a task, and makes sure that every event of it arrived.
    pub(crate) fn deliver(&self, driver: Driver, task: &Task, sink: &mut Sink) -> io::Result<Took> {
        let took = self.run(driver, task)?;
        arrived(driver, task, sink)?;
        Ok(took)
    }

    /// Instructions of the whole process, on all of its threads.
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
