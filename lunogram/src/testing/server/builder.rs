//! The builder of a server.

use super::Server;
use super::connections::Service;
use crate::testing::api::{
    Access, Families, Keys, Limits, Management, Observers, RequestLog, SessionData, Shared, Timing,
    UnknownPaths,
};
use crate::testing::clock::Clock;
#[cfg(feature = "page")]
use crate::testing::page::Page;
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
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
    pub(super) is_key_random: bool,
    pub(super) access: Access,
    port: u16,
    #[cfg(feature = "page")]
    page: Page,
    pub(super) observers: Observers,
    keep: usize,
    limits: Limits,
    clock: crate::clock::Clock,
}

/// How much a server keeps by default.
const DEFAULT_KEEP: usize = 100_000;

impl ServerBuilder {
    pub(super) fn new() -> Self {
        let key = format!("sk_test_{}", Uuid::new_v4().simple());
        Self {
            access: Access {
                keys: Keys::Only(key.clone()),
                project_id: Uuid::new_v4(),
                families: Families::default(),
                unknown_paths: UnknownPaths::default(),
                events: None,
                session_events: None,
                session_data: SessionData::default(),
                auth_methods: None,
                management: Management::default(),
            },
            key,
            is_key_random: true,
            port: 0,
            #[cfg(feature = "page")]
            page: Page::default(),
            observers: Observers::default(),
            keep: DEFAULT_KEEP,
            limits: Limits::none(),
            clock: crate::clock::Clock::default(),
        }
    }

    /// Sets the only key that the server accepts. By default, a random one.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = key.into();
        self.access.keys = Keys::Only(self.key.clone());
        self.is_key_random = false;
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

    /// Sets the event allow-list of sessions: a batch with any other name is refused as a whole,
    /// with 403. By default, every name is allowed.
    pub fn allow_session_events<N: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Self {
        self.access.session_events = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the data that sessions see. By default, their user's own only, as on the platform.
    pub fn session_data(mut self, data: SessionData) -> Self {
        self.access.session_data = data;
        self
    }

    /// Sets the route families that the server has. By default, both.
    pub fn families(mut self, families: Families) -> Self {
        self.access.families = families;
        self
    }

    /// Sets the response to a path that the server does not have. By default, 200 with a web page,
    /// as on the platform.
    pub fn unknown_paths(mut self, response: UnknownPaths) -> Self {
        self.access.unknown_paths = response;
        self
    }

    /// Sets how much the server keeps: the newest `items` events, the newest `items` lost items,
    /// and the newest requests, up to `items` in total. A batch counts as its items, any other
    /// request as one. By default, 100,000.
    ///
    /// Older ones are discarded, so that the memory of a server that runs for weeks is bounded.
    /// [`Server::counts`] counts them, too. Users, organizations and their data are kept until they
    /// are deleted.
    ///
    /// ```
    /// use lunogram::testing::Server;
    /// use lunogram::{Event, UpsertUserRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::builder().keep(2).start()?;
    /// let client = server.client();
    /// client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
    /// for name in ["first", "second", "third"] {
    ///     client.send(&Event::new(name).to("user_123")).await?;
    /// }
    /// assert_eq!(server.all_events().len(), 2);
    /// assert_eq!(server.all_events()[0].name, "second");
    /// assert_eq!(server.counts().events, 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn keep(mut self, items: usize) -> Self {
        self.keep = items;
        self
    }

    /// Allows clients what a server allows that is deployed with the platform's defaults: the same
    /// as [`limits`](Self::limits) with [`Limits::deployed`].
    ///
    /// ```
    /// use lunogram::testing::{Clock, Server};
    /// use lunogram::{Client, Event, UpsertUserRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let clock = Clock::new();
    /// let server = Server::builder().as_deployed().clock(&clock).start()?;
    /// let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
    /// client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
    ///
    /// for _ in 0..1_000 {
    ///     client.track(&Event::new("page_viewed").to("user_123"))?;
    /// }
    /// // Each event takes a millisecond of the clock, and no real time.
    /// while client.stats().pending() > 0 {
    ///     let next = clock.idle().await;
    ///     clock.advance(next.unwrap_or_default());
    /// }
    /// assert_eq!(server.counts().events, 1_000);
    /// # Ok(())
    /// # }
    /// ```
    pub fn as_deployed(self) -> Self {
        self.limits(Limits::deployed())
    }

    /// Sets what the server allows its clients. By default, it has no limits.
    ///
    /// ```
    /// use lunogram::testing::{Limits, Server};
    /// use std::time::Duration;
    ///
    /// let slow = Limits::deployed().acknowledgement(Duration::from_millis(25));
    /// let server = Server::builder().limits(slow).start()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the server use a test's clock, which the clients under test should use, too. These
    /// follow the clock: the [`limits`](Self::limits), the delays of
    /// [faults](crate::testing::Fault), and the times in what the server stores and records.
    ///
    /// With a server of its clock, a client's time-outs of requests follow the clock, too.
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.of_client();
        self
    }

    /// Writes each answered request to `writer`, as one line of JSON with the fields of
    /// [`RecordedRequest`](crate::testing::RecordedRequest): without the key, and with secrets
    /// replaced. The requests of the page are not written.
    ///
    /// If writing fails, the recording ends with a message on standard error, and the server
    /// continues.
    ///
    /// ```
    /// use lunogram::UpsertUserRequest;
    /// use lunogram::testing::Server;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("requests.jsonl");
    /// let server = Server::builder().record(std::fs::File::create(&path)?).start()?;
    /// server.client().upsert_user(&UpsertUserRequest::new("user_123")).await?;
    ///
    /// let recording = std::fs::read_to_string(&path)?;
    /// let request: serde_json::Value = serde_json::from_str(recording.lines().next().unwrap())?;
    /// assert_eq!(request["path"], "/api/client/users");
    /// assert_eq!(request["status"], 200);
    /// assert!(!recording.contains(server.key()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn record(mut self, writer: impl Write + Send + 'static) -> Self {
        self.observers.recording = Mutex::new(Some(Box::new(writer)));
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
    /// schedules, inboxes, refused requests and lost items. By default, the server does not know
    /// the path `/`. Needs the feature `page`.
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

    #[cfg(feature = "page")]
    pub(super) fn has_page(&self) -> bool {
        self.page == Page::Served
    }

    #[cfg(not(feature = "page"))]
    #[expect(clippy::unused_self, reason = "the signature of the feature `page`")]
    pub(super) fn has_page(&self) -> bool {
        false
    }

    /// Calls `callback` after each answered request, on the server's thread.
    pub fn on_request(mut self, callback: impl Fn(&RequestLog) + Send + Sync + 'static) -> Self {
        self.observers.on_request = Some(Box::new(callback));
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
        let timing = Timing::new(self.clock, self.limits);
        let shared = Shared::new(self.access, timing, self.observers, self.keep);
        let service = Service {
            shared: Arc::new(shared),
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
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
