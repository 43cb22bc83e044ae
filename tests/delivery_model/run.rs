//! A run: a server, and clients that use it one after the other, over one spool or without one.

use super::totals::{Drops, Totals};
use super::work::{End, SUBJECTS, Settings, Step, Stop, Subject};
use lunogram::queue::{DropReason, Overflow, QueueOptions, SpoolOptions, Stats};
use lunogram::testing::{Clock, Server};
use lunogram::{
    Client, Error, ErrorKind, Event, Identifier, UpsertOrganizationRequest, UpsertUserRequest,
};
use proptest::prelude::*;
use serde_json::json;
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Upper bound of a payload's size in this test.
const LARGEST: usize = 200;

pub(crate) struct Run {
    pub(crate) server: Server,
    clock: Clock,
    folder: TempDir,
    /// `None` while the next client is built.
    client: Option<Client>,
    pub(crate) settings: Settings,
    pub(crate) drops: Arc<Mutex<Drops>>,
    pub(crate) ended: Totals,
    /// The accepted events.
    pub(crate) tracked: Vec<Subject>,
    pub(crate) upserts: u64,
}

fn client(
    server: &Server,
    clock: &Clock,
    spool: &Path,
    settings: &Settings,
    drops: &Arc<Mutex<Drops>>,
) -> Result<Client, Error> {
    let collected = Arc::clone(drops);
    let options = QueueOptions::default()
        .delivery(settings.delivery)
        .overflow(settings.overflow)
        .max_events(settings.max_events)
        .max_bytes(settings.max_bytes)
        .batch_events(settings.batch_events)
        .batch_age(settings.batch_age)
        .in_flight(settings.in_flight)
        .event_deadline(settings.event_deadline)
        .first_pause(settings.first_pause)
        .longest_pause(settings.longest_pause);
    let mut builder = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .clock(clock)
        .on_drop(move |dropped| {
            let payload: serde_json::Value = serde_json::from_slice(dropped.json()).expect("JSON");
            let mut drops = collected.lock().expect("no panic");
            drops.shutdown |= dropped.reason() == DropReason::Shutdown;
            match payload["data"]["n"].as_u64() {
                Some(n) => assert!(drops.events.insert(n), "{n} was dropped twice"),
                None => drops.upserts += 1,
            }
        });
    if let Some(max_bytes) = settings.spool {
        builder = builder.spool(SpoolOptions::new(spool).max_bytes(max_bytes));
    }
    builder.build()
}

impl Run {
    pub(crate) async fn new(settings: Settings) -> Self {
        let server = Server::start().expect("a port");
        let clock = Clock::seeded(settings.seed);
        let folder = tempfile::tempdir().expect("a folder");
        let drops = Arc::new(Mutex::new(Drops::default()));
        let client = client(&server, &clock, folder.path(), &settings, &drops).expect("a client");
        for id in 0..SUBJECTS {
            let ids = || [Identifier::new(id), Identifier::new(id).source("other")];
            let user = UpsertUserRequest::new(ids());
            client.upsert_user(&user).await.expect("no fault yet");
            let organization = UpsertOrganizationRequest::new(ids());
            let created = client.upsert_organization(&organization).await;
            created.expect("no fault yet");
        }
        Self {
            server,
            clock,
            folder,
            client: Some(client),
            settings,
            drops,
            ended: Totals::default(),
            tracked: Vec::new(),
            upserts: 0,
        }
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("a client")
    }

    pub(crate) fn stats(&self) -> Stats {
        self.client().stats()
    }

    /// Number of events and upserts accepted by all clients.
    fn accepted(&self) -> u64 {
        self.tracked.len() as u64 + self.upserts
    }

