//! The server's life: its thread, its address, its end.

use super::builder::ServerBuilder;
use super::faults::Fault;
use super::http::{Shared, accept};
use crate::client::Client;
use chrono::Utc;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{fmt, io};
use tokio::runtime::{self, Handle};
use tokio::sync::oneshot;
use uuid::Uuid;

/// A server that keeps the Client API's contract, on a free port of the loopback address.
///
/// It runs on a thread of its own, so that a test needs no runtime for it and may use any. Dropping it closes every
/// connection and ends the thread.
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
    pub(super) shared: Arc<Shared>,
    pub(super) runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server with a key and a project of its own; it is ready for requests when this returns.
    ///
    /// ```
    /// let server = lunogram::testing::Server::start()?;
    /// assert!(server.requests().is_empty());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the operating system has no port or thread to give.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// Sets up a server before it starts.
    pub fn builder() -> ServerBuilder {
        ServerBuilder::new()
    }

    pub(super) fn listen(port: u16, key: String, shared: Shared) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let handle = runtime.handle().clone();
        let listener = {
            let _inside = handle.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let shared = Arc::new(shared);
        let (stop, stopped) = oneshot::channel::<()>();
        handle.spawn(accept(listener, Arc::clone(&shared)));
        let thread = thread::Builder::new()
            .name("lunogram-testing-server".to_owned())
            .spawn(move || {
                // Whether the owner said so or is gone: the runtime ends here, and with it every connection.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            url,
            key,
            shared,
            runtime: handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The server's address, without a path: `http://127.0.0.1:40123`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A key that the server lets in.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A client of this server, with its key and the default settings.
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
    /// When [`ServerBuilder::key`] was given what cannot be a key, such as the empty string.
    #[must_use]
    #[track_caller]
    pub fn client(&self) -> Client {
        match Client::builder(&self.key).base_url(&self.url).build() {
            Ok(client) => client,
            Err(error) => panic!("no client for this server: {error}"),
        }
    }

    /// Makes something go wrong with requests to come, after what was injected before.
    ///
    /// ```
    /// use lunogram::ErrorKind;
    /// use lunogram::testing::{Fault, Server};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// server.inject(Fault::status(500).times(2));
    /// server.inject(Fault::status(401));
    /// for kind in [ErrorKind::Server, ErrorKind::Server, ErrorKind::Unauthorized] {
    ///     assert_eq!(client.delete_user("user_123").await.unwrap_err().kind(), kind);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject(&self, fault: Fault) {
        self.shared.faults().inject(fault);
    }

    /// Lets nothing more go wrong.
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

    /// Lets every session that was minted so far expire now: its token is answered with 401 from here on.
    ///
    /// ```
    /// use lunogram::testing::Server;
    /// use lunogram::ErrorKind;
    /// use uuid::Uuid;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// let token = client.create_session(Uuid::from_u128(7), "user_123").await?;
    /// let session = client.with_session(&token)?;
    ///
    /// server.expire_sessions();
    /// let error = session.delete_user("user_123").await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unauthorized);
    /// # Ok(())
    /// # }
    /// ```
    pub fn expire_sessions(&self) {
        self.shared.state().store.expire_sessions(Utc::now());
    }

    /// The project that the key belongs to, for the routes that name one.
    pub fn project_id(&self) -> Uuid {
        self.shared.access.project_id
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A callback may own the server: a thread cannot wait for its own end.
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
