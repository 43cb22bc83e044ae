//! Session tokens, which authorise an application to act for one user for a limited time.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::borrow::Cow;
use std::fmt;

/// The token of a session, which acts for one user until it expires.
///
/// [`Client::create_session`](crate::Client::create_session) creates one, and
/// [`Client::with_session`](crate::Client::with_session) makes a session that uses it. The token is
/// a secret: only [`expose_secret`](Self::expose_secret) returns it. The type can be deserialized
/// from the API's own JSON (`{"token", "expires_at"}`), for applications that receive it
/// from their backend, but not serialized. An application that receives the text of the token alone
/// needs no `SessionToken`: `with_session` takes the text, too.
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

/// A type that can be the token of a session: a [`SessionToken`], or a string with the text of one,
/// from a cookie or a header for example.
///
/// [`Client::with_session`](crate::Client::with_session) takes it.
///
/// ```
/// use lunogram::session::{Session, ToSessionToken};
/// use lunogram::{Client, Error};
///
/// fn session(client: &Client, token: impl ToSessionToken) -> Result<Session, Error> {
///     client.with_session(token, "user_123")
/// }
///
/// # fn main() -> Result<(), Error> {
/// # let client = Client::disabled();
/// let authorization = "Bearer eyJhbGciOiJFUzI1NiJ9";
/// let token = authorization.strip_prefix("Bearer ").unwrap_or_default();
/// session(&client, token)?;
/// # Ok(())
/// # }
/// ```
///
/// The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the token of a session",
    label = "not a token",
    note = "a token is a `lunogram::session::SessionToken`, or a string with the text of one"
)]
pub trait ToSessionToken: sealed::Sealed {
    #[doc(hidden)]
    fn token_text(&self) -> &str;
}

mod sealed {
    pub trait Sealed {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}

        #[diagnostic::do_not_recommend]
        impl ToSessionToken for $type {
            fn token_text(&self) -> &str {
                self.as_ref()
            }
        }
    )*};
}

texts!(str, String, Cow<'_, str>, Box<str>);

impl sealed::Sealed for SessionToken {}

#[diagnostic::do_not_recommend]
impl ToSessionToken for SessionToken {
    fn token_text(&self) -> &str {
        self.expose_secret()
    }
}

#[diagnostic::do_not_recommend]
impl<T: ToSessionToken + ?Sized> ToSessionToken for &T {
    fn token_text(&self) -> &str {
        (**self).token_text()
    }
}
