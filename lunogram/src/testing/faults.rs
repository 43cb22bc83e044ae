//! Faults on demand: what networks, proxies and servers do on a bad day.

use http::StatusCode;
use std::collections::VecDeque;
use std::time::Duration;

/// Something that goes wrong with a request, for [`Server::inject`](super::Server::inject). It happens once, unless
/// [`times`](Self::times) or [`always`](Self::always) says otherwise.
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
/// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
/// assert_eq!(client.stats().delivered(), 1);
/// assert_eq!(client.stats().requests(), 3);
/// # Ok(())
/// # }
/// ```
///
/// What a batch is hit by while the server works on it:
///
/// ```
/// use lunogram::Event;
/// use lunogram::testing::{Fault, Server};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.inject(Fault::fail_after(1)); // one event is in, and the answer is 500
/// let events = [Event::new("first").to("user_123"), Event::new("second").to("user_123")];
/// assert!(server.client().post_user_events(&events).await.unwrap_err().may_have_arrived());
/// assert_eq!(server.lost().len(), 1);
///
/// server.inject(Fault::lose_answer()); // both are in, and nobody is told
/// assert!(server.client().post_user_events(&events).await.unwrap_err().may_have_arrived());
/// assert_eq!(server.lost().len(), 3);
///
/// server.inject(Fault::cut_in_body()); // neither is
/// assert!(server.client().post_user_events(&events).await.is_err());
/// assert_eq!(server.lost().len(), 3);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a fault does nothing until it is injected"]
pub struct Fault {
    what: What,
    left: Option<u32>,
    retry_after: Option<Duration>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
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
    fn new(what: What) -> Self {
        Self {
            what,
            left: Some(1),
            retry_after: None,
        }
    }

    /// The request is not looked at, and answered with this status, which is an error's.
    ///
    /// # Panics
    /// When there is no such status.
    #[track_caller]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status);
        Self::new(What::Status(status.expect("a status, such as 503")))
    }

    /// The answer takes that much longer.
    pub fn latency(latency: Duration) -> Self {
        Self::new(What::Latency(latency))
    }

    /// The connection is cut before the request's body is read.
    pub fn cut_before_body() -> Self {
        Self::new(What::CutBefore)
    }

    /// The connection is cut while the request's body is read.
    pub fn cut_in_body() -> Self {
        Self::new(What::CutInBody)
    }

    /// The connection is cut when the request's body has been read, and the request is not processed.
    pub fn cut_after_body() -> Self {
        Self::new(What::CutAfter)
    }

    /// The request is processed, and the connection cut instead of the answer.
    pub fn lose_answer() -> Self {
        Self::new(What::LoseAnswer)
    }

    /// Of a batch of events that many are processed, and the answer is 500: as on the platform, it does not say where the
    /// server stopped. Concerns batches with more events than that.
    pub fn fail_after(events: usize) -> Self {
        Self::new(What::FailAfter(events))
    }

    /// Batches with an event of this name are refused whole, with 422. Concerns events only.
    pub fn refuse_event(name: impl Into<String>) -> Self {
        Self::new(What::Refuse(name.into()))
    }

    /// The request's body takes as long as it does at that many bytes a second.
    pub fn bandwidth(bytes_per_second: u32) -> Self {
        Self::new(What::Bandwidth(bytes_per_second.max(1)))
    }

    /// It happens to that many requests.
    pub fn times(mut self, times: u32) -> Self {
        self.left = Some(times);
        self
    }

    /// It happens until [`Server::clear_faults`](super::Server::clear_faults).
    pub fn always(mut self) -> Self {
        self.left = None;
        self
    }

    /// An answer that it brings asks to wait that long, in whole seconds.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

/// What is to go wrong with one request.
#[derive(Clone, Debug)]
pub(super) struct Mishap {
    pub(super) what: What,
    pub(super) retry_after: Option<Duration>,
}

/// The faults that are still to happen, in the order in which they were injected.
#[derive(Debug, Default)]
pub(super) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(super) fn inject(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The next one that `concerns` the request, and one fewer of it afterwards.
    pub(super) fn next(&mut self, concerns: impl Fn(&What) -> bool) -> Option<Mishap> {
        self.0.retain(|fault| fault.left != Some(0));
        let fault = self.0.iter_mut().find(|fault| concerns(&fault.what))?;
        if let Some(left) = &mut fault.left {
            *left -= 1;
        }
        Some(Mishap {
            what: fault.what.clone(),
            retry_after: fault.retry_after,
        })
    }
}
