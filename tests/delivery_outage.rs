//! The number of requests that an outage costs, and its effect on events: hours of outage on a
//! manual clock.

use lunogram::queue::QueueOptions;
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, LunogramEvent, UpsertUserRequest};
use lunogram_tests::spool::drain;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Requests that an outage may cost regardless of its length: those in flight when it begins, and
/// probes until their pauses have grown.
const AT_ONCE: u64 = 30;

/// Probes per hour: the longest pause is 30 seconds, of which half is jitter.
const PER_HOUR: u64 = 3_600 / 15;

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
    async fn pass(&self, time: Duration) {
        pass(&self.clock, time).await;
    }

    /// Advances the clock until everything is delivered, and returns by how much.
    async fn drain(&self) -> Duration {
        drain(&self.client, &self.clock).await
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

const OUTAGES: [Outage; 3] = [
    Outage::Status(503),
    Outage::Status(504),
    Outage::NoConnection,
];

/// A server that wants fewer requests is not down. These find the rate that it accepts.
const REFUSALS: [Outage; 4] = [
    Outage::Status(429),
    Outage::RetryAfter(1),
    Outage::RetryAfter(45),
    Outage::RetryAfter(7_200),
];

#[tokio::test]
async fn attempts_without_a_connection_count_as_requests() {
    let none = Traffic {
        users: 0,
        each: 0,
        bursts: 0,
    };
    let bench = Bench::new(none, 1);
    bench.begin(Outage::NoConnection);
    bench.client.track(&Seen { user: 1 }).expect("room");
    bench.pass(MINUTE * 10).await;
    let stats = bench.client.stats();
    assert!(stats.requests() >= 10, "{stats:?}");
    assert!(bench.server.requests().is_empty());
}

async fn assert_cheap(traffic: Traffic, outages: &[Outage]) {
    let (without, _) = cost(traffic, None, 0).await;
    let limit = without + AT_ONCE + PER_HOUR * u64::from(traffic.bursts).div_ceil(6);
    for (seed, outage) in (1..).zip(outages.iter().copied()) {
        let (with, noticed) = cost(traffic, Some(outage), seed).await;
        println!("{traffic:?}, {outage:?}: {with} requests, {without} without (limit {limit})");
        assert!(
            with <= limit,
            "{outage:?} costs {with} requests, {without} without an outage"
        );
        // A `Retry-After` of more than a minute is cut to that.
        assert!(noticed <= 95 * SECOND, "{noticed:?} after {outage:?}");
    }
}

#[tokio::test]
async fn an_outage_of_hours_costs_a_probe_per_pause() {
    let traffic = Traffic {
        users: 40,
        each: 10,
        bursts: 6,
    };
    assert_cheap(traffic, &OUTAGES).await;
}

#[tokio::test]
async fn an_outage_is_cheap_with_few_events_too() {
    for users in [1, 12] {
        let traffic = Traffic {
            users,
            each: 1,
            bursts: 1,
        };
        assert_cheap(traffic, &OUTAGES).await;
        assert_cheap(traffic, &REFUSALS).await;
    }
}

#[tokio::test]
async fn the_end_of_an_outage_is_noticed_within_half_a_minute() {
    for (bursts, outage) in [(1, Outage::Status(503)), (12, Outage::NoConnection)] {
        let traffic = Traffic {
            users: 3,
            each: 1,
            bursts,
        };
        let (_, noticed) = cost(traffic, Some(outage), 3).await;
        assert!(noticed <= 31 * SECOND, "{noticed:?} after {outage:?}");
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
    bench.pass(59 * MINUTE).await;
    bench.end();
    bench.drain().await;
    assert_eq!(bench.client.stats().dropped(), 0);
}

/// How often each user's event was in a request.
fn copies(bench: &Bench, users: u32) -> Vec<usize> {
    let requests = bench.server.requests();
    let ids: Vec<_> = requests
        .iter()
        .filter_map(|request| request.body.as_ref()?.as_array())
        .flatten()
        .map(|event| event["identifier"][0]["external_id"].clone())
        .collect();
    let count = |user: u32| {
        let id = user.to_string();
        ids.iter().filter(|known| **known == *id).count()
    };
    (0..users).map(count).collect()
}

/// A proxy's error says nothing about the events. Until the server is seen again, none of them is
/// sent a second time.
#[tokio::test]
async fn a_server_that_is_gone_sees_no_event_twice() {
    let traffic = Traffic {
        users: 40,
        each: 1,
        bursts: 1,
    };
    for status in [502, 503, 504] {
        let bench = Bench::new(traffic, u64::from(status));
        bench.drain().await;
        // At one moment, the last success would count as later than the first failure.
        bench.clock.advance(SECOND);
        bench.begin(Outage::Status(status));
        for user in 0..traffic.users {
            bench.client.track(&Seen { user }).expect("room");
        }
        bench.pass(10 * MINUTE).await;
        let before = copies(&bench, traffic.users);
        assert!(before.iter().all(|copies| *copies <= 1), "{before:?}");
        bench.end();
        bench.drain().await;
        let after = copies(&bench, traffic.users);
        let once_more = |copies: &usize| (1..=2).contains(copies);
        assert!(after.iter().all(once_more), "{after:?}");
        assert_eq!(bench.client.stats().delivered(), 80);
    }
}

/// The deploy after an incident: the server is well again, and the next probe is a while away.
#[tokio::test]
async fn shutdown_and_flush_try_at_once() {
    let traffic = Traffic {
        users: 20,
        each: 1,
        bursts: 1,
    };
    for seed in 0..6 {
        let bench = Bench::new(traffic, seed);
        bench.drain().await;
        bench.begin(Outage::Status(503));
        for user in 0..traffic.users {
            bench.client.track(&Seen { user }).expect("room");
        }
        bench.pass(SECOND * 80).await;
        bench.end();
        // The clock stands still, so only what needs no pause is sent.
        let stats = if seed % 2 == 0 {
            let ended = bench.client.shutdown(5 * SECOND).await;
            ended.expect("not held")
        } else {
            bench.client.flush().await.expect("not held");
            bench.client.stats()
        };
        assert_eq!(stats.delivered(), 40, "{stats}");
    }
}

/// Advances the clock by `time`, in steps from one pending sleep to the next.
pub(crate) async fn pass(clock: &Clock, mut time: Duration) {
    while let Some(next) = clock.idle().await
        && next <= time
    {
        clock.advance(next);
        time -= next;
    }
    clock.advance(time);
    clock.idle().await;
}
