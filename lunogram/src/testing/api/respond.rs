//! From a request's bytes to a response's bytes, with the faults in between.

use super::faults::{ActiveFault, FaultKind};
use super::handler::Body;
use super::json;
use super::response::{ApiResponse, ResponseBody};
use super::routes::{Route, route};
use super::shared::{Decision, Handling, Shared};
use crate::clock::{Either, Served, either};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The largest request body that is accepted, in bytes.
const MAX_BODY: usize = 5 << 20;
/// A body that is too large is read and discarded up to this many bytes, so that the client
/// finishes sending and reads the 413.
const MAX_DISCARDED_BODY: usize = 64 << 20;

/// Answers one request, or cuts its connection if a fault or a limit requires it. `on_read` is
/// called when the whole request has been read.
pub(in crate::testing) async fn respond(
    request: Request<Incoming>,
    shared: &Arc<Shared>,
    on_read: impl FnOnce(),
) -> Result<Response<Full<Bytes>>, Cut> {
    let arrived = shared.timing.clock.now();
    let (request, mut body) = request.into_parts();
    let served = shared.timing.clock.served(&request.headers);
    // Faults of event batches are chosen after the body has been read.
    let early = shared.faults().next(|fault| !fault.needs_body());
    let kind = early.as_ref().map(|fault| &fault.kind);
    if kind == Some(&FaultKind::CutBefore) {
        return Err(Cut);
    }
    if kind == Some(&FaultKind::CutInBody) {
        let _ = body.frame().await;
        return Err(Cut);
    }
    let (body, length) = read(body).await.map_err(|_| Cut)?;
    on_read();
    let work = Work {
        shared: Arc::clone(shared),
        request,
        body,
        length,
        early,
        arrived,
        served: served.clone(),
    };
    let work = {
        let served = served.clone();
        async move { served.work(work.run()).await }
    };
    let timing = &shared.timing;
    let Some(timeout) = timing.limits().answer_timeout else {
        return work.await;
    };
    // Once a request has been read, it is processed to its end, also after its connection is cut.
    let work = tokio::spawn(work);
    let too_late = served.answered_at(&timing.clock, arrived + timeout);
    match either(work, too_late).await {
        Either::One(answer) => answer.unwrap_or(Err(Cut)),
        Either::Other(()) => Err(Cut),
    }
}

/// A request that was read.
struct Work {
    shared: Arc<Shared>,
    request: Parts,
    body: Body,
    /// The length of the body, in bytes.
    length: usize,
    /// The fault that was chosen before the body was read.
    early: Option<ActiveFault>,
    arrived: Instant,
    served: Served,
}

impl Work {
    async fn run(self) -> Result<Response<Full<Bytes>>, Cut> {
        let Self {
            shared,
            request,
            body,
            length,
            early,
            arrived,
            served,
        } = self;
        let timing = &shared.timing;
        match early.as_ref().map(|fault| &fault.kind) {
            Some(FaultKind::CutAfter) => return Err(Cut),
            Some(FaultKind::Latency(latency)) => {
                served.wait(timing.clock.sleep(*latency)).await;
            }
            Some(FaultKind::Bandwidth(bytes_per_second)) => {
                let milliseconds = length as u64 * 1_000 / u64::from(*bytes_per_second);
                let time = Duration::from_millis(milliseconds);
                let limit = timing.limits().read_timeout.unwrap_or(Duration::MAX);
                served.wait(timing.clock.sleep(time.min(limit))).await;
                if time > limit {
                    return Err(Cut);
                }
            }
            _ => {}
        }
        let is_events = request.uri.path().ends_with("/events");
        let late = || {
            shared
                .faults()
                .next(|fault| is_events && fault.applies_to(&body))
        };
        let fault = early.or_else(late);
        let reaches_server = fault.as_ref().is_none_or(ActiveFault::reaches_server);
        let largest_event = timing.limits().largest_event;
        let mut handling = Handling {
            arrived,
            published: Vec::new(),
            largest_event: largest_event.filter(|largest| length > *largest),
        };
        let mut _permit = None;
        let decision = match reaches_server.then(|| shared.count(&request, arrived)) {
            Some(Err(refusal)) => Decision::Refuse(refusal),
            None => Decision::Perform(fault.as_ref()),
            Some(Ok(())) => {
                _permit = served.wait(timing.permit()).await;
                if is_events && !timing.limits().acknowledgement.is_zero() {
                    let events = shared.published(&request, &body, &handling);
                    let events = fault
                        .as_ref()
                        .map_or(events, |fault| fault.processed(events));
                    handling.published = served.wait(timing.publish(events)).await;
                }
                Decision::Perform(fault.as_ref())
            }
        };
        let response = shared.answer(&request, body, decision, &handling);
        let is_lost = |fault: &ActiveFault| fault.kind == FaultKind::LoseAnswer;
        if fault.as_ref().is_some_and(is_lost) {
            return Err(Cut);
        }
        let retry_after = response.retry_after;
        let mut response = encode(response, &request);
        let injected = fault.and_then(|fault| fault.retry_after_seconds());
        if let Some(seconds) = injected.or(retry_after) {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(response)
    }
}

/// Closes the connection without a response.
#[derive(Debug)]
pub(in crate::testing) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection cut by an injected fault or a limit")
    }
}

impl std::error::Error for Cut {}

/// Reads the whole body, also one that will be refused: the connection stays usable.
async fn read(mut body: Incoming) -> Result<(Body, usize), hyper::Error> {
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= MAX_BODY {
            bytes.extend_from_slice(&data);
        } else if length > MAX_DISCARDED_BODY {
            break;
        }
    }
    if length > MAX_BODY {
        return Ok((Body::TooLarge, length));
    }
    let body = json::read(&bytes).map_or(Body::NotJson, Body::Json);
    Ok((body, length))
}

fn encode(response: ApiResponse, request: &Parts) -> Response<Full<Bytes>> {
    let (body, content_type) = match response.body {
        ResponseBody::Empty => (Bytes::new(), None),
        ResponseBody::Json(body) => (Bytes::from(body.to_string()), Some("application/json")),
        ResponseBody::Html(page) => (Bytes::from(page), Some("text/html; charset=utf-8")),
    };
    let mut encoded = Response::new(Full::new(body));
    *encoded.status_mut() = response.status;
    let headers = encoded.headers_mut();
    if let Some(content_type) = content_type {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if response.status == StatusCode::METHOD_NOT_ALLOWED
        && let Route::WrongMethod(_, methods) = route(&request.method, request.uri.path())
    {
        for method in methods {
            if let Ok(method) = HeaderValue::from_str(method.as_str()) {
                headers.append(header::ALLOW, method);
            }
        }
    }
    encoded
}
