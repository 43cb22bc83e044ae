//! The API key, which leaves the process in the `Authorization` header only.

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use std::fmt;

/// A key that is a valid header value. `Debug` does not show it.
#[derive(Clone)]
pub(crate) struct Key {
    key: String,
    authorization: HeaderValue,
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
        let fits = key.bytes().all(|byte| byte.is_ascii_graphic());
        let value = HeaderValue::try_from(format!("Bearer {key}")).ok();
        let Some(mut authorization) = value.filter(|_| fits) else {
            return Err(
                "the API key contains a character that is not allowed, such as a space or a trailing line break; pass the key alone",
            );
        };
        authorization.set_sensitive(true);
        Ok(Self { key, authorization })
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
        text.replace(&self.key, "[key]")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}
