//! Random work, random faults and random time: whatever happens, the books balance, and each kind of delivery keeps its
//! promise. The clock is the test's own, so that hours of pauses take no time.
//!
//! `LUNOGRAM_TEST_CASES=10000 cargo test --release --test delivery_model` runs more of it.

#[path = "delivery_model/work.rs"]
mod work;

use lunogram::testing::{Clock, Server};
use lunogram::{
    Client, Delivery, DropReason, Error, ErrorKind, Event, ExternalId, Overflow, QueueOptions,
    UpsertOrganizationRequest, UpsertUserRequest,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use work::{End, SUBJECTS, Settings, Step, Subject, end, settings, step};

/// What was told to `on_drop`.
#[derive(Default)]
struct Told {
    events: BTreeSet<u64>,
    upserts: u64,
    shutdown: bool,
}

struct Run {
    server: Server,
    clock: Clock,
    client: Client,
    settings: Settings,
    told: Arc<Mutex<Told>>,
    /// The accepted events.
    tracked: Vec<Subject>,
    upserts: u64,
}

impl Run {
    async fn new(settings: Settings) -> Self {
        let server = Server::start().expect("a port");
        let clock = Clock::seeded(settings.seed);
        let told = Arc::new(Mutex::new(Told::default()));
        let telling = Arc::clone(&told);
        let options = QueueOptions::default()
            .delivery(settings.delivery)
            .overflow(settings.overflow)
            .max_events(settings.max_events)
            .batch_events(settings.batch_events)
            .batch_age(settings.batch_age)
            .in_flight(settings.in_flight)
            .event_deadline(settings.event_deadline)
            .first_pause(settings.first_pause)
            .longest_pause(settings.longest_pause);
        let client = Client::builder(server.key())
            .base_url(server.url())
            .queue(options)
            .clock(&clock)
            .on_drop(move |dropped| {
                let payload: serde_json::Value =
                    serde_json::from_slice(dropped.json()).expect("JSON");
                let mut told = telling.lock().expect("no panic");
                told.shutdown |= dropped.reason() == DropReason::Shutdown;
                match payload["data"]["n"].as_u64() {
                    Some(n) => assert!(told.events.insert(n), "{n} was dropped twice"),
                    None => told.upserts += 1,
                }
            })
            .build()
            .expect("a client");
        for id in 0..SUBJECTS {
            let ids = || [ExternalId::new(id), ExternalId::new(id).source("other")];
            let user = UpsertUserRequest::new(ids());
            client.upsert_user(&user).await.expect("no fault yet");
            let organization = UpsertOrganizationRequest::new(ids());
            let created = client.upsert_organization(&organization).await;
            created.expect("no fault yet");
        }
        Self {
            server,
            clock,
            client,
            settings,
            told,
            tracked: Vec::new(),
            upserts: 0,
        }
    }

    async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Track { subject, events } => {
                for _ in 0..*events {
                    self.track(*subject)?;
                }
            }
            Step::Identify { subject, both } => self.identify(*subject, *both)?,
            Step::Flush => match self.advancing(self.client.flush()).await {
                Ok(()) => prop_assert_eq!(self.client.stats().pending(), 0),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Unauthorized),
            },
            Step::Fault(fault) => self.server.inject(fault.clone()),
            Step::Mend => self.server.clear_faults(),
            Step::Advance(time) => self.clock.advance(*time),
            Step::Idle => drop(self.clock.idle().await),
        }
        let stats = self.client.stats();
        prop_assert_eq!(stats.accepted(), self.tracked.len() as u64 + self.upserts);
        let settled = stats.delivered() + stats.dropped() + stats.unknown();
        prop_assert_eq!(stats.accepted(), settled + stats.pending());
        prop_assert!(stats.pending() <= self.settings.max_events as u64);
        Ok(())
    }

    fn track(&mut self, subject: Subject) -> Result<(), TestCaseError> {
        let event = Event::new("seen")
            .to(subject.identifier())
            .data(json!({"n": self.tracked.len()}));
        let outcome = if subject.organization {
            self.client.track_organization_event(&event)
        } else {
            self.client.track_user_event(&event)
        };
        if self.is_accepted(outcome)? {
            self.tracked.push(subject);
        }
        Ok(())
    }

    fn identify(&mut self, subject: Subject, both: bool) -> Result<(), TestCaseError> {
        let count = if both { 2 } else { 1 };
        let ids = subject.identifiers().into_iter().take(count);
        let ids: Vec<_> = ids.collect();
        let outcome = if subject.organization {
            let request = UpsertOrganizationRequest::new(ids);
            self.client.identify_organization(&request)
        } else {
            self.client.identify(&UpsertUserRequest::new(ids))
        };
        self.upserts += u64::from(self.is_accepted(outcome)?);
        Ok(())
    }

    /// Whether it was; where the queue may refuse, it has to be full.
    fn is_accepted(&self, outcome: Result<(), Error>) -> Result<bool, TestCaseError> {
        let Err(error) = outcome else {
            return Ok(true);
        };
        prop_assert_eq!(error.kind(), ErrorKind::QueueFull);
        let refuses = matches!(self.settings.overflow, Overflow::Refuse | Overflow::Wait);
        prop_assert!(refuses && self.settings.max_events < 100_000);
        Ok(false)
    }

    /// Waits for the future, and moves the clock whenever nothing happens without it.
    async fn advancing<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut stuck = 0;
        loop {
            tokio::select! {
                biased;
                output = &mut future => return output,
                next = self.clock.idle() => {
                    stuck = if next.is_some() { 0 } else { stuck + 1 };
                    assert!(stuck < 2, "waits for ever: {}", self.client.stats());
                    self.clock.advance(next.unwrap_or_default());
                }
            }
        }
    }

    /// Delivers everything without faults.
    async fn drain(&self) {
        self.server.clear_faults();
        loop {
            let next = self.clock.idle().await;
            let stats = self.client.stats();
            if stats.pending() == 0 {
                return;
            }
            assert!(next.is_some(), "waits for ever: {stats}");
            self.clock.advance(next.unwrap_or_default());
        }
    }

    async fn end(&self, end: &End) -> Result<(), TestCaseError> {
        match end {
            End::Drain => self.drain().await,
            End::Shutdown(deadline) => {
                self.clock.idle().await;
                let outcome = self.advancing(self.client.shutdown(*deadline)).await;
                match outcome {
                    Ok(stats) => prop_assert_eq!(stats, self.client.stats()),
                    Err(error) => {
                        prop_assert_eq!(error.kind(), ErrorKind::Unauthorized);
                        prop_assert!(self.told.lock().expect("no panic").shutdown);
                    }
                }
            }
        }
        Ok(())
    }

    /// What must hold when nothing is pending any more.
    fn check(&self, unclear: bool, end: &End) -> Result<(), TestCaseError> {
        let stats = self.client.stats();
        let told = self.told.lock().expect("no panic");
        prop_assert_eq!((stats.pending(), stats.pending_bytes()), (0, 0));
        prop_assert_eq!(stats.hook_panics(), 0);
        prop_assert!(self.server.lost().is_empty());
        prop_assert_eq!(told.events.len() as u64 + told.upserts, stats.dropped());
        prop_assert!(!told.shutdown || matches!(end, End::Shutdown(_)));

        let events = self.server.all_events();
        let arrived: Vec<u64> = events
            .iter()
            .filter_map(|event| event.data["n"].as_u64())
            .collect();
        let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
        let delivered = stats.delivered() - (self.upserts - told.upserts);
        prop_assert!(distinct.len() as u64 >= delivered);
        let all = 0..self.tracked.len() as u64;
        let missing = all.filter(|n| !distinct.contains(n) && !told.events.contains(n));
        prop_assert!(
            missing.count() as u64 <= stats.unknown(),
            "something is lost"
        );
        if self.settings.delivery == Delivery::AtLeastOnce {
            prop_assert!(stats.unknown() == 0 || matches!(end, End::Shutdown(_)));
        } else {
            prop_assert_eq!(arrived.len(), distinct.len(), "something came twice");
            prop_assert!(distinct.is_disjoint(&told.events), "dropped, but in");
            prop_assert!(distinct.len() as u64 <= delivered + stats.unknown());
        }
        if self.settings.delivery == Delivery::Isolated && !unclear {
            prop_assert_eq!(stats.unknown(), 0);
        }
        self.in_order(&arrived)
    }

    /// The first arrivals of each subject are in the order of tracking.
    fn in_order(&self, arrived: &[u64]) -> Result<(), TestCaseError> {
        let mut seen = BTreeSet::new();
        let mut last = BTreeMap::new();
        for n in arrived.iter().copied().filter(|n| seen.insert(*n)) {
            let subject = self.tracked[usize::try_from(n).expect("a small number")];
            let before = last.insert(subject, n);
            prop_assert!(before < Some(n), "{:?} came before {}", before, n);
        }
        Ok(())
    }
}

#[test]
fn the_books_balance_and_each_delivery_keeps_its_promise() {
    let cases = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let steps = any::<bool>().prop_flat_map(|unclear| {
        let steps = prop::collection::vec(step(unclear), 1..40);
        (Just(unclear), steps)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let work = (settings(), steps, end());
    let outcome = TestRunner::new(config).run(&work, |(settings, (unclear, steps), end)| {
        runtime.block_on(async {
            let mut run = Run::new(settings).await;
            for step in &steps {
                run.step(step).await?;
            }
            run.end(&end).await?;
            run.check(unclear, &end)
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
