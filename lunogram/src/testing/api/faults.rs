//! Faults that a test injects, as networks, proxies and servers produce them.

use super::handler::Body;
use super::response::{ApiResponse, whole_seconds};
use http::StatusCode;
use serde_json::Value;
use std::collections::VecDeque;
use std::time::Duration;

/// A fault for [`Server::inject`](crate::testing::Server::inject). It happens once, unless
/// [`times`](Self::times) or [`always`](Self::always) is set.
///
/// ```
/// use lunogram::testing::{Fault, Server};
/// use lunogram::{Client, Event};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.inject(Fault::status(503).times(2));
/// let client = server.client();
/// client.track(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
/// assert_eq!(client.stats().delivered(), 1);
/// assert_eq!(client.stats().requests(), 3);
/// # Ok(())
/// # }
/// ```
///
/// Faults can also hit a batch while the server works on it:
///
/// ```
/// use lunogram::Event;
/// use lunogram::testing::{Fault, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.inject(Fault::fail_after(1)); // the first event is processed, the response is a 500
/// let events = [Event::new("first").to("user_123"), Event::new("second").to("user_123")];
/// assert!(server.client().send_all(&events).await.unwrap_err().may_have_arrived());
/// assert_eq!(server.lost().len(), 1);
///
/// server.inject(Fault::lose_answer()); // both are processed, without a response
/// assert!(server.client().send_all(&events).await.unwrap_err().may_have_arrived());
/// assert_eq!(server.lost().len(), 3);
///
/// server.inject(Fault::cut_in_body()); // neither is processed
/// assert!(server.client().send_all(&events).await.is_err());
/// assert_eq!(server.lost().len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault has no effect until it is injected"]
pub struct Fault {
    kind: FaultKind,
    /// How many more requests it happens to; `None` is without end.
    remaining: Option<u32>,
    retry_after: Option<Duration>,
    /// Limits it to batches with an event of this name.
    event: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum FaultKind {
    Status(StatusCode),
    Latency(Duration),
    CutBefore,
    CutInBody,
    CutAfter,
    LoseAnswer,
    FailAfter(usize),
    Refuse,
    Bandwidth(u32),
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            remaining: Some(1),
            retry_after: None,
            event: None,
        }
    }

    /// Answers with this status of a failure, from 300 to 599; the request is not processed.
    ///
    /// # Panics
    /// When `status` is another number.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        assert!(
            (300..600).contains(&status),
            "{status} is not the status of a failure; write one from 300 to 599, such as 503"
        );
        let status = StatusCode::from_u16(status);
        Self::new(FaultKind::Status(status.expect("from 300 to 599")))
    }

    /// Delays the response by this much.
    pub fn latency(latency: Duration) -> Self {
        Self::new(FaultKind::Latency(latency))
    }

    /// Cuts the connection before the request's body is read.
    pub fn cut_before_body() -> Self {
        Self::new(FaultKind::CutBefore)
    }

    /// Cuts the connection while the request's body is read.
    pub fn cut_in_body() -> Self {
        Self::new(FaultKind::CutInBody)
    }

    /// Cuts the connection after the request's body was read; the request is not processed.
    pub fn cut_after_body() -> Self {
        Self::new(FaultKind::CutAfter)
    }

    /// Processes the request, then cuts the connection instead of answering.
    pub fn lose_answer() -> Self {
        Self::new(FaultKind::LoseAnswer)
    }

    /// Processes the first `events` events of a batch and answers with 500. As on the platform, the
    /// response does not report where the server stopped. Applies to batches with more than
    /// `events` events.
    pub fn fail_after(events: usize) -> Self {
        Self::new(FaultKind::FailAfter(events))
    }

    /// Refuses every batch that has an event of this name, with 422 and as a whole. Applies to
    /// events only.
    pub fn refuse_event(name: impl Into<String>) -> Self {
        Self::new(FaultKind::Refuse).on_event(name)
    }

    /// Delays the request by the time that its body takes at this rate. If that is longer than the
    /// server's [`read_timeout`](crate::testing::Limits::read_timeout), the connection is cut.
    pub fn bandwidth(bytes_per_second: u32) -> Self {
        Self::new(FaultKind::Bandwidth(bytes_per_second.max(1)))
    }

    /// Repeats the fault for this many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.remaining = Some(times);
        self
    }

    /// Repeats the fault until [`Server::clear_faults`](crate::testing::Server::clear_faults).
    pub fn always(mut self) -> Self {
        self.remaining = None;
        self
    }

    /// Limits the fault to batches that have an event of this name. The body has to be read to know
    /// it, so it has no effect on the faults that cut the connection before that.
    ///
    /// ```
    /// use lunogram::Event;
    /// use lunogram::testing::{Fault, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// server.inject(Fault::status(503).on_event("<script>").always()); // a firewall
    /// client.send(&Event::new("page_viewed").to("user_123")).await?;
    /// assert!(client.send(&Event::new("<script>").to("user_123")).await.is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_event(mut self, name: impl Into<String>) -> Self {
        self.event = Some(name.into());
        self
    }

    /// Adds a `Retry-After` header to the response, if the fault leads to one. The header has whole
    /// seconds; a part of a second is rounded up.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// The fault that was chosen for one request.
