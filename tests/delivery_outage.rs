//! The number of requests that an outage costs: hours of outage on a manual clock.

use lunogram::queue::QueueOptions;
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Failed requests that an outage may cost regardless of the traffic, as documented at
/// `QueueOptions::longest_pause`.
const FREE_RETRIES: f64 = 30.0;

/// Further failed requests per hour: the longest pause is 15 minutes, of which a quarter is jitter.
const PER_HOUR: f64 = 4.0 / 0.75;

/// Further failed requests per request that the same traffic takes without an outage.
const PER_REQUEST: f64 = 0.2;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: u32,
}

#[derive(Clone, Copy, Debug)]
enum Outage {
    Status(u16),
    RetryAfter(u64),
    NoConnection,
}

/// The events that an application tracks every ten minutes.
#[derive(Clone, Copy, Debug)]
struct Traffic {
    users: u32,
    /// Events per user in one burst.
    each: u32,
    bursts: u32,
}

struct Bench {
    server: Server,
    clock: Clock,
    client: Client,
    unreachable: Arc<AtomicBool>,
}

impl Bench {
    fn new(traffic: Traffic, seed: u64) -> Self {
        Self::with(traffic, seed, |options| options)
    }

    fn with(
        traffic: Traffic,
        seed: u64,
        change: impl FnOnce(QueueOptions) -> QueueOptions,
    ) -> Self {
        let server = Server::start().expect("a port");
        let clock = Clock::seeded(seed);
        let unreachable = Arc::new(AtomicBool::new(false));
        let is_unreachable = Arc::clone(&unreachable);
        // No process listens on port 1. Closing the server's port instead could lose it to another
        // process.
        let closed_port = move |_: &reqwest::Url| {
            let unreachable = is_unreachable.load(Ordering::SeqCst);
            unreachable.then_some("http://127.0.0.1:1")
        };
        // Fails if another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .pool_max_idle_per_host(0)
            .proxy(reqwest::Proxy::custom(closed_port))
            .build()
            .expect("an HTTP client");
        let options = QueueOptions::default()
            .batch_events(10)
            .event_deadline(MINUTE * 60 * 24 * 365);
        let client = Client::builder(server.key())
            .base_url(server.url())
            .http_client(http)
            .queue(change(options))
            .clock(&clock)
            .build()
            .expect("a client");
        for user in 0..traffic.users {
            let request = UpsertUserRequest::new(user);
            client.identify(&request).expect("room");
        }
        Self {
            server,
            clock,
            client,
            unreachable,
        }
    }

    fn begin(&self, outage: Outage) {
        match outage {
            Outage::Status(status) => self.server.inject(Fault::status(status).always()),
            Outage::RetryAfter(seconds) => {
                let wait = Duration::from_secs(seconds);
                let fault = Fault::status(429).retry_after(wait);
                self.server.inject(fault.always());
            }
            Outage::NoConnection => self.unreachable.store(true, Ordering::SeqCst),
        }
    }

    fn end(&self) {
        self.server.clear_faults();
        self.unreachable.store(false, Ordering::SeqCst);
    }

    /// Advances the clock by `time`, in steps from one pending sleep to the next.
    async fn pass(&self, mut time: Duration) {
        while let Some(next) = self.clock.idle().await
            && next <= time
        {
            self.clock.advance(next);
            time -= next;
        }
        self.clock.advance(time);
        self.clock.idle().await;
    }

    /// Advances the clock until everything is delivered, and returns by how much.
    async fn drain(&self) -> Duration {
        let mut passed = Duration::ZERO;
        loop {
            let next = self.clock.idle().await;
            if self.client.stats().pending() == 0 {
                return passed;
            }
            let next = next.expect("a pending event with a pending sleep");
            self.clock.advance(next);
            passed += next;
        }
    }
}

