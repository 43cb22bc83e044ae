//! Tracks events through an outage of the server, and shows live how many are queued in memory and
//! on disk, delivered, sent again, and dropped when both are full.
//!
//! Run `cargo run --example outage -- [--rate EVENTS_PER_SECOND] [--seconds SECONDS]`. The server
//! responds for a third of the time, fails for a third, and responds again.

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use lunogram::queue::{Overflow, QueueOptions, SpoolOptions};
use lunogram::testing::{Fault, Server};
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use std::error::Error;
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::time::timeout;

const USAGE: &str = "usage: outage [--rate EVENTS_PER_SECOND] [--seconds SECONDS]";

/// The bound of the queue in memory, in bytes.
const MEMORY: usize = 256 << 10;

/// The bound of the spool on disk, in bytes: small enough to be reached during the outage.
const DISK: u64 = 512 << 10;

/// The interval of tracking and drawing.
const TICK: Duration = Duration::from_millis(50);

#[derive(LunogramEvent)]
struct PageViewed<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    path: &'a str,
    number: u64,
}

struct Options {
    rate: u64,
    seconds: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    let server = Server::start()?;
    let queue = QueueOptions::default()
        .max_bytes(MEMORY)
        .batch_age(Duration::from_millis(100))
        .longest_pause(Duration::from_secs(1))
        .overflow(Overflow::DropOldest);
    let folder = tempfile::tempdir()?;
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(queue)
        .spool(SpoolOptions::new(folder.path()).max_bytes(DISK))
        .build()?;
    client.identify(&UpsertUserRequest::new("user_123"))?;

    let mut terminated = pin!(lunogram::signal::terminated()?);
    let (rate, seconds) = (options.rate, options.seconds);
    println!("tracking {rate} events per second for {seconds} seconds; Ctrl-C ends it early");
    let display = Display::new()?;
    let start = Instant::now();
    let third = Duration::from_secs(options.seconds) / 3;
    let mut tracked = 0;
    let mut down = false;
    while start.elapsed() < third * 3 {
        let is_down = (third..third * 2).contains(&start.elapsed());
        if is_down != down {
            down = is_down;
            if down {
                server.inject(Fault::status(503).always());
            } else {
                server.clear_faults();
            }
        }
        let due = u64::try_from(start.elapsed().as_millis())? * options.rate / 1_000;
        while tracked < due {
            client.track(&PageViewed {
                user: "user_123",
                path: "/pricing",
                number: tracked,
            })?;
            tracked += 1;
        }
        display.draw(&client, if down { "down" } else { "up" });
        // Ctrl-C ends it early, and the queued events are delivered then, too.
        if timeout(TICK, &mut terminated).await.is_ok() {
            server.clear_faults();
            break;
        }
    }
    let stats = client.shutdown(Duration::from_secs(10)).await?;
    display.draw(&client, "up");
    display.end();
    println!("{stats}");
    println!(
        "{} requests, {} of them repeated; the server holds {} events and lost {}",
        stats.requests(),
        stats.repeated_requests(),
        server.all_events().len(),
        server.lost().len()
    );
    Ok(())
}

/// One line per figure.
struct Display {
    all: MultiProgress,
    server: ProgressBar,
    queued: ProgressBar,
    memory: ProgressBar,
    spooled: ProgressBar,
    delivered: ProgressBar,
    repeated: ProgressBar,
    dropped: ProgressBar,
}

impl Display {
    fn new() -> Result<Self, Box<dyn Error>> {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr());
        let plain = ProgressStyle::with_template("{prefix:>10} {msg}")?;
        let bytes = ProgressStyle::with_template("{prefix:>10} {bytes:>10} {wide_bar}")?;
        let line = |prefix: &'static str, style: &ProgressStyle, length: u64| {
            let line = ProgressBar::new(length).with_style(style.clone());
            all.add(line.with_prefix(prefix))
        };
        let count = ProgressStyle::with_template("{prefix:>10} {pos:>10}")?;
        Ok(Self {
            server: line("server", &plain, 0),
            queued: line("queued", &count, 0),
            memory: line("in memory", &bytes, MEMORY as u64),
            spooled: line("spooled", &count, 0),
            delivered: line("delivered", &count, 0),
            repeated: line("repeated", &count, 0),
            dropped: line("dropped", &count, 0),
            all,
        })
    }

    fn draw(&self, client: &Client, server: &'static str) {
        let stats = client.stats();
        self.server.set_message(server);
        self.queued.set_position(stats.pending());
        self.memory.set_position(stats.pending_bytes());
        self.spooled.set_position(stats.spooled());
        self.delivered.set_position(stats.delivered());
        self.repeated.set_position(stats.repeated_requests());
        self.dropped.set_position(stats.dropped());
    }

    fn end(&self) {
        for line in [
            &self.server,
            &self.queued,
            &self.memory,
            &self.spooled,
            &self.delivered,
            &self.repeated,
            &self.dropped,
        ] {
            line.abandon();
        }
        // Leaves the last state on the screen.
        let _ = self.all.println("");
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options {
        rate: 2_000,
        seconds: 9,
    };
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (name.as_str(), value) {
            ("--rate", Some(rate)) => options.rate = rate,
            ("--seconds", Some(seconds)) => options.seconds = seconds,
            _ => return Err(format!("unknown or invalid argument `{name}`; {USAGE}")),
        }
    }
    Ok(options)
}