#[derive(Clone, Debug)]
pub(super) struct ActiveFault {
    pub(super) kind: FaultKind,
    retry_after: Option<Duration>,
    event: Option<String>,
}

/// The injected faults that have not run out, in the order of injection.
#[derive(Debug, Default)]
pub(in crate::testing) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(in crate::testing) fn inject(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(in crate::testing) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes one occurrence of the first fault that `applies`.
    pub(super) fn next(&mut self, applies: impl Fn(&Fault) -> bool) -> Option<ActiveFault> {
        self.0.retain(|fault| fault.remaining != Some(0));
        let fault = self.0.iter_mut().find(|fault| applies(fault))?;
        if let Some(remaining) = &mut fault.remaining {
            *remaining -= 1;
        }
        Some(ActiveFault {
            kind: fault.kind.clone(),
            retry_after: fault.retry_after,
            event: fault.event.clone(),
        })
    }
}

impl Fault {
    /// Whether the request's body decides if the fault applies.
    pub(super) fn needs_body(&self) -> bool {
        let cuts_before = matches!(self.kind, FaultKind::CutBefore | FaultKind::CutInBody);
        let is_of_batches = matches!(self.kind, FaultKind::FailAfter(_));
        is_of_batches || self.event.is_some() && !cuts_before
    }

    /// Whether a fault that needs the body applies to this batch of events.
    pub(super) fn applies_to(&self, body: &Body) -> bool {
        let Body::Json(Value::Array(events)) = body else {
            return false;
        };
        let has_event = |name: &String| events.iter().any(|event| event["name"] == name.as_str());
        let is_long_enough = match self.kind {
            FaultKind::FailAfter(count) => events.len() > count,
            _ => self.event.is_some(),
        };
        is_long_enough && self.event.as_ref().is_none_or(has_event)
    }
}

impl ActiveFault {
    /// The value of the `Retry-After` header, in seconds.
    pub(super) fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after.map(whole_seconds)
    }

    /// Whether the server sees the request under this fault.
    pub(super) fn reaches_server(&self) -> bool {
        !matches!(self.kind, FaultKind::Status(_) | FaultKind::CutAfter)
    }

    /// How many of a batch's events the server processes under this fault.
    pub(super) fn processed(&self, events: usize) -> usize {
        match self.kind {
            FaultKind::FailAfter(first) => events.min(first),
            FaultKind::Refuse => 0,
            _ => events,
        }
    }

    /// The response under this fault; `perform` processes a body as the server does without faults.
    pub(super) fn answer(
        &self,
        body: &Body,
        mut perform: impl FnMut(&Body) -> ApiResponse,
    ) -> ApiResponse {
        match (&self.kind, body) {
            (FaultKind::Status(status), _) => {
                let title = status.canonical_reason().unwrap_or("fault").to_lowercase();
                ApiResponse::problem(*status, &title, "injected")
            }
            (FaultKind::Refuse, _) => {
                let name = self.event.as_deref().unwrap_or_default();
                ApiResponse::problem(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "unprocessable entity",
                    format!("injected: {name:?} is refused"),
                )
            }
            (FaultKind::FailAfter(events), Body::Json(Value::Array(batch))) => {
                let first = batch.iter().take(*events).cloned().collect::<Vec<_>>();
                if !first.is_empty() {
                    let response = perform(&Body::Json(first.into()));
                    if !response.status.is_success() {
                        return response;
                    }
                }
                ApiResponse::problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal server error",
                    "injected",
                )
            }
            _ => perform(body),
        }
    }
}
