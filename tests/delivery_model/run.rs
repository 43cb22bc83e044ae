//! A run: a server, and clients that use it one after the other, over one spool or without one.

use super::neighbour::Neighbour;
use super::totals::{Drops, Totals};
use super::work::{BAD, End, SUBJECTS, Settings, Step, Stop, Subject};
use lunogram::queue::{Fate, Overflow, QueueOptions, Receipt, SpoolOptions, Stats};
use lunogram::testing::{Clock, Fault, Limits, Server};
use lunogram::{
    Client, Error, ErrorKind, Event, Identifier, UpsertOrganizationRequest, UpsertUserRequest,
};
use lunogram_tests::spool::recovered;
use proptest::prelude::*;
use serde_json::json;
use std::future::poll_fn;
use std::path::Path;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// A call that takes longer never ends: an event that fails for a year would be tried a million
/// times.
const LONGEST: Duration = Duration::from_secs(7 * 86_400);

/// Less than the time-out of a request.
const IN_TIME: Duration = Duration::from_secs(20);

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
    /// The accepted events and upserts, each with the subjects that it is about.
    pub(crate) accepted: Vec<Accepted>,
    pub(crate) deletions: Vec<Deletion>,
    /// Those of every other accepted event, by its number.
    pub(crate) receipts: Vec<(u64, Receipt)>,
    pub(crate) neighbour: Neighbour,
    /// Outcomes may be unknown, also because the clock moves past the time-out of a request.
    ambiguous: bool,
    /// How far the clock moved since all clients were idle, at most.
    passed: Duration,
    /// A client has ended. Requests on their way may be processed at any time later.
    pub(crate) was_cut: bool,
    /// The server had limits, so a step of the clock may have been a time-out.
    pub(crate) was_limited: bool,
    /// Clients that used the server one after the other.
    pub(crate) clients: u32,
    /// How many payloads waited at the last drain, and how long it took.
    pub(crate) drained_in: Option<(u32, Duration)>,
}

/// An accepted payload. Its number in the list is in its data.
pub(crate) struct Accepted {
    pub(crate) is_event: bool,
    pub(crate) subjects: Vec<Subject>,
}

/// A call that deletes a subject.
pub(crate) struct Deletion {
    pub(crate) subjects: Vec<Subject>,
    /// How many payloads were accepted before the call ended.
    pub(crate) accepted: usize,
    /// How many requests the server had received then.
    pub(crate) requests: usize,
    pub(crate) outcome: Deleted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deleted {
    Yes,
    No,
    Unknown,
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
        .longest_pause(settings.longest_pause)
        .max_copies(settings.max_copies);
    let options = match settings.requests_per_minute {
        Some(most) => options.requests_per_minute(most),
        None => options,
    };
    let unknown = Arc::clone(drops);
    let number = |json: &[u8]| {
        let payload: serde_json::Value = serde_json::from_slice(json).expect("JSON");
        payload["data"]["n"].as_u64().expect("a number")
    };
    let mut builder = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .clock(clock)
        .on_drop(move |dropped| {
            let n = number(dropped.json());
            let mut drops = collected.lock().expect("no panic");
            let earlier = drops.payloads.insert(n, dropped.reason());
            assert_eq!(earlier, None, "{n} was dropped twice");
        })
        .on_unknown(move |event| {
            let n = number(event.json());
            let is_new = unknown.lock().expect("no panic").unknown.insert(n);
            assert!(is_new, "{n} was unknown twice");
        });
    if let Some(max_bytes) = settings.spool {
        builder = builder.spool(SpoolOptions::new(spool).max_bytes(max_bytes));
    }
    builder.build()
}

/// Waits for the future, and advances the clock whenever all clients are idle.
pub(crate) async fn advance_until<T>(clock: &Clock, future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let (mut stuck, mut took) = (0, Duration::ZERO);
    loop {
        tokio::select! {
            biased;
            output = &mut future => return output,
            next = clock.idle() => {
                stuck = if next.is_some() { 0 } else { stuck + 1 };
                took += next.unwrap_or_default();
                assert!(stuck < 2 && took < LONGEST, "waits forever");
                clock.advance(next.unwrap_or_default());
            }
        }
    }
}

/// Whether an answer of this kind suspends delivery.
fn suspends(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Unauthorized
            | ErrorKind::NotFound
            | ErrorKind::Redirected
            | ErrorKind::Refused
            | ErrorKind::Unreadable
    )
}

