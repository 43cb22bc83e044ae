//! Shared by the drivers of the comparison: the event, the task, and the format of the result.

mod load;

pub use load::{Load, Offer, Offered, Stamp, TICK, unix_millis};

use std::fmt;
use std::time::Instant;

/// The event's name. The sink counts its occurrences, so nothing else in a request contains it.
pub const NAME: &str = "purchase_completed";

/// The event's properties. With `NAME` and a user of [`users`] they make the event of
/// `tests/benches/purchase.rs`.
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

/// The users that the events are about, in turn. Their ids have one length, and so have the events.
#[must_use]
pub fn users() -> Vec<String> {
    (0..1_000_u64)
        .map(|n| {
            // Numbers that differ in more than their last digits.
            let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 16;
            format!("user_{id:012x}")
        })
        .collect()
}

/// The task of a driver.
#[derive(Clone, Debug)]
pub struct Task {
    /// The kind of task, for a program that has several.
    pub what: String,
    /// The URL of the sink.
    pub url: String,
    /// The number of events.
    pub events: usize,
    /// The number of events per request, if the driver can choose it; 0 for its default.
    pub batch: usize,
    /// The number of concurrent requests or threads, if the driver can choose it; 0 for its
    /// default.
    pub at_a_time: usize,
}

impl Task {
    /// The task of this process, if it is a driver.
    ///
    /// # Panics
    /// If the variable is not in the format of [`variable`](Self::variable).
    #[must_use]
    pub fn from_env() -> Option<Self> {
        let task = std::env::var(TASK).ok()?;
        let words: Vec<_> = task.split(' ').collect();
        let [what, url, events, batch, at_a_time] = words[..] else {
            panic!("malformed task: {task}");
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

    /// The environment variable and the value that start a process with this task.
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

/// The time that a task took.
#[derive(Clone, Copy, Debug)]
pub struct Took {
    /// Seconds of wall-clock time.
    pub elapsed: f64,
    /// Seconds of processor time of the whole process, user and system, with a resolution of 0.01
    /// s.
    pub cpu: f64,
}

impl Took {
    /// Parses the output of [`Display`](fmt::Display).
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

/// Measures wall-clock and processor time from its start.
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

    /// The time since the start.
    #[must_use]
    pub fn took(self) -> Took {
        Took {
            elapsed: self.start.elapsed().as_secs_f64(),
            cpu: cpu() - self.cpu,
        }
    }
}

/// Processor time of this process, including its finished threads (Linux).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // After the program's name, which is in parentheses, state is the first field, and utime and
    // stime are the 12th and 13th.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    f64::from(ticks) / 100.0
}
