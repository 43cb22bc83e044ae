//! The builder of a server.

use super::Server;
use super::connections::Service;
use crate::testing::api::{Access, Keys, Management, OnRequest, RequestLog, Shared};
#[cfg(feature = "page")]
use crate::testing::page::Page;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::{fmt, io};
use uuid::Uuid;

/// The settings of a [`Server`]; made by [`Server::builder`].
///
/// ```
/// use lunogram::testing::Server;
///
/// let server = Server::builder()
///     .key("sk_test_checkout")
///     .allow_events(["purchase_completed", "cart_updated"])
///     .on_request(|request| println!("{request}"))
///     .start()?;
/// assert_eq!(server.key(), "sk_test_checkout");
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use]
pub struct ServerBuilder {
    key: String,
    access: Access,
    port: u16,
    #[cfg(feature = "page")]
    page: Page,
    on_request: Option<OnRequest>,
}

impl ServerBuilder {
    pub(super) fn new() -> Self {
        let key = format!("sk_test_{}", Uuid::new_v4().simple());
        Self {
            access: Access {
                keys: Keys::Only(key.clone()),
                project_id: Uuid::new_v4(),
                events: None,
                auth_methods: None,
                management: Management::default(),
            },
            key,
            port: 0,
            #[cfg(feature = "page")]
            page: Page::default(),
            on_request: None,
        }
    }

    /// Sets the only key that the server accepts. By default, a random one.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self.access.keys = Keys::Only(self.key.clone());
        self
    }

    /// Accepts every bearer, and every project id in a path: for clients whose key is configured
    /// elsewhere.
    pub fn any_key(mut self) -> Self {
        self.access.keys = Keys::Any;
        self
    }

    /// Sets the port of the loopback address to listen on. By default, and for 0, a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the project that the key belongs to. By default, a random one.
    pub fn project_id(mut self, project_id: Uuid) -> Self {
        self.access.project_id = project_id;
        self
    }

    /// Sets the key's event allow-list: a batch with any other name is refused as a whole, with
    /// 403. By default, every name is allowed.
    pub fn allow_events<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.access.events = Some(names.into_iter().map(Into::into).collect::<BTreeSet<_>>());
        self
    }

    /// Sets the project's auth methods for sessions: any other is answered with 404. By default,
    /// every id mints sessions.
    pub fn auth_methods(mut self, ids: impl IntoIterator<Item = Uuid>) -> Self {
        self.access.auth_methods = Some(ids.into_iter().collect());
        self
    }

    /// Sets the generation of the routes that report the observed schemas. By default, the newer
    /// one.
    pub fn management(mut self, generation: Management) -> Self {
        self.access.management = generation;
        self
    }

    /// Serves a page for a browser at `/`, live and searchable: events, users, organizations,
    /// schedules, inboxes, refused requests and lost items. By default, `/` is answered with 404.
    /// Needs the feature `page`.
    ///
    /// The page needs no key, and is served only to a browser on this machine, under `localhost` or
    /// a loopback address. Its own requests are not in [`Server::requests`], not reported to
    /// [`on_request`](Self::on_request), and not subject to faults.
    ///
    /// ```
    /// use lunogram::testing::Server;
    ///
    /// let server = Server::builder().page().start()?;
    /// println!("open {}/", server.url());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[cfg(feature = "page")]
    pub fn page(mut self) -> Self {
        self.page = Page::Served;
        self
    }

    /// Calls `callback` after each answered request, on the server's thread.
    pub fn on_request(mut self, callback: impl Fn(&RequestLog) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(callback));
        self
    }

    /// Starts the server. It accepts requests when this returns.
    ///
    /// ```
    /// use lunogram::testing::Server;
    ///
    /// let first = Server::builder().start()?;
    /// let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    /// assert!(Server::builder().port(port).start().is_err()); // in use
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the port is in use, or the operating system cannot provide a port or a thread.
    pub fn start(self) -> io::Result<Server> {
        let service = Service {
            shared: Arc::new(Shared::new(self.access, self.on_request)),
            #[cfg(feature = "page")]
            page: self.page,
        };
        Server::listen(self.port, self.key, service)
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("access", &self.access)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}
