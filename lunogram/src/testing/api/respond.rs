//! From a request's bytes to a response's bytes, with the faults in between.

use super::faults::FaultKind;
use super::handler::Body;
use super::json;
use super::response::{ApiResponse, ResponseBody};
use super::routes::{Route, route};
use super::shared::Shared;
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The largest request body that is accepted, in bytes.
const MAX_BODY: usize = 5 << 20;
/// A body that is too large is read and discarded up to this many bytes, so that the client
/// finishes sending and reads the 413.
const MAX_DISCARDED_BODY: usize = 64 << 20;

/// Answers one request, or cuts its connection if a fault requires it.
pub(in crate::testing) async fn respond(
    request: Request<Incoming>,
    shared: &Shared,
) -> Result<Response<Full<Bytes>>, Cut> {
    let started = Instant::now();
    let (request, mut body) = request.into_parts();
    // Faults of event batches are chosen after the body has been read.
    let early = shared.faults().next(|kind| !kind.needs_body());
    let kind = early.as_ref().map(|fault| &fault.kind);
    if kind == Some(&FaultKind::CutBefore) {
        return Err(Cut);
    }
    if kind == Some(&FaultKind::CutInBody) {
        let _ = body.frame().await;
        return Err(Cut);
    }
    let (body, length) = read(body).await.map_err(|_| Cut)?;
    match kind {
        Some(FaultKind::CutAfter) => return Err(Cut),
        Some(FaultKind::Latency(latency)) => sleep(*latency).await,
        Some(FaultKind::Bandwidth(bytes_per_second)) => {
            let milliseconds = length as u64 * 1_000 / u64::from(*bytes_per_second);
            sleep(Duration::from_millis(milliseconds)).await;
        }
        _ => {}
    }
    let is_events = request.uri.path().ends_with("/events");
    let late = || {
        shared
            .faults()
            .next(|kind| is_events && kind.applies_to(&body))
    };
    let fault = early.or_else(late);
    let response = shared.answer(&request, body, fault.as_ref(), started);
    if fault
        .as_ref()
        .is_some_and(|fault| fault.kind == FaultKind::LoseAnswer)
    {
        return Err(Cut);
    }
    let mut response = encode(response, &request);
    if let Some(wait) = fault.and_then(|fault| fault.retry_after) {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    Ok(response)
}

/// Closes the connection without a response.
#[derive(Debug)]
pub(in crate::testing) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection cut by an injected fault")
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
