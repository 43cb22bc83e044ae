//! The state that the server's thread and its owner share.

use super::access::Access;
use super::faults::{ActiveFault, Faults};
use super::handler::{Body, handle};
use super::publish::{accepted_key, published};
use super::query::Query;
use super::record::{RecordedRequest, RequestLog};
use super::redaction::redacted;
use super::response::{ApiResponse, ResponseBody};
use super::state::State;
use super::time::Timing;
use super::window::Windows;
use crate::testing::store::{Context, stored};
use http::header;
use http::request::Parts;
use serde_json::json;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

/// The callback of [`ServerBuilder::on_request`](crate::testing::ServerBuilder::on_request).
pub(in crate::testing) type OnRequest = Box<dyn Fn(&RequestLog) + Send + Sync>;

/// The writer of [`ServerBuilder::record`](crate::testing::ServerBuilder::record).
pub(in crate::testing) type Recording = Box<dyn Write + Send>;

/// The observers of answered requests.
#[derive(Default)]
pub(in crate::testing) struct Observers {
    pub(in crate::testing) on_request: Option<OnRequest>,
    pub(in crate::testing) recording: Mutex<Option<Recording>>,
}

/// Access rules, time, state and faults of one server.
pub(in crate::testing) struct Shared {
    pub(in crate::testing) access: Access,
    pub(in crate::testing) timing: Timing,
    on_request: Option<OnRequest>,
    recording: Mutex<Option<Recording>>,
    keep: usize,
    state: Mutex<State>,
    windows: Mutex<Windows>,
    faults: Mutex<Faults>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(in crate::testing) fn new(
        access: Access,
        timing: Timing,
        observers: Observers,
        keep: usize,
    ) -> Self {
        Self {
            access,
            timing,
            on_request: observers.on_request,
            recording: observers.recording,
            keep,
            state: Mutex::new(State::new(keep)),
            windows: Mutex::default(),
            faults: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    pub(in crate::testing) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes all data, recorded requests, and the counts of requests per minute.
    pub(in crate::testing) fn reset(&self) {
        *self.state() = State::new(self.keep);
        *self.windows() = Windows::default();
        self.announce();
    }

    pub(in crate::testing) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn windows(&self) -> MutexGuard<'_, Windows> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request of the key that it has.
    ///
    /// # Errors
    /// The response, if the key has used its requests.
    pub(super) fn count(&self, request: &Parts, arrived: Instant) -> Result<(), ApiResponse> {
        let Some(limit) = self.timing.limits().requests_per_minute else {
            return Ok(());
        };
        let now = self.timing.date(arrived);
        let Some(key) = accepted_key(&self.state().store, &self.access, request, now) else {
            return Ok(());
        };
        let counted = self.windows().count(key, limit, arrived);
        counted.map_err(ApiResponse::too_many_requests)
    }

    /// How many events of the request the server will publish.
    pub(super) fn published(&self, request: &Parts, body: &Body, handling: &Handling) -> usize {
        let now = self.timing.date(handling.arrived);
        let store = &self.state().store;
        let largest_event = handling.largest_event;
        published(store, &self.access, request, body, largest_event, now)
    }

    /// A receiver that is notified after each answered request and each call of
    /// [`announce`](Self::announce).
    pub(in crate::testing) fn changes(&self) -> watch::Receiver<()> {
        self.changes.subscribe()
    }

    pub(in crate::testing) fn announce(&self) {
        self.changes.send_replace(());
    }

    /// Writes the request to the recording. A recording that cannot be written ends, because a
    /// server that stops for it would fail the program under test.
    fn write(&self, request: &RecordedRequest) {
        let mut recording = self
            .recording
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = recording.as_mut() else {
            return;
        };
        // The text is written in one piece, so that two processes can append to one file.
        let line = format!("{}\n", json!(request));
        let written = writer
            .write_all(line.as_bytes())
            .and_then(|()| writer.flush());
        if let Err(error) = written {
            eprintln!("the recording of requests has ended: {error}");
            *recording = None;
        }
    }

    /// Chooses the response of a request and performs it unless `decision` prevents it, records it,
    /// and reports it to the callback.
    pub(super) fn answer(
        &self,
        request: &Parts,
        body: Body,
        decision: Decision<'_>,
        handling: &Handling,
    ) -> ApiResponse {
        let now = self.timing.clock.now();
        let response = {
            let mut state = self.state();
            let mut ids = Uuid::new_v4;
            let received_at = self.timing.date(handling.arrived);
            // One date for what took no time.
            let date = if handling.published.is_empty() {
                received_at
            } else {
                self.timing.date(now)
            };
            let published = handling.published.iter().map(|at| self.timing.date(*at));
            let mut context = Context::new(date, &mut ids).with_moments(published);
            context.largest_event = handling.largest_event;
            let mut perform =
                |body: &Body| handle(&mut state.store, &self.access, request, body, &mut context);
            let response = match decision {
                Decision::Perform(Some(fault)) => fault.answer(&body, perform),
                Decision::Perform(None) => perform(&body),
                Decision::Refuse(response) => response,
            };
            let record = RecordedRequest {
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
                query: Query::of(&request.uri).into_pairs(),
                authorization: request.headers.contains_key(header::AUTHORIZATION),
                body: match body {
                    Body::Json(body) => Some(body),
                    Body::NotJson | Body::TooLarge => None,
                },
                status: response.status.as_u16(),
                answer: match &response.body {
                    ResponseBody::Json(body) => Some(body.clone()),
                    ResponseBody::Empty | ResponseBody::Html(_) => None,
                },
                received_at: stored(received_at),
            };
            let record = redacted(&request.method, record);
            self.write(&record);
            state.record(record, response.detail.is_some());
            response
        };
        self.announce();
        if let Some(on_request) = &self.on_request {
            on_request(&RequestLog {
                method: request.method.to_string(),
                path: request.uri.path().to_owned(),
                status: response.status.as_u16(),
                duration: now - handling.arrived,
                detail: response.detail.clone(),
            });
        }
        response
    }
}

/// The decision about a request.
pub(super) enum Decision<'a> {
    /// The server performs it, as far as the fault lets it.
    Perform(Option<&'a ActiveFault>),
    /// The server refuses it before it looks at it.
    Refuse(ApiResponse),
}

/// How the server handles a request.
pub(super) struct Handling {
    /// When its headers were complete.
    pub(super) arrived: Instant,
    /// When each event that it publishes was acknowledged.
    pub(super) published: Vec<Instant>,
    /// The largest event, if the request is large enough for one that exceeds it.
    pub(super) largest_event: Option<usize>,
}