    pub(crate) async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Track { subject, events } => {
                for _ in 0..*events {
                    self.track(*subject)?;
                }
            }
            Step::Identify { subject, both } => self.identify(*subject, *both)?,
            Step::Flush => match self.advance_until(self.client().flush()).await {
                Ok(()) => prop_assert_eq!(self.stats().pending(), 0),
                Err(error) => prop_assert_eq!(error.kind(), ErrorKind::Unauthorized),
            },
            Step::Fault(fault) => self.server.inject(fault.clone()),
            Step::ClearFaults => self.server.clear_faults(),
            Step::Advance(time) => self.clock.advance(*time),
            Step::Idle => {
                self.clock.idle().await;
                let stats = self.stats();
                // A refused payload is counted for a moment, so the bytes are checked only while no
                // call is in progress. With a spool, a single payload may exceed the limit.
                let most = self.settings.max_bytes.max(LARGEST);
                prop_assert!(stats.pending_bytes() <= most as u64);
                if self.settings.spool.is_some() {
                    prop_assert_eq!(stats.spooled(), stats.pending());
                }
            }
            Step::Restart(how) => {
                if self.settings.spool.is_some() {
                    self.restart(how).await?;
                }
            }
        }
        let stats = self.stats();
        let known = stats.delivered() + stats.dropped() + stats.unknown();
        prop_assert_eq!(stats.accepted(), known + stats.pending());
        prop_assert_eq!(self.ended.settled() + stats.accepted(), self.accepted());
        let max_events = self.settings.max_events as u64;
        prop_assert!(self.settings.spool.is_some() || stats.pending() <= max_events);
        Ok(())
    }

    fn track(&mut self, subject: Subject) -> Result<(), TestCaseError> {
        let event = Event::new("seen")
            .to(subject.identifier())
            .data(json!({"n": self.tracked.len()}));
        let event = if subject.organization {
            event.organization()
        } else {
            event
        };
        let outcome = self.client().track(&event);
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
            self.client().identify(&request)
        } else {
            self.client().identify(&UpsertUserRequest::new(ids))
        };
        self.upserts += u64::from(self.is_accepted(outcome)?);
        Ok(())
    }

    /// Whether the payload was accepted. An error is only allowed if the queue can be full.
    fn is_accepted(&self, outcome: Result<(), Error>) -> Result<bool, TestCaseError> {
        let Err(error) = outcome else {
            return Ok(true);
        };
        prop_assert_eq!(error.kind(), ErrorKind::QueueFull);
        let refuses = matches!(self.settings.overflow, Overflow::Refuse | Overflow::Wait);
        prop_assert!(refuses && self.settings.is_small());
        Ok(false)
    }

    /// Ends the client and starts another one with the same spool.
    async fn restart(&mut self, stop: &Stop) -> Result<(), TestCaseError> {
        // The server may still process a request that was cut off by the end of the client, after
        // requests of the next client.
        let ends_at_once = self.settings.repeats() && *stop == Stop::AtOnce;
        if ends_at_once {
            self.shut_down(Duration::ZERO).await?;
        } else {
            self.clock.idle().await;
        }
        let is_dropped = !ends_at_once && !matches!(stop, Stop::Shutdown(_));
        let left = match stop {
            Stop::AtOnce | Stop::Drop => self.stats(),
            Stop::Shutdown(deadline) => self.shut_down(*deadline).await?,
        };
        prop_assert_eq!(left.spooled(), left.pending());
        self.ended = self.ended.with(&left);
        self.client = None;
        let next = loop {
            let path = self.folder.path();
            match client(&self.server, &self.clock, path, &self.settings, &self.drops) {
                Ok(next) => break next,
                // With a slow disk, a dropped client can hold the lock longer than the next one
                // waits.
                Err(error) => prop_assert!(
                    is_dropped && error.to_string().contains("in use by another client"),
                    "{}",
                    error
                ),
            }
        };
        prop_assert_eq!(next.stats().recovered(), left.pending());
        self.client = Some(next);
        Ok(())
    }

    async fn shut_down(&self, deadline: Duration) -> Result<Stats, TestCaseError> {
        match self.advance_until(self.client().shutdown(deadline)).await {
            Ok(stats) => prop_assert_eq!(stats, self.stats()),
            Err(error) => {
                prop_assert_eq!(error.kind(), ErrorKind::Unauthorized);
                prop_assert!(self.drops.lock().expect("no panic").shutdown);
            }
        }
        Ok(self.stats())
    }

    /// Waits for the future, and advances the clock whenever all clients are idle.
    async fn advance_until<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        let mut stuck = 0;
        loop {
            tokio::select! {
                biased;
                output = &mut future => return output,
                next = self.clock.idle() => {
                    stuck = if next.is_some() { 0 } else { stuck + 1 };
                    assert!(stuck < 2, "waits forever: {}", self.stats());
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
            let stats = self.stats();
            if stats.pending() == 0 {
                return;
            }
            assert!(next.is_some(), "waits forever: {stats}");
            self.clock.advance(next.unwrap_or_default());
        }
    }

    pub(crate) async fn end(&mut self, end: &End) -> Result<(), TestCaseError> {
        match end {
            End::Shutdown(deadline) if self.settings.spool.is_some() => {
                self.restart(&Stop::Shutdown(*deadline)).await?;
                self.drain().await;
            }
            End::Shutdown(deadline) => {
                self.clock.idle().await;
                self.shut_down(*deadline).await?;
            }
            End::Drain => self.drain().await,
        }
        Ok(())
    }
}
