//! The error of a call.

mod display;
mod kind;

pub use kind::ErrorKind;

use crate::wire::{Class, Credential, Family, Operation, Outcome, StatusMeaning};
use lunogram_core::{Invalid, Problem};
use lunogram_rules::Violation;
use std::borrow::Cow;
use std::time::Duration;

/// Why a call failed, and what to do about it.
///
/// Branch on [`kind`](Self::kind), show `Display` to people, and find an underlying cause in
/// [`source`](std::error::Error::source). None of them contains the key.
///
/// ```
/// use lunogram::{Client, ErrorKind};
///
/// # async fn example(client: Client) {
/// match client.delete_user("user_123").await {
///     Ok(()) => {}
///     Err(error) if error.kind() == ErrorKind::NotFound => {}
///     Err(error) if error.is_retryable() => println!("retry later: {error}"),
///     Err(error) => println!("{error}"),
/// }
/// # }
/// ```
///
/// The parts of the server's response, and of how the client handled it, are available one by one:
///
/// ```
/// use lunogram::testing::{Fault, Server};
/// use lunogram::UpsertUserRequest;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// let client = server.client();
/// let error = client.delete_user("user_123").await.unwrap_err();
/// assert_eq!(error.status(), Some(404));
/// assert_eq!(error.operation(), Some("deleteUser"));
/// assert_eq!(error.title(), Some("resource not found"));
/// assert_eq!(error.attempts(), 1);
/// assert!(!error.may_have_arrived());
///
/// let request = UpsertUserRequest::new("user_123").email("jane");
/// let error = client.upsert_user(&request).await.unwrap_err();
/// assert_eq!(error.problems()[0].path(), "email");
///
/// server.inject(Fault::status(429).retry_after(Duration::from_secs(3600)));
/// let error = client.delete_user("user_123").await.unwrap_err();
/// assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
/// assert!(error.is_retryable());
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    outcome: Outcome,
    operation: Option<Operation>,
    /// The routes of the client, if the request was sent.
    family: Option<Family>,
    credential: Credential,
    attempts: u32,
    /// The server may have processed an attempt before the last one.
    earlier_may_have_arrived: bool,
    /// For a call with several requests, the number of items in those before the one that failed.
    accepted: usize,
    /// The description of failures without a status.
    message: Cow<'static, str>,
    title: Option<String>,
    detail: Option<String>,
    retry_after: Option<Duration>,
    invalid: Option<Invalid>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    pub(crate) fn new(
        kind: ErrorKind,
        outcome: Outcome,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            outcome,
            operation: None,
            family: None,
            credential: Credential::default(),
            attempts: 1,
            earlier_may_have_arrived: false,
            accepted: 0,
            message: message.into(),
            title: None,
            detail: None,
            retry_after: None,
            invalid: None,
            source: None,
        }))
    }

    pub(crate) fn config(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorKind::Config, Outcome::Unsent, message)
    }

    /// `thread` could not be started.
    pub(crate) fn no_thread(thread: &str, why: std::io::Error) -> Self {
        Self::new(
            ErrorKind::NoThread,
            Outcome::Unsent,
            format!(
                "cannot start {thread}: the operating system has no more threads or file descriptors; close some or raise the limit, and try again"
            ),
        )
        .because(why)
    }

    /// This process is a fork of the one with this id, which the client belongs to.
    pub(crate) fn forked(process: u32) -> Self {
        Self::new(
            ErrorKind::Forked,
            Outcome::Unsent,
            format!(
                "the client belongs to process {process}, and this process is a fork of it; make a client in each process, after the fork"
            ),
        )
    }

    /// The server refused the request with this status.
    pub(crate) fn from_status(status: u16) -> Self {
        let kind = StatusMeaning::of(status).into();
        Self::new(kind, Outcome::Answered(status), "")
    }

    /// The answer of the server that this error reports, as the reason for something else: `state`.
    pub(crate) fn as_reason_for(&self, state: &str) -> Self {
        let inner = &*self.0;
        let message = match (state, &*inner.message) {
            ("", message) => message.to_owned(),
            (state, "") => state.to_owned(),
            (state, message) => format!("{state}: {message}"),
        };
        Self(Box::new(Inner {
            message: message.into(),
            title: inner.title.clone(),
            detail: inner.detail.clone(),
            operation: inner.operation,
            family: inner.family,
            credential: inner.credential,
            ..*Self::new(inner.kind, inner.outcome, "").0
        }))
    }

    /// Adds to the text of an error.
    pub(crate) fn with_message(mut self, message: &'static str) -> Self {
        self.0.message = message.into();
        self
    }

    pub(crate) fn during(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn on(mut self, family: Family) -> Self {
        self.0.family = Some(family);
        self
    }

    pub(crate) fn with_credential(mut self, credential: Credential) -> Self {
        self.0.credential = credential;
        self
    }

    pub(crate) fn because(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_problem(mut self, title: Option<String>, detail: Option<String>) -> Self {
        self.0.title = title;
        self.0.detail = detail;
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// The last attempt of a call has failed. `may_have_arrived` is about the attempts before it.
    pub(crate) fn after(mut self, attempts: u32, may_have_arrived: bool) -> Self {
        self.0.attempts = attempts;
        self.0.earlier_may_have_arrived = may_have_arrived;
        self
    }

    pub(crate) fn past(mut self, accepted: usize) -> Self {
        self.0.accepted = accepted;
        self
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.0.outcome
    }

    /// The kind of failure, to branch on.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The status of the response, if there was one.
    pub fn status(&self) -> Option<u16> {
        self.0.outcome.status()
    }

    /// The server's title for the problem, if it sent one.
    pub fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// The server's description of the problem, if it sent one.
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Every problem of a payload or of a value that was refused before it left the process, each
    /// with its path. Empty for other errors.
    pub fn problems(&self) -> &[Problem] {
        self.0.invalid.as_ref().map_or(&[], Invalid::problems)
    }

    /// The operation that failed, by its id in the API's contract (`upsertUser`); `None` if setting
    /// up a client failed.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation.map(Operation::id)
    }

    /// How many attempts were made before the client gave up, also those that found no connection;
    /// 1 without a retry.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// How many items, counted from the first, the server has certainly accepted. Some calls send
    /// their items in several requests, such as
    /// [`post_inbox_messages`](crate::Client::post_inbox_messages): this counts the items of the
    /// requests before the one that failed. 0 for other calls.
    pub fn accepted(&self) -> usize {
        self.0.accepted
    }

    /// How long the server asks to wait before the next request, if it does; at most a day.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether the same call may succeed later: no connection, a time-out, 408, 425, 429 or 5xx, a
    /// full queue, a failure of the spool, or no thread for the delivery.
    ///
    /// If the failed request [may have arrived](Self::may_have_arrived), a retry may duplicate its
    /// events.
    pub fn is_retryable(&self) -> bool {
        match self.0.kind {
            ErrorKind::Connect
            | ErrorKind::Timeout
            | ErrorKind::Interrupted
            | ErrorKind::RateLimited
            | ErrorKind::QueueFull
            | ErrorKind::Spool
            | ErrorKind::NoThread
            | ErrorKind::Server => true,
            ErrorKind::Refused => self.0.outcome.class() == Class::NotSent,
            ErrorKind::Invalid
            | ErrorKind::TooLarge
            | ErrorKind::BeforeSend
            | ErrorKind::Feedback
            | ErrorKind::ShutDown
            | ErrorKind::Forked
            | ErrorKind::Disabled
            | ErrorKind::Config
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::Redirected
            | ErrorKind::Unreadable => false,
        }
    }

    /// Whether the server may have processed the request, or a part of it, although the call
    /// failed: in the last of its [attempts](Self::attempts), or in an earlier one.
    pub fn may_have_arrived(&self) -> bool {
        self.0.earlier_may_have_arrived || self.0.outcome.class() == Class::Ambiguous
    }
}

/// An error of this kind without details, for an application's own test doubles of the client.
///
/// ```
/// use lunogram::{Error, ErrorKind};
///
/// let error = Error::from(ErrorKind::Timeout);
/// assert!(error.is_retryable() && error.may_have_arrived());
/// assert_eq!(error.to_string(), "time-out");
/// ```
impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        let outcome = match kind {
            ErrorKind::Timeout | ErrorKind::Interrupted | ErrorKind::Server => Outcome::Lost,
            _ => Outcome::Unsent,
        };
        Self::new(kind, outcome, kind.to_string())
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let mut error = Self::new(ErrorKind::Invalid, Outcome::Unsent, "");
        error.0.invalid = Some(invalid);
        error
    }
}

/// A value that breaks a rule is [`Invalid`](ErrorKind::Invalid), so that `?` works on values as on
/// calls. Its problem has no path, because the value is not yet part of a payload.
///
/// ```
/// use lunogram::values::Email;
/// use lunogram::{Client, ProblemKind, UpsertUserRequest};
///
/// async fn subscribe(client: &Client, typed_in: &str) -> Result<(), lunogram::Error> {
///     let email = Email::try_from(typed_in)?;
///     client.upsert_user(&UpsertUserRequest::new(&email).email(&email)).await?;
///     Ok(())
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let error = subscribe(&client, "jane").await.unwrap_err();
/// assert_eq!(error.problems()[0].kind(), ProblemKind::Email);
/// # Ok(())
/// # }
/// ```
impl From<Violation> for Error {
    fn from(violation: Violation) -> Self {
        Invalid::of_value(violation).into()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}
