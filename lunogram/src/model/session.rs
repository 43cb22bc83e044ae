//! Session tokens, which authorise an application to act for one user for a limited time.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::fmt;

/// The token of a session, which acts for one user until it expires.
///
/// [`Client::create_session`](crate::Client::create_session) creates one, and
/// [`Client::with_session`](crate::Client::with_session) makes a session that uses it. The token is
/// a secret: only [`expose_secret`](Self::expose_secret) returns it. The type can be deserialized
/// from the API's own JSON (`{"token", "expires_at"}`), for applications that receive it
/// from their backend, but not serialized.
///
/// ```
/// use chrono::{DateTime, TimeDelta};
/// use lunogram::session::SessionToken;
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
    /// The token itself, to pass to the browser or app that uses it. Keep it out of logs and URLs.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.token
    }

    /// When the token expires. From then on, the server refuses it with 401.
    #[must_use]
    pub fn expires_at(&self) -> DateTime<Utc> {
        self.expires_at
    }

    /// Whether the token has expired at `now`, as far as the caller's clock agrees with the
    /// server's.
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
