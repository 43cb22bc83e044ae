//! The kinds of failure.

use crate::wire::StatusMeaning;
use std::fmt;

/// The kinds of failure that an [`Error`](crate::Error) can be.
///
/// ```
/// use lunogram::{Client, ErrorKind, UpsertUserRequest};
///
/// # async fn example(client: Client) -> Result<(), lunogram::Error> {
/// let error = match client.upsert_user(&UpsertUserRequest::new("user_123")).await {
///     Ok(_) => return Ok(()),
///     Err(error) => error,
/// };
/// match error.kind() {
///     ErrorKind::Invalid => eprintln!("invalid payload: {:?}", error.problems()),
///     ErrorKind::Unauthorized | ErrorKind::Forbidden => eprintln!("check the key: {error}"),
///     ErrorKind::RateLimited => eprintln!("retry in {:?}", error.retry_after()),
///     _ if error.is_retryable() => eprintln!("retry later: {error}"),
///     _ => eprintln!("{error}"),
/// }
/// # Err(error)
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload was refused before anything left the process; see
    /// [`Error::problems`](crate::Error::problems).
    Invalid,
    /// The payload is larger than the whole queue, or the server refused its size (413). Sending it
    /// again fails again: raise [`QueueOptions::max_bytes`](crate::queue::QueueOptions::max_bytes),
    /// or with a spool that of its options, or send less.
    TooLarge,
    /// [`before_send`](crate::ClientBuilder::before_send) dropped the payload of this call, or
    /// panicked, so nothing was sent. Queued payloads are counted as dropped instead.
    BeforeSend,
    /// The queue is full, and [`Overflow::Refuse`](crate::queue::Overflow) keeps the payloads that
    /// are in it.
    QueueFull,
    /// The spool cannot be opened, or the payload could not be written to disk, for example because
    /// it is full. From [`flush`](crate::Client::flush): what is in the spool cannot be read, or
    /// not be marked as sent.
    Spool,
    /// The operating system has no thread or no file descriptor left for the delivery thread, so
    /// the payload was not queued, or for the thread of a blocking client. The next call tries
    /// again.
    NoThread,
    /// This process is a fork of the one that uses the client. The delivery thread is missing in
    /// the fork, and connections and files are those of the parent. Make a client in each process,
    /// after the fork; see [`Client`](crate::Client#forks).
    Forked,
    /// A hook, [`on_drop`](crate::ClientBuilder::on_drop),
    /// [`on_unknown`](crate::ClientBuilder::on_unknown) or
    /// [`before_send`](crate::ClientBuilder::before_send), sent, queued or deleted with a client
    /// that has a hook, or flushed it or shut it down; or a `tracing` subscriber tracked, deleted,
    /// flushed or shut down while it handled a log event of this crate (feature `tracing`).
    /// Accepting a payload could call the hook again or cause the next log event, and so on, and a
    /// flush could wait for the thread that runs the hook or the subscriber. See
    /// [`hooks`](crate::hooks).
    Feedback,
    /// The client was shut down and accepts no more payloads. From
    /// [`shutdown`](crate::Client::shutdown): a client or session made from this client had
    /// undelivered ones at the deadline.
    ShutDown,
    /// The client is [disabled](crate::Client::disabled), and only a server can answer this call.
    Disabled,
    /// A setting of the client is not usable: its key, its base URL, a time-out. Or an answered
    /// call of the async [`Client`](crate::Client) was awaited outside of a tokio runtime.
    Config,
    /// There was no connection to the server, so nothing was sent.
    Connect,
    /// No response arrived within the total time-out. The request may have been processed.
    Timeout,
    /// The connection broke before the response arrived. The request may have been processed.
    Interrupted,
    /// 401: the server does not know the key, or the session has expired.
    Unauthorized,
    /// 403: the key does not allow this operation.
    Forbidden,
    /// 404: no such user, organization, membership, schedule or auth method.
    NotFound,
    /// 409: the request contradicts what the server has stored.
    Conflict,
    /// 429: too many requests; see [`Error::retry_after`](crate::Error::retry_after).
    RateLimited,
    /// Any other 4xx: the server refused the request.
    Refused,
    /// 5xx: the server failed.
    Server,
    /// 3xx: the server redirects to another URL. The client does not follow, so that no other
    /// server receives the key.
    Redirected,
    /// The status is a success, but the response is not one of the API: a web page, another text,
    /// or no entity where the call returns one.
    Unreadable,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "invalid payload",
            Self::TooLarge => "payload too large",
            Self::BeforeSend => "dropped by before_send",
            Self::QueueFull => "queue full",
            Self::Spool => "spool failure",
            Self::NoThread => "no thread left",
            Self::Forked => "client of another process",
            Self::Feedback => "called by a hook or a log subscriber",
            Self::ShutDown => "client shut down",
            Self::Disabled => "client disabled",
            Self::Config => "unusable settings",
            Self::Connect => "no connection",
            Self::Timeout => "time-out",
            Self::Interrupted => "connection broken",
            Self::Unauthorized => "key not accepted",
            Self::Forbidden => "not allowed",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate limited",
            Self::Refused => "refused by the server",
            Self::Server => "server failure",
            Self::Redirected => "redirected",
            Self::Unreadable => "unreadable response",
        })
    }
}

impl From<StatusMeaning> for ErrorKind {
    fn from(meaning: StatusMeaning) -> Self {
        match meaning {
            StatusMeaning::Redirected => Self::Redirected,
            StatusMeaning::Unauthorized => Self::Unauthorized,
            StatusMeaning::Forbidden => Self::Forbidden,
            StatusMeaning::NotFound => Self::NotFound,
            StatusMeaning::RateLimited => Self::RateLimited,
            StatusMeaning::Conflict => Self::Conflict,
            StatusMeaning::TooLarge => Self::TooLarge,
            StatusMeaning::WrongMethod | StatusMeaning::NotProcessed | StatusMeaning::Refused => {
                Self::Refused
            }
            StatusMeaning::Failed
            | StatusMeaning::GatewayFailed
            | StatusMeaning::Unavailable
            | StatusMeaning::ServerError => Self::Server,
            StatusMeaning::NotTheApi | StatusMeaning::Unknown => Self::Unreadable,
        }
    }
}
