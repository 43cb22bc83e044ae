//! The base URL of the server in all of its accepted forms, and its two families of routes.

#[cfg(feature = "testing")]
use super::embedded;
use super::request::Request;
use crate::wire::Family;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use uuid::Uuid;

/// The base URL of the hosted platform.
pub(crate) const DEFAULT_BASE: &str = "https://console.lunogram.com";

/// Whether requests may leave this machine unencrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlainHttp {
    /// Plain HTTP to loopback addresses only.
    LoopbackOnly,
    /// Plain HTTP to any server: the application called `allow_http`.
    Anywhere,
}

/// The root URL of one server's routes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Ends with `/api/client`, or with the project after it.
    root: Url,
    family: Family,
}

impl Base {
    /// Parses a base URL. A trailing `/` and a trailing `/api` are optional; a path before them is
    /// kept.
    ///
    /// # Errors
    /// Why the URL is refused. The message repeats no part of it, since it may contain a password.
    pub(crate) fn parse(
        text: &str,
        project: Option<Uuid>,
        plain: PlainHttp,
    ) -> Result<Self, &'static str> {
        let root = Url::parse(text).map_err(
            |_| "the base URL (LUNOGRAM_API_URL) is not a URL; write one such as `https://console.lunogram.com`",
        )?;
        if !matches!(root.scheme(), "http" | "https") {
            return Err(
                "the base URL (LUNOGRAM_API_URL) does not start with `https://` or `http://`; write one such as `https://console.lunogram.com`",
            );
        }
        if !root.username().is_empty() || root.password().is_some() {
            return Err(
                "the base URL (LUNOGRAM_API_URL) contains a user name or a password; leave them out, the server only needs the key",
            );
        }
        if root.query().is_some() || root.fragment().is_some() {
            return Err(
                "the base URL (LUNOGRAM_API_URL) has a query or a fragment; remove everything from `?` or `#` on",
            );
        }
        if root.scheme() == "http" && plain == PlainHttp::LoopbackOnly && !is_loopback(&root) {
            return Err(
                "the base URL (LUNOGRAM_API_URL) is plain `http`, which exposes the key to the network; write `https`, or call `ClientBuilder::allow_http`",
            );
        }
        let prefix = root.path().trim_end_matches('/');
        let prefix = prefix.strip_suffix("/api").unwrap_or(prefix);
        let prefix = prefix.trim_end_matches('/');
        let prefix = prefix.to_owned();
        Ok(Self::of(root, &prefix, project))
    }

    fn of(mut root: Url, prefix: &str, project: Option<Uuid>) -> Self {
        let (path, family) = match project {
            None => (format!("{prefix}/api/client"), Family::KeyScoped),
            Some(id) => (
                format!("{prefix}/api/client/projects/{id}"),
                Family::ProjectScoped(id),
            ),
        };
        root.set_path(&path);
        Self { root, family }
    }

    /// The routes of another project of the same server; without a project, the key-scoped ones.
    pub(super) fn with_project(&self, project: Option<Uuid>) -> Self {
        let path = self.root.path();
        let prefix = path
            .rsplit_once("/api/client")
            .map_or(path, |(prefix, _)| prefix);
        Self::of(self.root.clone(), prefix, project)
    }

    /// The URL of a request.
    pub(super) fn url(&self, request: &Request) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}{}", self.root.path(), request.path()));
        if !request.pairs().is_empty() {
            url.query_pairs_mut().extend_pairs(request.pairs());
        }
        url
    }

    /// The URL of a management route; `None` unless the base is project-scoped, as those routes
    /// are.
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

    /// The destination of the payloads as the spool keeps it. With key-scoped routes, the key
    /// decides the project, and a key is never written to disk.
    #[cfg(feature = "spool")]
    pub(crate) fn destination(&self) -> String {
        match self.family {
            Family::KeyScoped => format!("{}, by the key", self.authority()),
            Family::ProjectScoped(id) => format!("{}, project {id}", self.authority()),
        }
    }

    /// Whether this is an embedded server of this process.
    #[cfg(feature = "testing")]
    pub(crate) fn is_embedded(&self) -> bool {
        is_loopback(&self.root) && self.root.port().is_some_and(embedded::is_running)
    }

    /// Whether requests are encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.root.scheme() == "https"
    }

    /// The host, and the port if it is not the scheme's default.
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
    fn all_forms_of_a_base_url_lead_to_the_same_server() {
        for suffix in ["", "/", "/api", "/api/", "//", "/api//"] {
            for (base, expected) in [
                (DEFAULT_BASE, "https://console.lunogram.com"),
                ("https://h.example/a%20b", "https://h.example/a%20b"),
                ("https://h.example/apiary", "https://h.example/apiary"),
                ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
                ("http://[::1]:8080", "http://[::1]:8080"),
                ("http://LocalHost:8080", "http://localhost:8080"),
                ("http://app.localhost.", "http://app.localhost."),
            ] {
                let text = format!("{base}{suffix}");
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
    fn a_base_of_another_project_leads_to_the_same_server() {
        let (one, other) = (Uuid::from_u128(7), Uuid::from_u128(8));
        for text in [
            DEFAULT_BASE,
            "https://h.example/a%20b/api",
            "https://h.example/api/client/api",
        ] {
            let parsed = |project| {
                Base::parse(text, project, PlainHttp::LoopbackOnly).expect("a valid base")
            };
            for from in [None, Some(one)] {
                for to in [None, Some(one), Some(other)] {
                    let base = parsed(from).with_project(to);
                    assert_eq!(base, parsed(to), "{text}");
                }
            }
        }
    }

    #[test]
    fn query_parameters_keep_their_text_with_any_characters() {
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
    fn unusable_and_insecure_base_urls_are_refused_without_an_echo() {
        for (text, words) in [
            ("", "not a URL"),
            ("console.example", "not a URL"),
            ("localhost:8080", "does not start with"),
            ("ftp://s3cret.example", "does not start with"),
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