impl Run {
    pub(crate) async fn new(settings: Settings, ambiguous: bool) -> Self {
        let clock = Clock::seeded(settings.seed);
        let server = Server::builder().clock(&clock).keep(1_000_000).start();
        let server = server.expect("a port");
        let folder = tempfile::tempdir().expect("a folder");
        let drops = Arc::new(Mutex::new(Drops::default()));
        let client = client(&server, &clock, folder.path(), &settings, &drops).expect("a client");
        let neighbour = Neighbour::new(&server, &clock);
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
            accepted: Vec::new(),
            deletions: Vec::new(),
            receipts: Vec::new(),
            neighbour,
            ambiguous,
            passed: Duration::ZERO,
            was_cut: false,
            was_limited: false,
            clients: 1,
            drained_in: None,
        }
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("a client")
    }

    pub(crate) fn stats(&self) -> Stats {
        self.client().stats()
    }

    pub(crate) async fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        match step {
            Step::Track {
                subject,
                events,
                bad,
            } => {
                for n in 0..*events {
                    self.track(*subject, *bad && n == *events / 2)?;
                }
            }
            Step::Identify { subject, both } => self.identify(*subject, *both)?,
            Step::Delete {
                subject,
                both,
                gives_up,
            } => self.delete(*subject, *both, *gives_up).await?,
            Step::Flush => match self.advance_until(self.client().flush()).await {
                Ok(()) => prop_assert_eq!(self.stats().pending(), 0),
                Err(error) => prop_assert!(suspends(error.kind()), "{}", error),
            },
            Step::Fault(fault) => self.server.inject(fault.clone()),
            Step::ClearFaults => self.server.clear_faults(),
            Step::Poison => {
                // Not always: a bad event that is alone is tried for as long as nothing shows that
                // it is to blame, and a flush waits for it.
                let fault = Fault::status(500).on_event(BAD);
                self.server.inject(fault.times(40));
            }
            Step::Neighbour(events) => self.neighbour.track(*events),
            Step::Limits(limits) => {
                // A client that is dropped with a request in flight leaves its events to the next
                // one only if they may arrive twice.
                if self.settings.repeats() || self.settings.spool.is_none() {
                    self.server.set_limits(limits.clone());
                    self.was_limited = true;
                }
            }
            Step::Advance(time) => {
                if !self.ambiguous && self.passed + *time > IN_TIME {
                    self.clock.idle().await;
                    self.passed = Duration::ZERO;
                }
                self.passed += *time;
                self.clock.advance(*time);
            }
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
        let accepted = self.accepted.len() as u64;
        prop_assert_eq!(self.ended.settled() + stats.accepted(), accepted);
        let max_events = self.settings.max_events as u64;
        prop_assert!(self.settings.spool.is_some() || stats.pending() <= max_events);
        Ok(())
    }

    fn track(&mut self, subject: Subject, bad: bool) -> Result<(), TestCaseError> {
        let event = Event::new(if bad { BAD } else { "seen" })
            .to(subject.identifier())
            .data(json!({"n": self.accepted.len()}));
        let event = if subject.organization {
            event.organization()
        } else {
            event
        };
        let outcome = if self.accepted.len().is_multiple_of(2) {
            let receipt = self.client().receipts().track(&event);
            receipt.map(|receipt| self.receipts.push((self.accepted.len() as u64, receipt)))
        } else {
            self.client().track(&event)
        };
        if self.is_accepted(outcome)? {
            self.accepted.push(Accepted {
                is_event: true,
                subjects: vec![subject],
            });
        }
        Ok(())
    }

    fn identify(&mut self, subject: Subject, both: bool) -> Result<(), TestCaseError> {
        let (subjects, ids) = subject.named(both);
        // The second property stays if the upsert is merged with a later one.
        let n = self.accepted.len();
        let data = json!({"n": n, format!("u{n}"): 0});
        let outcome = if subject.organization {
            let request = UpsertOrganizationRequest::new(ids).data(data);
            self.client().identify(&request)
        } else {
            let request = UpsertUserRequest::new(ids).data(data);
            self.client().identify(&request)
        };
        if self.is_accepted(outcome)? {
            self.accepted.push(Accepted {
                is_event: false,
                subjects,
            });
        }
        Ok(())
    }

    async fn delete(
        &mut self,
        subject: Subject,
        both: bool,
        gives_up: bool,
    ) -> Result<(), TestCaseError> {
        let (subjects, ids) = subject.named(both);
        let call = if subject.organization {
            self.client().delete_organization(ids)
        } else {
            self.client().delete_user(ids)
        };
        // Counted before the call ends: the queue may repeat its request at once.
        let received = || self.server.requests().len();
        let mut call = pin!(call);
        let mut requests = 0;
        let answered = poll_fn(|context| {
            requests = received();
            call.as_mut().poll(context)
        });
        let answer = if gives_up {
            tokio::select! {
                biased;
                answer = answered => Some(answer),
                _ = self.clock.idle() => None,
            }
        } else {
            Some(self.advance_until(answered).await)
        };
        if answer.is_none() {
            requests = received();
        }
        let outcome = match answer {
            Some(Ok(())) => Deleted::Yes,
            Some(Err(error)) if error.status() == Some(404) && error.title().is_some() => {
                Deleted::Yes
            }
            Some(Err(error)) if !error.may_have_arrived() => Deleted::No,
            Some(Err(_)) | None => Deleted::Unknown,
        };
        self.deletions.push(Deletion {
            subjects,
            accepted: self.accepted.len(),
            requests,
            outcome,
        });
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
        self.was_cut = true;
        if ends_at_once {
            let _ = self.shut_down(Duration::ZERO).await?;
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
        prop_assert_eq!(recovered(&next).recovered(), left.pending());
        self.client = Some(next);
        self.clients += 1;
        Ok(())
    }

    async fn shut_down(&self, deadline: Duration) -> Result<Stats, TestCaseError> {
        match self.advance_until(self.client().shutdown(deadline)).await {
            Ok(stats) => prop_assert_eq!(stats, self.stats()),
            Err(error) => {
                prop_assert!(suspends(error.kind()), "{}", error);
                // Events on their way are unknown.
                let is_dropped = self.drops.lock().expect("no panic").at_shutdown();
                prop_assert!(is_dropped || self.stats().unknown() > 0);
            }
        }
        Ok(self.stats())
    }

    async fn advance_until<T>(&self, future: impl Future<Output = T>) -> T {
        advance_until(&self.clock, future).await
    }

    /// Delivers everything without faults.
    async fn drain(&mut self) {
        self.server.clear_faults();
        self.server.set_limits(Limits::none());
        let waiting = u32::try_from(self.stats().pending()).expect("a small number");
        let mut took = Duration::ZERO;
        loop {
            let next = self.clock.idle().await;
            let stats = self.stats();
            if stats.pending() + self.neighbour.pending() == 0 {
                self.drained_in = Some((waiting, took));
                return;
            }
            assert!(next.is_some() && took < LONGEST, "waits forever: {stats}");
            self.clock.advance(next.unwrap_or_default());
            took += next.unwrap_or_default();
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
                let _ = self.shut_down(*deadline).await?;
            }
            End::Drain => self.drain().await,
        }
        self.neighbour.end().await;
        Ok(())
    }

    /// The outcomes that the receipts report. Those of earlier clients are complete, too.
    pub(crate) async fn fates(&mut self) -> Vec<(u64, Fate)> {
        let mut fates = Vec::new();
        for (n, receipt) in std::mem::take(&mut self.receipts) {
            let fate = tokio::time::timeout(Duration::from_secs(60), receipt).await;
            fates.push((n, fate.unwrap_or_else(|_| panic!("{n} has no fate"))));
        }
        fates
    }
}