/// The number of requests for this traffic, and the time from the end of the outage until
/// everything was delivered.
async fn cost(traffic: Traffic, outage: Option<Outage>, seed: u64) -> (u64, Duration) {
    let bench = Bench::new(traffic, seed);
    bench.drain().await;
    let before = bench.client.stats().requests();
    if let Some(outage) = outage {
        bench.begin(outage);
    }
    for _ in 0..traffic.bursts {
        for user in (0..traffic.each).flat_map(|_| 0..traffic.users) {
            bench.client.track(&Seen { user }).expect("room");
        }
        bench.pass(MINUTE * 10).await;
    }
    bench.end();
    let until_delivered = bench.drain().await;
    let stats = bench.client.stats();
    assert_eq!(stats.delivered(), stats.accepted(), "{stats}");
    assert!(bench.server.lost().is_empty());
    (stats.requests() - before, until_delivered)
}

const OUTAGES: [Outage; 7] = [
    Outage::Status(503),
    Outage::Status(504),
    Outage::Status(429),
    Outage::RetryAfter(1),
    Outage::RetryAfter(45),
    Outage::RetryAfter(7_200),
    Outage::NoConnection,
];

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
async fn assert_cheap(traffic: Traffic) {
    let (without, _) = cost(traffic, None, 0).await;
    let hours = f64::from(traffic.bursts) / 6.0;
    let limit = (1.0 + PER_REQUEST) * without as f64 + FREE_RETRIES + PER_HOUR * hours;
    for (seed, outage) in (1..).zip(OUTAGES) {
        let (with, _) = cost(traffic, Some(outage), seed).await;
        println!("{traffic:?}, {outage:?}: {with} requests, {without} without (limit {limit:.0})");
        assert!(
            with as f64 <= limit,
            "{outage:?} costs {with} requests, {without} without an outage"
        );
    }
}

#[tokio::test]
async fn an_outage_of_hours_costs_at_most_a_fifth_more_requests() {
    assert_cheap(Traffic {
        users: 40,
        each: 10,
        bursts: 6 * 3,
    })
    .await;
}

#[tokio::test]
async fn an_outage_is_cheap_with_few_events_too() {
    for users in [1, 2, 12] {
        assert_cheap(Traffic {
            users,
            each: 1,
            bursts: 1,
        })
        .await;
    }
}

#[tokio::test]
async fn a_month_without_a_server_costs_about_a_request_per_quarter_of_an_hour() {
    let traffic = Traffic {
        users: 30,
        each: 1,
        bursts: 1,
    };
    let bench = Bench::new(traffic, 7);
    bench.drain().await;
    let before = bench.client.stats().requests();
    bench.begin(Outage::NoConnection);
    for user in 0..traffic.users {
        bench.client.track(&Seen { user }).expect("room");
    }
    bench.pass(MINUTE * 60 * 24 * 30).await;
    let failed = bench.client.stats().requests() - before;
    assert_eq!(bench.client.stats().pending(), 30);
    let quarters = 30 * 24 * 4;
    assert!(
        failed >= quarters,
        "{failed} requests are too few to notice the end of the outage"
    );
    assert!(failed <= 30 + quarters * 4 / 3, "{failed} failed requests");
}

#[tokio::test]
async fn the_end_of_an_outage_is_noticed_soon() {
    for (bursts, outage) in [(1, 10 * MINUTE), (6, 60 * MINUTE), (30, 300 * MINUTE)] {
        let traffic = Traffic {
            users: 3,
            each: 1,
            bursts,
        };
        let (_, noticed) = cost(traffic, Some(Outage::Status(503)), 3).await;
        let soon = outage.min(15 * MINUTE) + MINUTE;
        assert!(noticed <= soon, "{noticed:?} after {outage:?}");
    }
    // An event that is close to its deadline is delivered after the outage.
    let traffic = Traffic {
        users: 1,
        each: 1,
        bursts: 1,
    };
    let bench = Bench::with(traffic, 5, |options| options.event_deadline(60 * MINUTE));
    bench.drain().await;
    bench.begin(Outage::Status(503));
    bench.client.track(&Seen { user: 0 }).expect("room");
    bench.pass(54 * MINUTE).await;
    bench.end();
    bench.drain().await;
    assert_eq!(bench.client.stats().dropped(), 0);

    // Enough traffic pays for retries at the usual pace, so the pauses stay short.
    let traffic = Traffic {
        users: 40,
        each: 80,
        bursts: 4,
    };
    let (_, noticed) = cost(traffic, Some(Outage::Status(503)), 4).await;
    assert!(noticed <= 31 * SECOND, "{noticed:?}");
}
