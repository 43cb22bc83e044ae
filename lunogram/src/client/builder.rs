//! How a client is made.

use super::{Client, Setup};
use crate::delivery::{Clock, Decision, Dropped, Hooks, QueueOptions, QueuedEvent};
#[cfg(feature = "spool")]
use crate::delivery::{Spool, SpoolOptions};
use crate::error::Error;
#[cfg(feature = "testing")]
use crate::testing;
use crate::transport::{
    self, Base, CONNECT_TIMEOUT, Connect, DEFAULT_BASE, Key, PlainHttp, Retries, TIMEOUT, Transport,
};
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

const API_KEY: &str = "LUNOGRAM_API_KEY";
const API_URL: &str = "LUNOGRAM_API_URL";

/// The settings of a [`Client`], from [`Client::builder`].
///
/// | setting | default | |
/// |---|---|---|
/// | [`base_url`](Self::base_url) | `https://console.lunogram.com` | with or without `/` or `/api` at its end |
/// | [`project`](Self::project) | none | key-scoped routes, which every server has |
/// | [`timeout`](Self::timeout) | 30 s | for one call, its attempts and pauses together |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s | for reaching the server: three attempts of it fit into a call |
/// | [`retries`](Self::retries) | 3 attempts | where repeating does no harm: see [`Retries`] |
/// | [`queue`](Self::queue) | | what is tracked: see [`QueueOptions`] |
///
/// Fixed are: HTTP/1.1; no redirects; connections are dropped after 50 s without use, before common proxies drop them
/// (AWS load balancers after 60 s, nginx after 75 s); 64 KiB of an answer that says no are read, and 16 MiB of one that
/// says yes. A proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`) is used for `https` alone, where it cannot
/// read the key.
///
/// `https` is spoken by rustls with ring and the certificates of the operating system (feature `rustls`, on by default),
/// or by the operating system's TLS (feature `native-tls`, where `rustls` is off). With neither, it takes a
/// client of the application's own (feature `reqwest`), [`http_client`](Self#method.http_client).
///
/// ```
/// use lunogram::{Client, QueueOptions, Retries};
/// use std::time::Duration;
/// use uuid::Uuid;
///
/// # let project = Uuid::from_u128(7);
/// let client = Client::builder("sk_123")
///     .base_url("https://lunogram.example.com")
///     .project(project)
///     .timeout(Duration::from_secs(10))
///     .connect_timeout(Duration::from_secs(2))
///     .retries(Retries::default().attempts(5))
///     .queue(QueueOptions::default().max_events(10_000))
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
///
/// What cannot work, or would give the key away, is told when it is built:
///
/// ```
/// use lunogram::{Client, ErrorKind};
///
/// // `http` would show the key to everybody on the way.
/// let refused = Client::builder("sk_123").base_url("http://lunogram.example.com").build();
/// assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
///
/// let client = Client::builder("sk_123").base_url("http://lunogram.internal").allow_http().build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[must_use = "a builder makes nothing until `build`"]
pub struct ClientBuilder {
    key: String,
    base_url: Option<String>,
    project: Option<Uuid>,
    plain: PlainHttp,
    timeout: Duration,
    connect_timeout: Duration,
    retries: Retries,
    http: Option<reqwest::Client>,
    queue: QueueOptions,
    #[cfg(feature = "spool")]
    spool: Option<SpoolOptions>,
    hooks: Hooks,
    clock: Clock,
}

impl ClientBuilder {
    pub(super) fn new(key: String) -> Self {
        Self {
            key,
            base_url: None,
            project: None,
            plain: PlainHttp::LoopbackOnly,
            timeout: TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
            retries: Retries::default(),
            http: None,
            queue: QueueOptions::default(),
            #[cfg(feature = "spool")]
            spool: None,
            hooks: Hooks::default(),
            clock: Clock::default(),
        }
    }

    /// Settings with the key of `LUNOGRAM_API_KEY`, and the server of `LUNOGRAM_API_URL` if that is set.
    ///
    /// ```no_run
    /// use lunogram::ClientBuilder;
    /// use std::time::Duration;
    ///
    /// let client = ClientBuilder::from_env()?.timeout(Duration::from_secs(10)).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// As those of [`from_lookup`](Self::from_lookup).
    pub fn from_env() -> Result<Self, Error> {
        Self::from_lookup(|name| std::env::var_os(name))
    }

