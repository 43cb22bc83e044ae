//! The public face: start and stop, and the methods that tests call.

mod builder;
mod connections;
mod counts;
mod lookups;
mod phase;
mod received;
mod run;
mod wait;

pub use builder::ServerBuilder;
pub use counts::Counts;
pub use received::Received;

use crate::client::Client;
use crate::testing::api::{Families, Fault, Limits, Shared};
use crate::transport::Embedded;
use connections::{Service, accept};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{fmt, io};
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use uuid::Uuid;

/// A server that implements the contract of the Client API, on a free port of the loopback address.
///
/// It runs on its own thread, so a test may use any async runtime, or none. Dropping it closes
/// every connection and ends the thread.
///
/// ```
/// use lunogram::testing::Server;
///
/// let server = Server::start()?;
/// assert!(server.url().starts_with("http://127.0.0.1:"));
/// assert!(server.users().is_empty());
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Server {
    url: String,
    key: String,
    shared: Arc<Shared>,
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Clients know by it that they are those of tests.
    _embedded: Embedded,
}

impl Server {
    /// Starts a server with a random key and project. It accepts requests when this returns.
    ///
    /// ```
    /// let server = lunogram::testing::Server::start()?;
    /// assert!(server.requests().is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the operating system cannot provide a port or a thread.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Returns a builder, to configure the server before it starts.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::new()
    }

    fn listen(port: u16, key: String, service: Service) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot listen on port {port}: {error}"),
            )
        })?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        let mut runtime = runtime::Builder::new_current_thread();
        let probe = service.shared.timing.clock.install_probe(&mut runtime);
        let runtime = runtime.enable_io().enable_time().build()?;
        let handle = runtime.handle().clone();
        let listener = {
            let _inside = handle.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let shared = Arc::clone(&service.shared);
        let (stop, stopped) = oneshot::channel::<()>();
        handle.spawn(accept(listener, service));
        let thread = thread::Builder::new()
            .name("lunogram-testing-server".to_owned())
            .spawn(move || {
                // Returns when the sender is dropped. Dropping the runtime then closes every
                // connection.
                let _ = runtime.block_on(probe.drive(stopped));
            })?;
        Ok(Self {
            url,
            key,
            shared,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
            _embedded: Embedded::begin(address.port()),
        })
    }

    /// The server's base URL, without a path: `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A key that the server accepts.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Makes a client of this server, with its key and the default settings. It is project-scoped
    /// if the server has no other routes.
    ///
    /// ```
    /// use lunogram::testing::Server;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let request = lunogram::UpsertUserRequest::new("user_123").email("jane@example.com");
    /// server.client().upsert_user(&request).await?;
    /// assert!(server.user("user_123").is_some());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// When the key that [`ServerBuilder::key`] set is not a valid key, such as the empty string.
    #[track_caller]
    pub fn client(&self) -> Client {
        let builder = Client::builder(&self.key).base_url(&self.url);
        let builder = match self.shared.access.families {
            Families::ProjectScoped => builder.project(self.project_id()),
            _ => builder,
        };
        match builder.build() {
            Ok(client) => client,
            Err(error) => panic!("cannot make a client for this server: {error}"),
        }
    }

    /// Injects a fault into later requests. Faults happen in the order in which they were injected.
    ///
    /// ```
    /// use lunogram::testing::{Fault, Server};
    /// use lunogram::{ErrorKind, UpsertUserRequest};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// let user = UpsertUserRequest::new("user_123");
    /// server.inject(Fault::status(500).times(2));
    /// server.inject(Fault::status(401));
    /// for kind in [ErrorKind::Server, ErrorKind::Server, ErrorKind::Unauthorized] {
    ///     assert_eq!(client.upsert_user(&user).await.unwrap_err().kind(), kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().inject(fault);
    }

    /// Removes every injected fault.
    ///
    /// ```
    /// use lunogram::UpsertUserRequest;
    /// use lunogram::testing::{Fault, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// server.inject(Fault::status(500).always());
    /// server.clear_faults();
    /// server.client().upsert_user(&UpsertUserRequest::new("user_123")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Changes what the server allows its clients, from the next request on. In a batch that the
    /// server is publishing, the acknowledgements change from the next event on.
    ///
    /// ```
    /// use lunogram::testing::{Limits, Server};
    /// use std::time::Duration;
    ///
    /// let server = Server::builder().as_deployed().start()?;
    /// // The streams of the server stall:
    /// server.set_limits(Limits::deployed().acknowledgement(Duration::from_secs(60)));
    /// // … and recover:
    /// server.set_limits(Limits::deployed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_limits(&self, limits: Limits) {
        self.shared.timing.set_limits(limits);
    }

    /// Expires every session that was minted so far: its token is answered with 401 from now on.
    ///
    /// ```
    /// use lunogram::testing::Server;
    /// use lunogram::{ErrorKind, Event};
    /// use uuid::Uuid;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// let token = client.create_session(Uuid::from_u128(7), "user_123").await?;
    /// let session = client.with_session(&token, "user_123")?;
    ///
    /// server.expire_sessions();
    /// let error = session.send(&Event::new("page_viewed")).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unauthorized);
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_sessions(&self) {
        let now = self.shared.timing.now();
        self.shared.state().store.expire_sessions(now);
    }

    /// The project that the key belongs to, for project-scoped routes.
    pub fn project_id(&self) -> Uuid {
        self.shared.access.project_id
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A callback may own the server, and a thread cannot join itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .field("project_id", &self.project_id())
            .finish_non_exhaustive()
    }
}
