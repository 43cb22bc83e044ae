//! Tokens that act for one user for a while.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::fmt;

/// The token of a session, which acts for one user until it expires. [`Client::create_session`](crate::Client::create_session)
/// mints one, [`Client::with_session`](crate::Client::with_session) makes a client of it.
///
/// Whoever has it can act for the user: nothing but [`expose_secret`](Self::expose_secret) gives it away. It can be
/// read, not written, as JSON in the API's own form (`{"token": …, "expires_at": …}`), for applications that get it from a
/// backend of theirs.
///
/// ```
/// use chrono::{DateTime, TimeDelta};
/// use lunogram::SessionToken;
///
/// let json = r#"{"token": "eyJhbGciOiJFUzI1NiJ9…", "expires_at": "2027-01-02T03:04:05Z"}"#;
/// let token: SessionToken = serde_json::from_str(json)?;
/// assert!(!format!("{token:?}").contains("eyJ"));
/// assert!(!token.is_expired_at(token.expires_at() - TimeDelta::seconds(1)));
/// assert!(token.is_expired_at(token.expires_at()));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Deserialize)]
pub struct SessionToken {
    token: String,
    expires_at: DateTime<Utc>,
}

impl SessionToken {
    /// The token itself, for the browser or app that is to act with it. It belongs into no log and no URL.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.token
    }

    /// From when on the server refuses it, with 401.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// Whether it has expired at that moment, as far as the caller's clock and the server's agree.
    #[must_use]
    pub fn is_expired_at(&self, now: DateTime<Utc>) -> bool {
        now >= self.expires_at
    }
}

impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionToken")
            .field("token", &format_args!("[token]"))
            .field("expires_at", &self.expires_at)
            .finish()
    }
}
