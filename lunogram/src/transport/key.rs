//! The API key, or the token of a session, which leaves the process in the `Authorization` header
//! only.

use crate::wire::Credential;
use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use std::fmt;

/// A key, or the token of a session, that is a valid header value. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Key {
    secret: String,
    authorization: HeaderValue,
    credential: Credential,
}

impl Key {
    /// # Errors
    /// Why the key is refused. The message repeats no part of it.
    pub(crate) fn new(key: String) -> Result<Self, &'static str> {
        if key.is_empty() {
            return Err(
                "the API key is empty; create one in the console under the project's settings, then pass it or set LUNOGRAM_API_KEY",
            );
        }
        Self::of(key, Credential::Key).ok_or(
            "the API key contains a character that is not allowed, such as a space or a trailing line break; pass the key alone",
        )
    }

    /// The key of a client made by `for_project`.
    ///
    /// # Errors
    /// Why the key is refused. The message repeats no part of it.
    pub(crate) fn of_project(key: String) -> Result<Self, &'static str> {
        let key = Self::new(key)?;
        Ok(Self {
            credential: Credential::ProjectKey,
            ..key
        })
    }

    /// # Errors
    /// Why the token is refused. The message repeats no part of it.
    pub(crate) fn of_session(token: &str) -> Result<Self, &'static str> {
        if token.is_empty() {
            return Err("the session token is empty; pass the token that the backend created");
        }
        Self::of(token.to_owned(), Credential::SessionToken).ok_or(
            "the session token contains a character that no token has, such as a space; pass the token alone, without `Bearer`",
        )
    }

    fn of(secret: String, credential: Credential) -> Option<Self> {
        let fits = secret.bytes().all(|byte| byte.is_ascii_graphic());
        let value = HeaderValue::try_from(format!("Bearer {secret}")).ok();
        let mut authorization = value.filter(|_| fits)?;
        authorization.set_sensitive(true);
        Some(Self {
            secret,
            authorization,
            credential,
        })
    }

    pub(super) fn credential(&self) -> Credential {
        self.credential
    }

    /// The headers of every request. `Origin` is not among them: servers refuse secret keys sent
    /// with it.
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([
            (AUTHORIZATION, self.authorization.clone()),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ])
    }

    /// `text` with every occurrence of the key replaced.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(&self.secret, "[key]")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}
