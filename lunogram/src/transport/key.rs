//! The key, and the one place that it goes to.

use http::HeaderMap;
use http::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use std::fmt;

/// A key that can stand in a header. Nothing shows it.
#[derive(Clone)]
pub(crate) struct Key {
    key: String,
    authorization: HeaderValue,
}

impl Key {
    /// # Errors
    /// What is wrong with it, in words that repeat no part of it.
    pub(crate) fn new(key: String) -> Result<Self, &'static str> {
        if key.is_empty() {
            return Err(
                "the API key is empty; create one in the console, under the project's settings, and hand it over or set LUNOGRAM_API_KEY",
            );
        }
        let fits = key.bytes().all(|byte| byte.is_ascii_graphic());
        let value = HeaderValue::try_from(format!("Bearer {key}")).ok();
        let Some(mut authorization) = value.filter(|_| fits) else {
            return Err(
                "the API key has a character that no key has, such as a space or the line break at the end of a file; write the key alone",
            );
        };
        authorization.set_sensitive(true);
        Ok(Self { key, authorization })
    }

    /// What every request carries. There is no `Origin`: servers refuse secret keys that come with one.
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([
            (AUTHORIZATION, self.authorization.clone()),
            (ACCEPT, HeaderValue::from_static("application/json")),
        ])
    }

    /// `text` without the key, wherever it came to be in it.
    pub(crate) fn redact(&self, text: &str) -> String {
        text.replace(&self.key, "[key]")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}
