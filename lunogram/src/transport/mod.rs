//! All HTTP of the crate passes through here: base URL, headers, time-outs, limits and retries.

mod base;
mod connections;
#[cfg(feature = "testing")]
mod embedded;
#[cfg(fuzzing)]
pub(crate) mod fuzz;
mod http;
mod key;
mod payload;
mod problem;
mod request;
mod retry;
mod retry_after;
mod runtime;
mod tls;

pub(crate) use self::http::{
    CONNECT_TIMEOUT, IDLE_TIMEOUT, Response, Settings, TIMEOUT, unreadable,
};
pub(crate) use base::{Base, DEFAULT_BASE, PlainHttp};
pub(crate) use connections::{Connections, Pool};
#[cfg(feature = "testing")]
pub(crate) use embedded::Embedded;
pub(crate) use key::Key;
pub(crate) use request::Request;
pub use retry::Retries;

use self::http::Limits;
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::process::Owner;
use crate::wire::{Class, Credential, Family, Repeat};
use ::http::Method;
use ::http::header::{CONTENT_TYPE, HeaderValue};
use bytes::Bytes;
use payload::{Payload, Sent};
use reqwest::{Body, Url};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// Sends requests to one server with one key.
pub(crate) struct Transport {
    connections: Arc<Connections>,
    base: Base,
    key: Key,
    timeout: Duration,
    retries: Retries,
    clock: Clock,
    owner: Arc<Owner>,
}

impl Transport {
    /// `timeout` is for a whole call, with every attempt and every pause between them. The clock is
    /// the one of the connections.
    pub(crate) fn new(
        connections: Arc<Connections>,
        base: Base,
        key: Key,
        timeout: Duration,
        retries: Retries,
        clock: Clock,
    ) -> Self {
        Self {
            connections,
            base,
            key,
            timeout,
            retries,
            clock,
            owner: Arc::default(),
        }
    }

    /// The process that uses this transport and those made from it.
    pub(crate) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// A transport with the same settings, for another runtime. Transports for that runtime share
    /// its `pool`.
    pub(crate) fn for_another_runtime(&self, pool: &Pool) -> Self {
        Self {
            connections: self.connections.for_another_runtime(pool),
            ..self.to(self.base.clone(), self.key.clone())
        }
    }

    /// A transport with another key that shares the connections of this one.
    pub(crate) fn with_key(&self, key: Key) -> Self {
        self.to(self.base.clone(), key)
    }

    /// A transport to another project of the same server that shares the connections of this one.
    pub(crate) fn with_project(&self, key: Key, project: Option<Uuid>) -> Self {
        self.to(self.base.with_project(project), key)
    }

    /// The kind of secret that this transport authenticates with.
    pub(crate) fn credential(&self) -> Credential {
        self.key.credential()
    }

    fn to(&self, base: Base, key: Key) -> Self {
        Self {
            connections: Arc::clone(&self.connections),
            base,
            key,
            timeout: self.timeout,
            retries: self.retries,
            clock: self.clock.clone(),
            owner: Arc::clone(&self.owner),
        }
    }

    /// Sends a request once, within the time-out of a whole call.
    ///
    /// # Errors
    /// See [`attempt`](Self::attempt).
    pub(crate) async fn attempt_once(&self, request: &Request) -> Result<Response, Error> {
        self.attempt(request, self.timeout).await
    }

    /// Sends a request, and retries it if that is safe and may help.
    ///
    /// # Errors
    /// The error of the last attempt.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, Error> {
        let start = self.clock.now();
        let left = || self.timeout.saturating_sub(self.clock.now() - start);
        let repeat = self.repeat(request);
        let mut may_be_processed = false;
        let mut attempt = 1;
        loop {
            let failure = match self.attempt(request, left()).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            if may_be_processed
                && repeat == Repeat::Removes
                && failure.kind() == ErrorKind::NotFound
            {
                return Ok(Response::empty());
            }
            // No attempt changes the settings or the process.
            let may_help = !matches!(failure.kind(), ErrorKind::Config | ErrorKind::Forked);
            let may_repeat = may_help && failure.outcome().may_repeat(repeat != Repeat::Doubles);
            let pause = || {
                let random = self.clock.random();
                self.retries
                    .pause(attempt, failure.retry_after(), left(), random)
            };
            let Some(pause) = may_repeat.then(pause).flatten() else {
                return Err(failure.after(attempt, may_be_processed));
            };
            may_be_processed |= failure.outcome().class() == Class::Ambiguous;
            if runtime::check().is_err() {
                // Its owner polls the call elsewhere than before.
                return Err(failure.after(attempt, may_be_processed));
            }
            self.clock.sleep(pause).await;
            attempt += 1;
        }
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// The refusal of the server, or what went wrong on the way. [`Error::outcome`] is how far the
    /// request got. [`Config`](ErrorKind::Config) outside of a runtime.
    /// [`Forked`](ErrorKind::Forked) in a fork of the process that uses the connections.
    pub(crate) async fn attempt(
        &self,
        request: &Request,
        timeout: Duration,
    ) -> Result<Response, Error> {
        let operation = request.operation();
        let limits = Limits {
            timeout,
            total: self.timeout,
        };
        let url = self.base.url(request);
        let answer = self.exchange(operation.route().method, url, request.body(), limits);
        answer.await.map_err(|error| {
            let error = error.during(operation).on(self.base.family());
            error.with_credential(self.credential())
        })
    }

    async fn exchange(
        &self,
        method: Method,
        url: Url,
        body: Option<&Bytes>,
        limits: Limits,
    ) -> Result<Response, Error> {
        // First, because nothing may touch connections that are shared with another process.
        self.owner.claim()?;
        runtime::check()?;
        let guard = self.clock.begin_exchange();
        let (client, _used) = self.connections.acquire().await;
        runtime::check()?;
        let mut headers = self.key.headers();
        guard.mark(&mut headers);
        let sent = Sent::default();
        let mut builder = client.request(method, url);
        if let Some(body) = body {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            builder = builder.body(Body::wrap(Payload::new(body.clone(), &sent)));
        } else {
            sent.set();
        }
        let request = builder.headers(headers);
        http::exchange(request, &guard, &sent, limits, &self.base, &self.key).await
    }

    /// Reads one of the management routes; `None` if the server does not have the route or does not
    /// know the project.
    ///
    /// # Errors
    /// If the client is not project-scoped, or the request failed.
    #[cfg(feature = "plan")]
    pub(crate) async fn observed(&self, path: &str) -> Result<Option<Response>, Error> {
        let Some(url) = self.base.management(path) else {
            return Err(Error::config(
                "observed schemas belong to a project; set it with `ClientBuilder::project`",
            ));
        };
        let limits = Limits {
            timeout: self.timeout,
            total: self.timeout,
        };
        match self.exchange(Method::GET, url, None, limits).await {
            Ok(answer) => Ok(Some(answer)),
            // Older servers answer with 404, and newer ones with the console's web page.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unreadable) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn repeat(&self, request: &Request) -> Repeat {
        #[derive(Deserialize)]
        struct Assignment {
            id: Option<IgnoredAny>,
        }
        let body = request.body().map_or(&[][..], |body| body);
        match request.operation().route().repeat {
            Repeat::HarmlessWithId if self.base.family() == Family::KeyScoped => Repeat::Harmless,
            Repeat::HarmlessWithId => match serde_json::from_slice(body) {
                Ok(Assignment { id: Some(_) }) => Repeat::Harmless,
                _ => Repeat::Doubles,
            },
            repeat => repeat,
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("base", &self.base)
            .field("key", &self.key)
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
