//! The state that the server's thread and its owner share.

use super::access::Access;
use super::faults::{ActiveFault, Faults};
use super::handler::{Body, handle};
use super::query::Query;
use super::record::{RecordedRequest, RequestLog};
use super::redaction::redacted;
use super::response::ApiResponse;
use super::state::State;
use crate::testing::store::Context;
use chrono::Utc;
use http::header;
use http::request::Parts;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::watch;
use uuid::Uuid;

/// The callback of [`ServerBuilder::on_request`](crate::testing::ServerBuilder::on_request).
pub(in crate::testing) type OnRequest = Box<dyn Fn(&RequestLog) + Send + Sync>;

/// Access rules, state and faults of one server.
pub(in crate::testing) struct Shared {
    pub(in crate::testing) access: Access,
    on_request: Option<OnRequest>,
    state: Mutex<State>,
    faults: Mutex<Faults>,
    changes: watch::Sender<()>,
}

impl Shared {
    pub(in crate::testing) fn new(access: Access, on_request: Option<OnRequest>) -> Self {
        Self {
            access,
            on_request,
            state: Mutex::default(),
            faults: Mutex::default(),
            changes: watch::Sender::new(()),
        }
    }

    pub(in crate::testing) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
                answer: response.body.clone(),
                received_at: context.now(),
            };
            state.requests.push(redacted(&request.method, record));
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
