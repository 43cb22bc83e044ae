//! Faults that a test injects, as networks, proxies and servers produce them.

use super::handler::Body;
use super::response::ApiResponse;
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
    Refuse(String),
    Bandwidth(u32),
}

impl Fault {
    fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            remaining: Some(1),
            retry_after: None,
        }
    }

    /// Answers with this error status; the request is not processed.
    ///
    /// # Panics
    /// When `status` is not an HTTP status code.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status);
        Self::new(FaultKind::Status(
            status.expect("an HTTP status code, such as 503"),
        ))
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
        Self::new(FaultKind::Refuse(name.into()))
    }

    /// Delays the request by the time that its body takes at this rate.
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

    /// Adds a `Retry-After` header of this many whole seconds to the response, if the fault leads
    /// to one.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// The fault that was chosen for one request.
#[derive(Clone, Debug)]
pub(super) struct ActiveFault {
    pub(super) kind: FaultKind,
    pub(super) retry_after: Option<Duration>,
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
    pub(super) fn next(&mut self, applies: impl Fn(&FaultKind) -> bool) -> Option<ActiveFault> {
        self.0.retain(|fault| fault.remaining != Some(0));
        let fault = self.0.iter_mut().find(|fault| applies(&fault.kind))?;
        if let Some(remaining) = &mut fault.remaining {
            *remaining -= 1;
        }
        Some(ActiveFault {
            kind: fault.kind.clone(),
            retry_after: fault.retry_after,
        })
    }
}

impl FaultKind {
    /// Whether the request's body decides if the fault applies.
    pub(super) fn needs_body(&self) -> bool {
        matches!(self, Self::FailAfter(_) | Self::Refuse(_))
    }

    /// Whether a fault that needs the body applies to this batch of events.
    pub(super) fn applies_to(&self, body: &Body) -> bool {
        let Body::Json(Value::Array(events)) = body else {
            return false;
        };
        match self {
            Self::FailAfter(count) => events.len() > *count,
            Self::Refuse(name) => events.iter().any(|event| event["name"] == name.as_str()),
            _ => false,
        }
    }
}

impl ActiveFault {
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
            (FaultKind::Refuse(name), _) => ApiResponse::problem(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unprocessable entity",
                format!("injected: {name:?} is refused"),
            ),
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
