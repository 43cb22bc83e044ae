//! The kinds of failure.

use crate::wire::StatusMeaning;

/// What kind of failure an [`Error`] is.
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
///     ErrorKind::Invalid => eprintln!("our own mistake: {:?}", error.problems()),
///     ErrorKind::Unauthorized | ErrorKind::Forbidden => eprintln!("the settings' mistake: {error}"),
///     ErrorKind::RateLimited => eprintln!("again in {:?}", error.retry_after()),
///     _ if error.is_retryable() => eprintln!("again later: {error}"),
///     _ => eprintln!("{error}"),
/// }
/// # Err(error)
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The payload was refused before anything left the process; see [`Error::problems`].
    Invalid,
    /// The queue has no room for it, and [`Overflow::Refuse`](crate::Overflow) keeps what is in it.
    QueueFull,
    /// The spool cannot be opened, or the disk did not take what was tracked: it is full, say.
    Spool,
    /// `track` was called by a `tracing` subscriber that was being told something by this crate (feature `tracing`): taken in, it
    /// would cause the next.
    Feedback,
    /// The client was shut down, and queues nothing more.
    ShutDown,
    /// The client cannot be set up like this: its key, its base URL, a time-out.
    Config,
    /// There was no connection to the server, so nothing was sent.
    Connect,
    /// There was no answer within the total time-out. The request may have been processed.
    Timeout,
    /// The connection broke before the answer was there. The request may have been processed.
    Interrupted,
    /// 401: the server does not know the key.
    Unauthorized,
    /// 403: the key may not do this.
    Forbidden,
    /// 404: no such user, organization, membership, schedule or auth method.
    NotFound,
    /// 429: too many requests; see [`Error::retry_after`].
    RateLimited,
    /// Any other 4xx: the server refused the request.
    Refused,
    /// 5xx: the server failed.
    Server,
    /// 3xx: the server named another address. The client does not go there, so that the key stays where it belongs.
    Redirected,
    /// An answer that is not the API's: its status says success, its body does not.
    Unreadable,
}

impl From<StatusMeaning> for ErrorKind {
    fn from(meaning: StatusMeaning) -> Self {
        match meaning {
            StatusMeaning::Redirected => Self::Redirected,
            StatusMeaning::Unauthorized => Self::Unauthorized,
            StatusMeaning::Forbidden => Self::Forbidden,
            StatusMeaning::NotFound => Self::NotFound,
            StatusMeaning::RateLimited => Self::RateLimited,
            StatusMeaning::WrongMethod
            | StatusMeaning::NotProcessed
            | StatusMeaning::TooLarge
            | StatusMeaning::Refused => Self::Refused,
            StatusMeaning::Failed
            | StatusMeaning::GatewayFailed
            | StatusMeaning::Unavailable
            | StatusMeaning::ServerError => Self::Server,
            StatusMeaning::NotTheApi | StatusMeaning::Unknown => Self::Unreadable,
        }
    }
}
