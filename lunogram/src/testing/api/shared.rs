//! The state that the server's thread and its owner share.

use super::access::Access;
use super::faults::{ActiveFault, Faults};
use super::handler::{Body, handle};
use super::query::Query;
use super::record::{RecordedRequest, RequestLog};
use super::redaction::redacted;
use super::response::{ApiResponse, ResponseBody};
use super::state::State;
use crate::testing::store::Context;
use chrono::Utc;
use http::header;
use http::request::Parts;
use serde_json::json;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
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

/// Access rules, state and faults of one server.
pub(in crate::testing) struct Shared {
    pub(in crate::testing) access: Access,
    on_request: Option<OnRequest>,
    recording: Mutex<Option<Recording>>,
    keep: usize,
    state: Mutex<State>,
    faults: Mutex<Faults>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(in crate::testing) fn new(access: Access, observers: Observers, keep: usize) -> Self {
        Self {
            access,
            on_request: observers.on_request,
            recording: observers.recording,
            keep,
            state: Mutex::new(State::new(keep)),
            faults: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    pub(in crate::testing) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Deletes all data and recorded requests.
    pub(in crate::testing) fn reset(&self) {
        *self.state() = State::new(self.keep);
        self.announce();
    }

    pub(in crate::testing) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Performs the request unless `fault` prevents it, records it, and reports it to the callback.
    pub(super) fn answer(
        &self,
        request: &Parts,
        body: Body,
        fault: Option<&ActiveFault>,
        started: Instant,
    ) -> ApiResponse {
        let response = {
            let mut state = self.state();
            let mut ids = Uuid::new_v4;
            let mut context = Context::new(Utc::now(), &mut ids);
            let mut perform =
                |body: &Body| handle(&mut state.store, &self.access, request, body, &mut context);
            let response = match fault {
                Some(fault) => fault.answer(&body, perform),
                None => perform(&body),
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
                received_at: context.now(),
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
                duration: started.elapsed(),
                detail: response.detail.clone(),
            });
        }
        response
    }
}
