//! One request over HTTP, within its limits.

use super::base::Base;
use super::key::Key;
use super::problem::ServerProblem;
use super::{retry_after, tls};
use crate::error::{Error, ErrorKind};
use crate::wire::{Outcome, ResponseKind};
use bytes::Bytes;
use chrono::Utc;
use http::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use std::time::Duration;
use tokio::time::timeout;

/// For a whole call, every attempt and pause included: as long as most servers and proxies let a request take at most.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// For the connection alone, TLS included: three attempts of it fit into [`TIMEOUT`].
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection waits unused for the next request: less than AWS load balancers (60 s) and nginx (75 s) keep it,
/// so that it is this side that closes it, and no request is sent into a connection that is just being closed.
const POOL_IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// What is read of an answer that says no. A problem is a few hundred bytes; an error page may be any size.
const LARGEST_PROBLEM: usize = 64 * 1024;

/// What is read of an answer that says yes. An entity's data may be large, but not without an end.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;

/// How long the body of an answer that says no is waited for: its status is there already.
const PROBLEM_TIMEOUT: Duration = Duration::from_secs(5);

/// How the client names itself.
const USER_AGENT: &str = concat!("lunogram-rust/", env!("CARGO_PKG_VERSION"));

/// A successful response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Empty for operations whose response the client does not read.
    pub(crate) body: Bytes,
}

impl Response {
    /// Success that was concluded without a successful response.
    pub(super) fn empty() -> Self {
        Self {
            status: 204,
            body: Bytes::new(),
        }
    }
}

/// The time that a request has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For this attempt.
    pub(super) timeout: Duration,
    /// For the whole call, for the words of an error.
    pub(super) total: Duration,
}

/// Sets up the client's own HTTP.
///
/// # Errors
/// When there is no TLS to speak `https` with.
pub(crate) fn build(base: &Base, connect_timeout: Duration) -> Result<Client, Error> {
    let builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(POOL_IDLE_TIMEOUT)
        .http1_only()
        .https_only(base.is_encrypted());
    let builder = if base.is_encrypted() {
        builder
    } else {
        // A proxy that the environment names would read the key.
        builder.no_proxy()
    };
    tls::encrypt(builder, base)?
        .build()
        .map_err(|error| Error::config("the HTTP client cannot be set up").because(error))
}

/// Sends the request and reads the answer.
///
/// # Errors
/// What became of it.
pub(super) async fn exchange(
    request: RequestBuilder,
    expected: ResponseKind,
    limits: Limits,
    base: &Base,
    key: &Key,
) -> Result<Response, Error> {
    let failed = |error| no_answer(error, limits, base);
    let response = request.send().await.map_err(failed)?;
    let status = response.status();
    if !status.is_success() {
        return Err(refusal(response, limits, key).await);
    }
    let body = match expected {
        ResponseKind::Json => match read(response, LARGEST_ANSWER).await.map_err(failed)? {
            Body::Whole(body) => body,
            Body::Cut(_) => {
                let message = format!("an answer of more than {} MiB", LARGEST_ANSWER >> 20);
                return Err(unreadable(status.as_u16(), message));
            }
        },
        ResponseKind::Nothing if is_html(response.headers()) => {
            // Consoles and captive portals answer any path with a page of theirs, and nothing was done there.
            let error = unreadable(status.as_u16(), "a web page in the place of the answer");
            return Err(error);
        }
        ResponseKind::Nothing => {
            // Read to the end only so that the connection can be used again.
            let _ = timeout(PROBLEM_TIMEOUT, read(response, LARGEST_PROBLEM)).await;
            Bytes::new()
        }
    };
    Ok(Response {
        status: status.as_u16(),
        body,
    })
}

/// A success that is not the API's.
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
        // The status is what counts.
        Ok(Err(_)) | Err(_) => Bytes::new(),
    };
    let problem = ServerProblem::parse(&body, key);
    Error::from_status(status)
        .told(problem.title, problem.detail)
        .wait(wait)
}

fn no_answer(error: reqwest::Error, limits: Limits, base: &Base) -> Error {
    let server = base.authority();
    let (kind, outcome, message) = if error.is_connect() {
        let message = format!("no connection to {server}");
        (ErrorKind::Connect, Outcome::Unsent, message)
    } else if error.is_builder() {
        let message = "the request cannot be built".to_owned();
        (ErrorKind::Config, Outcome::Unsent, message)
    } else if error.is_timeout() {
        let message = format!("no answer from {server} within {:?}", limits.total);
        (ErrorKind::Timeout, Outcome::Lost, message)
    } else if error.is_redirect() {
        let message = format!("{server} redirects, and not to an end");
        (ErrorKind::Redirected, Outcome::Lost, message)
    } else {
        let message = format!("the connection to {server} broke before the answer was there");
        (ErrorKind::Interrupted, Outcome::Lost, message)
    };
    Error::new(kind, outcome, message).because(error.without_url())
}

/// What was read of a body.
enum Body {
    Whole(Bytes),
    /// There is more than the limit; the rest is left, and the connection with it.
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
