//! A world: clients that share one key, and a server, on one clock.

use super::report::{Report, Request};
use lunogram::queue::{QueueOptions, Stats};
use lunogram::testing::{Clock, Fault, Limits, Server};
use lunogram::{Client, Event, UpsertUserRequest};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// Events are tracked at the multiples of this time: it bounds the number of steps of the clock.
const TICK: Duration = Duration::from_millis(200);

/// How many users the events are about. The server does not have them, which saves making them: it
/// records the events as lost.
const SUBJECTS: usize = 1_000;

/// The key of all clients.
const KEY: &str = "sk_fleet";

/// The load of the clients, spread evenly.
#[derive(Clone, Copy, Default)]
pub(crate) struct Load {
    /// Events a minute of each client.
    pub(crate) events: u32,
    /// Upserts a minute of all clients together, each of which waits for its answer.
    pub(crate) upserts: u32,
}

/// The settings of a world.
pub(crate) struct Settings {
    pub(crate) clients: usize,
    pub(crate) limits: Limits,
    pub(crate) queue: QueueOptions,
    pub(crate) seed: u64,
    /// A fault, and the share of the requests that it hits at random: one in this many.
    pub(crate) faults: Option<(u32, Fault)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            clients: 1,
            limits: Limits::deployed(),
            queue: QueueOptions::default(),
            seed: 1,
            faults: None,
        }
    }
}

pub(crate) struct World {
    pub(crate) server: Arc<Server>,
    clock: Clock,
    clients: Vec<Client>,
    /// The moment at which each client tracked each of its events.
    tracked: Vec<Vec<Duration>>,
    /// The time on the clock since the start.
    pub(crate) now: Duration,
    upserts: JoinSet<Result<(), lunogram::Error>>,
    sent_upserts: u64,
    requests: Arc<Mutex<Vec<Request>>>,
    started: Instant,
}

impl World {
    pub(crate) async fn start(settings: Settings) -> Self {
        let Settings {
            clients,
            limits,
            queue,
            seed,
            faults,
        } = settings;
        let clock = Clock::seeded(seed);
        let requests = Arc::new(Mutex::new(Vec::new()));
        let injecting: Arc<OnceLock<Weak<Server>>> = Arc::default();
        let (seen, handle) = (Arc::clone(&requests), Arc::clone(&injecting));
        let random = AtomicU64::new(seed);
        let server = Server::builder()
            .any_key()
            .keep(10_000_000)
            .limits(Limits::none())
            .clock(&clock)
            .on_request(move |request| {
                let mut seen = seen.lock().expect("no panic");
                seen.push(Request {
                    is_events: request.path.ends_with("/events"),
                    is_upsert: request.path.ends_with("/users"),
                    status: request.status,
                    took: request.duration,
                });
                let server = handle.get().and_then(Weak::upgrade);
                if let (Some(server), Some((one_in, fault))) = (server, &faults) {
                    // A step of Knuth's linear congruential generator, whose upper bits are good.
                    let step = |n: u64| {
                        n.wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407)
                    };
                    let next = step(random.load(Ordering::Relaxed));
                    random.store(next, Ordering::Relaxed);
                    if (next >> 33) % u64::from(*one_in) == 0 {
                        server.inject(fault.clone());
                    }
                }
            })
            .start();
        let server = Arc::new(server.expect("a port"));
        let client = |key: &str| {
            let builder = Client::builder(key).base_url(server.url()).clock(&clock);
            builder.queue(queue.clone()).build().expect("a client")
        };
        let user = UpsertUserRequest::new("first");
        client("sk_first")
            .upsert_user(&user)
            .await
            .expect("no limits yet");
        requests.lock().expect("no panic").clear();
        server.set_limits(limits);
        let _ = injecting.set(Arc::downgrade(&server));
        Self {
            clients: (0..clients).map(|_| client(KEY)).collect(),
            tracked: vec![Vec::new(); clients],
            server,
            clock,
            now: Duration::ZERO,
            upserts: JoinSet::new(),
            sent_upserts: 0,
            requests,
            started: Instant::now(),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.clients[0]
    }

    pub(crate) fn stats(&self) -> impl Iterator<Item = Stats> {
        self.clients.iter().map(Client::stats)
    }

    pub(crate) fn pending(&self) -> u64 {
        self.stats().map(|stats| stats.pending()).sum()
    }

    /// Tracks an event with this name and this many bytes of text, about the subjects in turn.
    pub(crate) fn track(&mut self, client: usize, name: &'static str, bytes: usize) {
        let n = self.tracked[client].len();
        self.track_about(client, n % SUBJECTS, name, bytes);
    }

    /// Tracks an event about this subject.
    pub(crate) fn track_about(
        &mut self,
        client: usize,
        subject: usize,
        name: &'static str,
        bytes: usize,
    ) {
        let n = self.tracked[client].len();
        let data = json!({"c": client, "n": n, "text": "x".repeat(bytes)});
        let event = Event::new(name).to(subject).data(data);
        self.clients[client].track(&event).expect("room");
        self.tracked[client].push(self.now);
    }