    /// The same from anywhere else that has variables, such as a secret store. An empty variable counts as not set.
    ///
    /// ```
    /// use lunogram::ClientBuilder;
    ///
    /// let client = ClientBuilder::from_lookup(|name| match name {
    ///     "LUNOGRAM_API_KEY" => Some("sk_123".into()),
    ///     _ => None,
    /// })?
    /// .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) when `lookup` knows no `LUNOGRAM_API_KEY`, or when a variable is not UTF-8.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let variable = |name: &str| match lookup(name).map(OsString::into_string) {
            Some(Ok(value)) => Ok(Some(value).filter(|value| !value.is_empty())),
            Some(Err(_)) => Err(Error::config(format!("{name} is not UTF-8; set it anew"))),
            None => Ok(None),
        };
        let Some(key) = variable(API_KEY)? else {
            return Err(Error::config(
                "LUNOGRAM_API_KEY is not set; set it to a key of your project, or hand one over with `Client::new`",
            ));
        };
        Ok(Self {
            base_url: variable(API_URL)?,
            ..Self::new(key)
        })
    }

    /// Where the server is, with or without a `/` at its end, with or without `/api`: all mean the same.
    ///
    /// Plain `http` is for the loopback address, unless [`allow_http`](Self::allow_http) says otherwise.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Speaks the project-scoped routes of newer servers, for this project.
    pub fn project(mut self, id: Uuid) -> Self {
        self.project = Some(id);
        self
    }

    /// How long one call may take, with all of its attempts and the pauses between them.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long reaching the server may take: name, TCP and TLS. Not for a client of the application's own.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// How often and how patiently a failed call is tried again.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Allows plain `http` to every host. Everybody on the way can read the key: for networks that you trust.
    pub fn allow_http(mut self) -> Self {
        self.plain = PlainHttp::Anywhere;
        self
    }

    /// Sends by the application's own HTTP client. Its TLS, proxies, connections, connect time-out and redirects are what
    /// it was built with; the total [`timeout`](Self::timeout), the limits on answers and the [`retries`](Self::retries)
    /// hold here, too.
    ///
    /// Where reqwest has no TLS of its own in the application, install rustls's process-wide provider before building one
    /// (`rustls::crypto::ring::default_provider().install_default()`): this crate brings rustls without.
    ///
    /// Build it with `redirect(Policy::none())`: a redirect that it follows may carry what is sent to another host, and
    /// cannot be prevented from here.
    ///
    /// This is the one method that takes a type of a crate before its 1.0, reqwest 0.13: with the feature, an application
    /// follows the versions of reqwest that this crate is built with.
    ///
    /// ```
    /// use lunogram::Client;
    ///
    /// # let _ = rustls::crypto::ring::default_provider().install_default();
    /// let http = reqwest::Client::builder()
    ///     .redirect(reqwest::redirect::Policy::none())
    ///     .local_address("127.0.0.1".parse().ok())
    ///     .build()?;
    /// let client = Client::builder("sk_1").http_client(http).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "reqwest")]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// The bounds and choices of the background queue, for [`track`](Client::track) and [`identify`](Client::identify).
    pub fn queue(mut self, options: QueueOptions) -> Self {
        self.queue = options;
        self
    }

    /// Keeps what is queued in a folder on disk, too, until it is delivered: what [`track`](Client::track) and
    /// [`identify`](Client::identify) accepted survives the end of the process, however it comes, and is delivered, in order, by
    /// the next client with this spool. With a path alone the defaults of [`SpoolOptions`] hold.
    ///
    /// What does not fit into the bounds of [`queue`](Self::queue) waits on disk alone, up to the spool's own bound. A disk that
    /// is full is an error of `track`. With [`Delivery::AtLeastOnce`](crate::Delivery), what was on its way when the process
    /// ended is sent again; with the others it is not.
    ///
    /// A folder serves one client at a time. Files in it that are damaged are read as far as they can be, told of by
    /// [`on_drop`](Self::on_drop) and [`DropReason::Damaged`](crate::DropReason), and kept with the ending `.damaged`.
    ///
    /// ```no_run
    /// use lunogram::{Client, SpoolOptions};
    ///
    /// let client = Client::builder("sk_1").spool("/var/lib/shop/lunogram").build()?;
    /// let larger = SpoolOptions::new("/var/lib/blog/lunogram").max_bytes(10 << 30);
    /// let client = Client::builder("sk_1").spool(larger).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    #[cfg(feature = "spool")]
    pub fn spool(mut self, spool: impl Into<SpoolOptions>) -> Self {
        self.spool = Some(spool.into());
        self
    }

    /// Calls `hook` with everything that the queue took in and will not deliver: on the thread that delivers, or on the one
    /// that tracks where the queue is full. A panic in it is caught and counted ([`Stats::hook_panics`](crate::Stats)).
    ///
    /// ```
    /// use lunogram::Client;
    ///
    /// let client = Client::builder("sk_1")
    ///     .on_drop(|dropped| eprintln!("{} was dropped: {}", dropped.name(), dropped.reason()))
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn on_drop(mut self, hook: impl Fn(&Dropped<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.on_drop = Some(Arc::new(hook));
        self
    }

    /// Calls `hook` with each tracked event before it is sent, on the thread that delivers: it may change the event or drop
    /// it. What it changes is not checked again. A panic in it is caught and counted, and the event is sent as it was.
    ///
    /// ```
    /// use lunogram::{Client, Decision};
    ///
    /// let client = Client::builder("sk_1")
    ///     .before_send(|event| {
    ///         event.data.remove("ip");
    ///         if event.name == "debug" { Decision::Drop } else { Decision::Send }
    ///     })
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn before_send(
        mut self,
        hook: impl Fn(&mut QueuedEvent) -> Decision + Send + Sync + 'static,
    ) -> Self {
        self.hooks.before_send = Some(Arc::new(hook));
        self
    }

    /// Lets the background queue follow a test's clock: the ages of batches, the pauses between attempts, and the deadlines of
    /// events and of [`shutdown`](Client::shutdown). The time-outs of single requests do not follow it, nor do the pauses of
    /// calls that wait for their answer. See [`testing::Clock`].
    ///
    /// ```
    /// use lunogram::testing::{Clock, Server};
    /// use lunogram::Client;
    ///
    /// let server = Server::start()?;
    /// let clock = Clock::new();
    /// let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "testing")]
    pub fn clock(mut self, clock: &testing::Clock) -> Self {
        self.clock = clock.of_delivery();
        self
    }

    /// Makes the client. Nothing is sent yet, and no runtime is needed.
    ///
    /// ```
    /// use lunogram::{Client, ErrorKind};
    ///
    /// let client = Client::builder("sk_123").build()?;
    ///
    /// let error = Client::builder("").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) when the key is empty or has characters that no key has, when the base URL is
    /// none or would show the key, when a time-out is zero, or when TLS cannot be set up on this machine. The key and the
    /// URL are not in it.
    pub fn build(self) -> Result<Client, Error> {
        if self.timeout.is_zero() || self.connect_timeout.is_zero() {
            return Err(Error::config(
                "a time-out of zero, in which no call could succeed; write one such as `Duration::from_secs(30)`",
            ));
        }
        if self.queue.occurred_at.as_deref() == Some("") {
            return Err(Error::config(
                "a property without a name for the moment of an event; write one such as `occurred_at(\"occurred_at\")`",
            ));
        }
        let key = Key::new(self.key).map_err(Error::config)?;
        let base = self.base_url.as_deref().unwrap_or(DEFAULT_BASE);
        let base = Base::parse(base, self.project, self.plain).map_err(Error::config)?;
        let (http, connect) = if let Some(http) = self.http {
            (http, Connect::AsTheApplicationSays)
        } else {
            let http = transport::build(&base, self.connect_timeout)?;
            (http, Connect::Within(self.connect_timeout))
        };
        let transport = Transport::new(http, base, key, self.timeout, self.retries, connect);
        #[cfg(feature = "spool")]
        let spool = self.spool.as_ref().map(Spool::open).transpose()?;
        #[cfg(not(feature = "spool"))]
        let spool = None;
        let setup = Setup {
            queue: self.queue,
            hooks: self.hooks,
            clock: self.clock,
        };
        Client::over(transport, Arc::new(setup), spool)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Neither the key, nor a URL that was not looked at yet and may have a password in it.
        f.debug_struct("ClientBuilder")
            .field("project", &self.project)
            .field("plain", &self.plain)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("retries", &self.retries)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
