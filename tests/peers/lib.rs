//! What every driver of the comparison knows: the event, the task that it is given, and how it tells what that took.

use std::fmt;
use std::time::Instant;

/// The event's name. The sink counts it, so it is nowhere else in a request.
pub const NAME: &str = "purchase_completed";

/// The event's properties; with `NAME` and a user of [`users`], they are those of `tests/benches/purchase.rs`.
pub const PRODUCT_ID: &str = "sku_tshirt_blue_42";
/// See [`PRODUCT_ID`].
pub const AMOUNT: f64 = 99.99;
/// See [`PRODUCT_ID`].
pub const CURRENCY: &str = "EUR";
/// See [`PRODUCT_ID`].
pub const QUANTITY: u32 = 3;
/// See [`PRODUCT_ID`].
pub const GIFT: bool = false;

const TASK: &str = "LUNOGRAM_PEERS_TASK";

/// The users that events are about, in turn: of one length, so that each event is.
#[must_use]
pub fn users() -> Vec<String> {
    (0..1_000_u64)
        .map(|n| {
            // Any numbers that differ in more than their last digits.
            let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
            format!("user_{id:012x}")
        })
        .collect()
}

/// What a driver is to do.
#[derive(Clone, Debug)]
pub struct Task {
    /// What, where a program can do several things.
    pub what: String,
    /// Where the sink is.
    pub url: String,
    /// How many events.
    pub events: usize,
    /// How many of them to a request, where that can be chosen.
    pub batch: usize,
    /// How many requests, or threads, at a time, where that can be chosen.
    pub at_a_time: usize,
}

impl Task {
    /// The task of this process, if it is a driver's.
    ///
    /// # Panics
    /// When it is not written as [`variable`](Self::variable) does.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let task = std::env::var(TASK).ok()?;
        let words: Vec<_> = task.split(' ').collect();
        let [what, url, events, batch, at_a_time] = words[..] else {
            panic!("no task: {task}");
        };
        let number = |word: &str| word.parse().expect("a number");
        Some(Self {
            what: what.to_owned(),
            url: url.to_owned(),
            events: number(events),
            batch: number(batch),
            at_a_time: number(at_a_time),
        })
    }

    /// The environment variable, with its value, that gives a process this task.
    #[must_use]
    pub fn variable(&self) -> (&'static str, String) {
        let Self {
            what,
            url,
            events,
            batch,
            at_a_time,
        } = self;
        (TASK, format!("{what} {url} {events} {batch} {at_a_time}"))
    }
}

/// What a task took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Seconds on the clock.
    pub elapsed: f64,
    /// Seconds of processor time of the whole process, user and system, to the hundredth.
    pub cpu: f64,
}

impl Took {
    /// As [`Display`](fmt::Display) writes it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (elapsed, cpu) = text.trim().split_once(' ')?;
        Some(Self {
            elapsed: elapsed.parse().ok()?,
            cpu: cpu.parse().ok()?,
        })
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.elapsed, self.cpu)
    }
}

/// Runs since it was made.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch {
    start: Instant,
    cpu: f64,
}

impl Stopwatch {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Self {
            cpu: cpu(),
            start: Instant::now(),
        }
    }

    /// What it took until now.
    #[must_use]
    pub fn took(self) -> Took {
        Took {
            elapsed: self.start.elapsed().as_secs_f64(),
            cpu: cpu() - self.cpu,
        }
    }
}

/// Processor time of this process, its finished threads included (Linux).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // Behind the program's name, in parentheses: state is the first field; utime and stime the 12th and 13th.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    f64::from(ticks) / 100.0
}