    /// Lets the clock run to this moment under this load.
    pub(crate) async fn run(&mut self, until: Duration, load: Load) {
        let from = self.now;
        let due = |count: u32, per_minute: u32| match per_minute {
            0 => Duration::MAX,
            _ => from + Duration::from_secs(60) * count / per_minute,
        };
        let (mut events, mut upserts) = (0, 0);
        while self.now < until {
            while due(events, load.events) <= self.now {
                (0..self.clients.len()).for_each(|client| self.track(client, "seen", 0));
                events += 1;
            }
            while due(upserts, load.upserts) <= self.now {
                self.upsert();
                upserts += 1;
            }
            let next = due(events, load.events).min(due(upserts, load.upserts));
            let next = next.min(until).max(self.now + TICK).min(until);
            self.advance(next.saturating_sub(self.now)).await;
        }
    }

    fn upsert(&mut self) {
        let index = usize::try_from(self.sent_upserts).unwrap_or_default() % self.clients.len();
        let client = self.clients[index].clone();
        self.sent_upserts += 1;
        self.upserts.spawn(async move {
            let user = UpsertUserRequest::new("answered").data(json!({"seen": true}));
            client.upsert_user(&user).await.map(drop)
        });
    }

    /// Lets the clock run until everything is settled, for this long at most.
    pub(crate) async fn settle(&mut self, within: Duration) {
        let until = self.now + within;
        loop {
            let next = self.clock.idle().await.unwrap_or(Duration::MAX);
            if self.pending() == 0 || self.now >= until {
                return;
            }
            self.move_by(next.min(until.saturating_sub(self.now)));
        }
    }

    /// Lets the clock run until the future completes.
    pub(crate) async fn drive<T>(&mut self, future: impl Future<Output = T>) -> T {
        let (mut future, clock) = (pin!(future), self.clock.clone());
        loop {
            tokio::select! {
                biased;
                output = &mut future => return output,
                next = clock.idle() => {
                    // Without a next moment, the future waits for a thread.
                    let next = next.unwrap_or_default();
                    self.move_by(next);
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    async fn advance(&mut self, by: Duration) {
        let until = self.now + by;
        while self.now < until {
            self.step(until.saturating_sub(self.now)).await;
        }
    }

    /// Moves the clock to the next moment at which something happens.
    async fn step(&mut self, at_most: Duration) {
        let next = self.clock.idle().await.unwrap_or(Duration::MAX);
        self.move_by(next.min(at_most));
    }

    fn move_by(&mut self, by: Duration) {
        self.clock.advance(by);
        self.now += by;
    }

    /// Ends the clients without waiting, and counts.
    pub(crate) async fn end(mut self) -> Report {
        // Upserts that still wait for their answers: as long as a call takes at most.
        let until = self.now + Duration::from_secs(31);
        let mut failed_upserts = Vec::new();
        while self.now < until {
            while let Some(upsert) = self.upserts.try_join_next() {
                failed_upserts.extend(upsert.expect("no panic").err().map(|it| it.to_string()));
            }
            if self.upserts.is_empty() {
                break;
            }
            self.step(until.saturating_sub(self.now)).await;
        }
        assert!(
            self.upserts.is_empty(),
            "{} upserts hang",
            self.upserts.len()
        );
        let clients = self.clients.clone();
        for client in &clients {
            // An error is a queue that is held.
            let _ = self.drive(client.shutdown(Duration::ZERO)).await;
        }
        let arrivals = self.arrivals();
        let requests = self.requests.lock().expect("no panic").clone();
        Report {
            offered: self.tracked.iter().map(Vec::len).sum(),
            arrivals,
            requests,
            upserts: self.sent_upserts,
            failed_upserts,
            stats: clients.iter().map(Client::stats).collect(),
            took: self.started.elapsed(),
        }
    }

    /// For each event that arrived: how often, and its age at the first time.
    fn arrivals(&self) -> HashMap<(usize, usize), (u32, Duration)> {
        let number = |value: &Value| value.as_u64().and_then(|n| usize::try_from(n).ok());
        let mut arrivals = HashMap::new();
        // The first request came at the start of the clock.
        let start = self.server.requests()[0].received_at;
        // Most worlds have no users, and the server keeps events of unknown ones apart.
        let lost = self.server.lost().into_iter();
        let lost = lost.map(|event| (event.data, event.received_at));
        let stored = self.server.all_events().into_iter();
        let stored = stored.map(|event| (event.data, event.received_at));
        for (data, received_at) in lost.chain(stored) {
            let (Some(client), Some(n)) = (number(&data["c"]), number(&data["n"])) else {
                panic!("an event without a number: {data:?}");
            };
            let at = (received_at - start).to_std().expect("time that passes");
            let age = at.saturating_sub(self.tracked[client][n]);
            let arrival = arrivals.entry((client, n)).or_insert((0, age));
            arrival.0 += 1;
            arrival.1 = arrival.1.min(age);
        }
        arrivals
    }

    /// How often each event was sent, whatever the answer, by the recorded requests.
    pub(crate) fn sent(&self) -> HashMap<(u64, u64), u32> {
        let mut sent = HashMap::new();
        for request in self.server.requests() {
            let events = request.body.as_ref().and_then(Value::as_array);
            for event in events.into_iter().flatten() {
                let number = |key: &str| event["data"][key].as_u64().expect("a number");
                *sent.entry((number("c"), number("n"))).or_default() += 1;
            }
        }
        sent
    }
}
