//! Setting up a server.

use super::access::{Access, Keys};
use super::http::{OnRequest, Shared};
use super::management::Management;
use super::page::Page;
use super::record::RequestLog;
use super::server::Server;
use std::collections::BTreeSet;
use std::{fmt, io};
use uuid::Uuid;

/// How a [`Server`] is to be; [`Server::builder`] gives one.
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
            page: Page::default(),
            on_request: None,
        }
    }

    /// The one key that is let in. By default one is made up.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self.access.keys = Keys::Only(self.key.clone());
        self
    }

    /// Lets every bearer in, and every project id in a path: for clients that are set up elsewhere.
    pub fn any_key(mut self) -> Self {
        self.access.keys = Keys::Any;
        self
    }

    /// The port of the loopback address to listen on. By default, and for 0, a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The project that the key belongs to. By default one is made up.
    pub fn project_id(mut self, project_id: Uuid) -> Self {
        self.access.project_id = project_id;
        self
    }

    /// The key's event allow-list: a batch with another name in it is refused whole, with 403. By default all are allowed.
    pub fn allow_events<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.access.events = Some(names.into_iter().map(Into::into).collect::<BTreeSet<_>>());
        self
    }

    /// The project's auth methods for sessions: any other mints none, and is answered with 404. By default every id will do.
    pub fn auth_methods(mut self, ids: impl IntoIterator<Item = Uuid>) -> Self {
        self.access.auth_methods = Some(ids.into_iter().collect());
        self
    }

    /// The generation of the routes that tell what the server has learned of the data: by default the newer one.
    pub fn management(mut self, generation: Management) -> Self {
        self.access.management = generation;
        self
    }

    /// Serves a page for a browser at `/`: events, users, organizations, schedules, inboxes, refused requests and what the
    /// platform would lose, live and searchable. By default `/` is answered with 404.
    ///
    /// It needs no key, and answers a browser on this machine alone, under `localhost` or a loopback address. What it asks
    /// for is neither in [`Server::requests`] nor told to [`on_request`](Self::on_request), and meets no faults.
    ///
    /// ```
    /// use lunogram::testing::Server;
    ///
    /// let server = Server::builder().page().start()?;
    /// println!("open {}/", server.url());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn page(mut self) -> Self {
        self.page = Page::Served;
        self
    }

    /// Calls `callback` with each request that was answered, on the server's thread.
    pub fn on_request(mut self, callback: impl Fn(&RequestLog) + Send + Sync + 'static) -> Self {
        self.on_request = Some(Box::new(callback));
        self
    }

    /// Starts the server; it is ready for requests when this returns.
    ///
    /// ```
    /// use lunogram::testing::Server;
    ///
    /// let first = Server::builder().start()?;
    /// let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    /// assert!(Server::builder().port(port).start().is_err()); // it is taken
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the port is taken, or the operating system has no port or thread to give.
    pub fn start(self) -> io::Result<Server> {
        let shared = Shared::new(self.access, self.page, self.on_request);
        Server::listen(self.port, self.key, shared)
    }
}

impl fmt::Debug for ServerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("access", &self.access)
            .field("port", &self.port)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}
