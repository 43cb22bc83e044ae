//! Where the server is: the base URL in all of its spellings, and the two families of routes on it.

use super::request::Request;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use uuid::Uuid;

/// Where the platform itself is.
pub(crate) const DEFAULT_BASE: &str = "https://console.lunogram.com";

/// Whether plain HTTP may leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    /// To the loopback address only.
    LoopbackOnly,
    /// To anywhere: somebody asked for it by name.
    Anywhere,
}

/// The root of one server's routes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Up to and with `/api/client`, or the project behind it.
    root: Url,
    family: Family,
}

/// Which of the two families of routes a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The key says which project it is.
    KeyScoped,
    /// The path says it.
    ProjectScoped,
}

impl Base {
    /// Reads a base URL: with or without a `/` at its end, with or without `/api`, with a path in front or none.
    ///
    /// # Errors
    /// What is wrong with it, in words that repeat no part of it: it may hold a password.
    pub(crate) fn parse(
        text: &str,
        project: Option<Uuid>,
        plain: PlainHttp,
    ) -> Result<Self, &'static str> {
        let mut root = Url::parse(text).map_err(
            |_| "the base URL is not a URL; write one such as `https://console.lunogram.com`",
        )?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(
                "the base URL starts with neither `https://` nor `http://`; write one such as `https://console.lunogram.com`",
            );
        }
        if !root.username().is_empty() || root.password().is_some() {
            return Err(
                "the base URL holds a user name or a password; leave them out, the key is all that the server asks for",
            );
        }
        if root.query().is_some() || root.fragment().is_some() {
            return Err(
                "the base URL has a query or a fragment; write it without `?` and `#` and what follows",
            );
        }
        if root.scheme() == "http" && plain == PlainHttp::LoopbackOnly && !is_loopback(&root) {
            return Err(
                "the base URL is plain `http`, which shows the key to everybody on the way; write `https`, or allow it by name with `allow_http`",
            );
        }
        let prefix = root.path().trim_end_matches('/');
        let prefix = prefix.strip_suffix("/api").unwrap_or(prefix);
        let prefix = prefix.trim_end_matches('/');
        let (path, family) = match project {
            None => (format!("{prefix}/api/client"), Family::KeyScoped),
            Some(id) => (
                format!("{prefix}/api/client/projects/{id}"),
                Family::ProjectScoped,
            ),
        };
        root.set_path(&path);
        Ok(Self { root, family })
    }

    /// Where a request goes.
    pub(super) fn url(&self, request: &Request) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}{}", self.root.path(), request.path()));
        if !request.pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(request.pairs());
        }
        url
    }

    /// Where a management route is, which is of a project.
    #[cfg(feature = "plan")]
    pub(super) fn management(&self, path: &str) -> Option<Url> {
        let (prefix, project) = self.root.path().rsplit_once("/api/client/projects/")?;
        let mut url = self.root.clone();
        url.set_path(&format!("{prefix}/api/admin/projects/{project}{path}"));
        Some(url)
    }

    pub(crate) fn family(&self) -> Family {
        self.family
    }

    /// Whether what is sent is encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.root.scheme() == "https"
    }

    /// The host, and the port where it is not the usual one.
    pub(crate) fn authority(&self) -> &str {
        self.root.authority()
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.root.as_str())
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.is_loopback();
    }
    let name = host.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Operation;

    fn upsert_url(text: &str, project: Option<Uuid>) -> String {
        let base = Base::parse(text, project, PlainHttp::LoopbackOnly).expect(text);
        base.url(&Request::new(Operation::UpsertUser)).to_string()
    }

    #[test]
    fn every_spelling_means_the_same_server() {
        for spelling in ["", "/", "/api", "/api/", "//", "/api//"] {
            for (base, expected) in [
                (DEFAULT_BASE, "https://console.lunogram.com"),
                ("https://h.example/a%20b", "https://h.example/a%20b"),
                ("https://h.example/apiary", "https://h.example/apiary"),
                ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
                ("http://[::1]:8080", "http://[::1]:8080"),
                ("http://LocalHost:8080", "http://localhost:8080"),
                ("http://app.localhost.", "http://app.localhost."),
            ] {
                let text = format!("{base}{spelling}");
                assert_eq!(
                    upsert_url(&text, None),
                    format!("{expected}/api/client/users"),
                    "{text}"
                );
                let project = Uuid::from_u128(7);
                assert_eq!(
                    upsert_url(&text, Some(project)),
                    format!("{expected}/api/client/projects/{project}/users"),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn a_query_means_what_was_written_whatever_is_in_it() {
        let base = Base::parse(DEFAULT_BASE, None, PlainHttp::LoopbackOnly).expect("a base");
        let pairs = [
            ("external_id", "a b&c=d#e?f/g+h%20%"),
            ("tags", "ü,\u{1f980},\"<>'"),
            ("source", ""),
        ];
        let parameters = pairs.map(|(name, value)| (name, value.to_owned()));
        let request = Request::queried(Operation::GetUserInbox, Ok(parameters.into()));
        let request = request.expect("valid parameters");
        let url = base.url(&request);
        assert_eq!(url.path(), "/api/client/users/inbox");
        assert_eq!(url.fragment(), None);
        assert!(url.as_str().is_ascii());
        let read = url.query_pairs().collect::<Vec<_>>();
        assert_eq!(read, pairs.map(|(name, value)| (name.into(), value.into())));
    }

    #[test]
    fn what_is_no_server_or_would_show_the_key_is_refused_without_an_echo() {
        for (text, words) in [
            ("", "not a URL"),
            ("console.example", "not a URL"),
            ("localhost:8080", "neither"),
            ("ftp://s3cret.example", "neither"),
            ("https://", "not a URL"),
            ("https://s3cret@h.example", "user name"),
            ("https://:s3cret@h.example", "password"),
            ("https://h.example/?s3cret", "query"),
            ("https://h.example/?", "query"),
            ("https://h.example/#s3cret", "fragment"),
            ("http://s3cret.example", "allow_http"),
            ("http://127.0.0.1.s3cret.example", "allow_http"),
            ("http://notlocalhost", "allow_http"),
            ("http://10.0.0.1", "allow_http"),
        ] {
            let message = Base::parse(text, None, PlainHttp::LoopbackOnly).expect_err(text);
            assert!(message.contains(words), "{text}: {message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
        assert!(Base::parse("http://10.0.0.1", None, PlainHttp::Anywhere).is_ok());
    }
}
