//! One HTTP exchange, within its limits.

use super::base::Base;
use super::key::Key;
use super::payload::Sent;
use super::problem::ServerProblem;
use super::retry_after;
use super::tls::Tls;
use crate::clock::{Either, ExchangeGuard, either};
use crate::error::{Error, ErrorKind};
use crate::wire::{Outcome, StatusMeaning};
use bytes::Bytes;
use chrono::Utc;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde::de::IgnoredAny;
use std::time::Duration;
use tokio::time::timeout;

/// The default time-out of a whole call, with every attempt and pause. Most servers and proxies
/// limit a request to the same time.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// The default time-out for connecting, with TLS. Three attempts fit into [`TIMEOUT`].
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The default of how long an unused connection is kept. A deployed server closes one after 5 s,
/// and common proxies do later: closing it earlier means that no request is sent on a connection
/// that the other side is about to close.
pub(crate) const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// How much of an error response is read. A problem has a few hundred bytes, but an error page may
/// have any size.
const LARGEST_PROBLEM: usize = 64 * 1024;

/// How much of a successful response is read, as a bound on memory: an entity's data may be large.
const LARGEST_RESPONSE: usize = 16 * 1024 * 1024;

/// The time-out for the body of an error response. The status, which matters more, has arrived by
/// then.
const PROBLEM_TIMEOUT: Duration = Duration::from_secs(5);

/// The `User-Agent` header.
const USER_AGENT: &str = concat!("lunogram-rust/", env!("CARGO_PKG_VERSION"));

/// A successful response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Empty, or valid JSON.
    pub(crate) body: Bytes,
}

impl Response {
    /// Success that was concluded without a successful response.
    pub(crate) fn empty() -> Self {
        Self {
            status: 204,
            body: Bytes::new(),
        }
    }
}

/// The settings of the HTTP client.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    /// For connecting, with TLS.
    pub(crate) connect_timeout: Duration,
    /// How long an unused connection is kept.
    pub(crate) idle_timeout: Duration,
}

/// The time-outs of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For this attempt.
    pub(super) timeout: Duration,
    /// For the whole call, for error messages.
    pub(super) total: Duration,
}

/// Builds the HTTP client.
///
/// # Errors
/// If the operating system lacks something that it needs.
pub(super) fn build(base: &Base, settings: Settings, tls: &Tls) -> Result<Client, Error> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .connect_timeout(settings.connect_timeout)
        .pool_idle_timeout(settings.idle_timeout)
        .http1_only()
        .https_only(base.is_encrypted());
    let builder = if base.is_encrypted() {
        builder
    } else {
        // A proxy from the environment would see the key.
        builder.no_proxy()
    };
    tls.encrypt(builder)
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be set up").because(error))
}

/// Sends the request and reads the response, within the time-out. `sent` is whether the request may
/// have left.
///
/// # Errors
/// The refusal of the server, or what went wrong on the way.
pub(super) async fn exchange(
    request: RequestBuilder,
    guard: &ExchangeGuard,
    sent: &Sent,
    limits: Limits,
    base: &Base,
    key: &Key,
) -> Result<Response, Error> {
    let exchange = exchange_without_end(request, sent, limits, base, key);
    match either(exchange, guard.time_out(limits.timeout)).await {
        Either::One(response) => response,
        Either::Other(()) => Err(timed_out(sent, limits, base)),
    }
}

fn timed_out(sent: &Sent, limits: Limits, base: &Base) -> Error {
    let (kind, outcome, what) = if sent.get() {
        (ErrorKind::Timeout, Outcome::Lost, "response from")
    } else {
        (ErrorKind::Connect, Outcome::Unsent, "connection to")
    };
    let message = format!("no {what} {} within {:?}", base.authority(), limits.total);
    Error::new(kind, outcome, message)
}

async fn exchange_without_end(
    request: RequestBuilder,
    sent: &Sent,
    limits: Limits,
    base: &Base,
    key: &Key,
) -> Result<Response, Error> {
    let failed = |error| transport_error(error, sent, limits, base);
    let response = request.send().await.map_err(failed)?;
    let status = response.status().as_u16();
    if !response.status().is_success() {
        return Err(refusal(response, limits, key).await);
    }
    if !StatusMeaning::is_success(status) {
        return Err(unreadable(status, "the API has no such response"));
    }
    if is_html(response.headers()) {
        // Web consoles and captive portals respond to any path with an HTML page, and did nothing.
        return Err(unreadable(status, "the response is a web page"));
    }
    match read(response, LARGEST_RESPONSE).await.map_err(failed)? {
        Body::Whole(body) if is_empty_or_json(&body) => Ok(Response { status, body }),
        Body::Whole(_) => Err(unreadable(status, "the response is not JSON")),
        Body::Cut(_) => {
            let message = format!("response body over {} MiB", LARGEST_RESPONSE >> 20);
            Err(unreadable(status, message))
        }
    }
}

/// Whether the API may answer with this body. The operation's own body is not required: servers of
/// other versions may answer with more or less, and a queued payload needs no answer.
fn is_empty_or_json(body: &[u8]) -> bool {
    body.is_empty() || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// The error for a successful status with a body that is not the API's.
pub(crate) fn unreadable(status: u16, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Unreadable, Outcome::Answered(status), message)
}

async fn refusal(response: reqwest::Response, limits: Limits, key: &Key) -> Error {
    let status = response.status().as_u16();
    let wait = response
        .headers()
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| retry_after::parse(value, Utc::now()));
    let reading = read(response, LARGEST_PROBLEM);
    let body = match timeout(limits.timeout.min(PROBLEM_TIMEOUT), reading).await {
        Ok(Ok(Body::Whole(body) | Body::Cut(body))) => body,
        // The status matters more than the body.
        Ok(Err(_)) | Err(_) => Bytes::new(),
    };
    let problem = ServerProblem::parse(&body, key);
    Error::from_status(status)
        .with_problem(problem.title, problem.detail)
        .with_retry_after(wait)
}

fn transport_error(error: reqwest::Error, sent: &Sent, limits: Limits, base: &Base) -> Error {
    let server = base.authority();
    let (kind, outcome, message) = if error.is_connect() || !sent.get() && !error.is_builder() {
        let message = format!("no connection to {server}");
        (ErrorKind::Connect, Outcome::Unsent, message)
    } else if error.is_builder() {
        let message = "the request cannot be built".to_owned();
        (ErrorKind::Config, Outcome::Unsent, message)
    } else if error.is_timeout() {
        let message = format!("no response from {server} within {:?}", limits.total);
        (ErrorKind::Timeout, Outcome::Lost, message)
    } else if error.is_redirect() {
        let message = format!("{server} redirects without end");
        (ErrorKind::Redirected, Outcome::Lost, message)
    } else {
        let message = format!("the connection to {server} broke before the response arrived");
        (ErrorKind::Interrupted, Outcome::Lost, message)
    };
    Error::new(kind, outcome, message).because(error.without_url())
}

/// A body, as far as it was read.
enum Body {
    Whole(Bytes),
    /// The body exceeds the limit. The rest is left unread, and the connection is closed.
    Cut(Bytes),
}

async fn read(mut response: reqwest::Response, limit: usize) -> Result<Body, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        let room = limit - body.len();
        if chunk.len() > room {
            body.extend_from_slice(chunk.get(..room).unwrap_or_default());
            return Ok(Body::Cut(body.into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Body::Whole(body.into()))
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes()
            .to_ascii_lowercase()
            .starts_with(b"text/html")
    })
}
