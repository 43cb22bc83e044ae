//! The settings of a client.

#[cfg(doc)]
use super::Client;
use crate::clock::Clock;
#[cfg(feature = "testing")]
use crate::clock::test_clock;
#[cfg(feature = "spool")]
use crate::delivery::SpoolOptions;
use crate::delivery::{Decision, Dropped, Hooks, Outgoing, QueueOptions, Unknown};
use crate::transport::{CONNECT_TIMEOUT, IDLE_TIMEOUT, PlainHttp, Retries, TIMEOUT};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The settings of a [`Client`], from [`Client::builder`].
///
/// | setting | default | |
/// |---|---|---|
/// | [`base_url`](Self::base_url) | `https://console.lunogram.com` | `/` or `/api` may follow |
/// | [`project`](Self::project) | none | uses key-scoped routes, which the newest servers lack |
/// | [`timeout`](Self::timeout) | 30 s | for one call, including its retries and pauses |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s | leaves time for three attempts in a call |
/// | [`idle_timeout`](Self::idle_timeout) | 4 s | an unused connection is closed before a deployed server closes it, after 5 s |
/// | [`retries`](Self::retries) | 3 attempts | only if repeating is safe: see [`Retries`] |
/// | [`queue`](Self::queue) | | for tracked events: see [`QueueOptions`] |
///
/// Not configurable: the client speaks HTTP/1.1 and follows no redirects. At most 64 KiB of an
/// error response and 16 MiB of a successful one are read. A proxy from the environment
/// (`HTTPS_PROXY`, `NO_PROXY`) is used for `https` only, where it cannot read the key.
///
/// TLS is rustls with ring and the certificates of the operating system (feature `rustls`, on by
/// default), or the operating system's TLS (feature `native-tls`, if `rustls` is off). With neither
/// feature, `https` needs the application's own client (feature `reqwest-0_13`):
/// [`http_client`](Self#method.http_client).
///
/// ```
/// use lunogram::queue::QueueOptions;
/// use lunogram::{Client, Retries};
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
/// [`build`](Self::build) refuses settings that cannot work or would expose the key:
///
/// ```
/// use lunogram::{Client, ErrorKind};
///
/// // Plain `http` would send the key unencrypted.
/// let refused = Client::builder("sk_123").base_url("http://lunogram.example.com").build();
/// assert_eq!(refused.unwrap_err().kind(), ErrorKind::Config);
///
/// let client = Client::builder("sk_123")
///     .base_url("http://lunogram.internal")
///     .allow_http()
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
///
/// A builder can be cloned, for clients that differ in a few settings.
#[derive(Clone)]
#[must_use = "a builder makes no client before `build`"]
pub struct ClientBuilder {
    pub(super) key: String,
    pub(super) base_url: Option<String>,
    pub(super) project: Option<Uuid>,
    pub(super) plain: PlainHttp,
    pub(super) timeout: Duration,
    pub(super) connect_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) retries: Retries,
    pub(super) http: Option<reqwest::Client>,
    pub(super) queue: QueueOptions,
    #[cfg(feature = "spool")]
    pub(super) spool: Option<SpoolOptions>,
    pub(super) hooks: Hooks,
    pub(super) clock: Clock,
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
            idle_timeout: IDLE_TIMEOUT,
            retries: Retries::default(),
            http: None,
            queue: QueueOptions::default(),
            #[cfg(feature = "spool")]
            spool: None,
            hooks: Hooks::default(),
            clock: Clock::default(),
        }
    }

    /// Sets the URL of the server. A trailing `/` or `/api` makes no difference.
    ///
    /// Plain `http` is accepted for loopback addresses only, unless
    /// [`allow_http`](Self::allow_http) is set.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Uses the project-scoped routes of newer servers, with this project.
    pub fn project(mut self, id: Uuid) -> Self {
        self.project = Some(id);
        self
    }

    /// Limits the duration of one call, including its retries and the pauses between them.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Limits the duration of connecting: name resolution, TCP and TLS. It does not apply to an
    /// [`http_client`](Self#method.http_client) of the application.
    ///
    /// A request that found no connection was not sent, also if [`timeout`](Self::timeout) is
    /// shorter and ends it: its error is [`Connect`](crate::ErrorKind::Connect), and the queue
    /// sends its events again.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// Sets how long an unused connection is kept. Set it to less than the server, or the proxy in
    /// front of it, keeps one: a request on a connection that the other side has just closed may
    /// have been processed or not. By default 4 s, because a deployed server closes connections
    /// after 5 s; AWS load balancers keep them for 60 s, and nginx for 75 s. It does not apply to
    /// an [`http_client`](Self#method.http_client) of the application.
    ///
    /// The age is checked when the connection is to be used again, so the setting also holds in a
    /// process that does not run between two calls.
    ///
    /// ```
    /// use lunogram::Client;
    /// use std::time::Duration;
    ///
    /// let behind_nginx = Client::builder("sk_1").idle_timeout(Duration::from_secs(60)).build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// Sets how often a failed call is retried, and after which pauses.
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Allows plain `http` to every host. Only for networks that you trust: the key is sent
    /// unencrypted.
    pub fn allow_http(mut self) -> Self {
        self.plain = PlainHttp::Anywhere;
        self
    }

    /// Sends requests through an HTTP client of the application. TLS, proxies, connection pool,
    /// connect time-out and redirects are those that it was built with. The total
    /// [`timeout`](Self::timeout), the size limits on responses and the [`retries`](Self::retries)
    /// still apply.
    ///
    /// This crate enables reqwest's TLS without a rustls provider. Unless the application enables
    /// one in reqwest, it has to install a process-wide provider before it builds its client
    /// (`rustls::crypto::ring::default_provider().install_default()`).
    ///
    /// Build the client with `redirect(Policy::none())`. A redirect that it follows may send the
    /// payload to another host, and this crate cannot prevent that.
    ///
    /// This is the only method that takes a type of a crate before its 1.0, reqwest 0.13. With this
    /// feature, an application depends on the version of reqwest that this crate is built with.
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
    #[cfg(feature = "reqwest-0_13")]
    pub fn http_client(mut self, client: reqwest::Client) -> Self {
        self.http = Some(client);
        self
    }

    /// Sets the options of the background queue, which [`track`](Client::track) and
    /// [`identify`](Client::identify) fill.
    pub fn queue(mut self, options: QueueOptions) -> Self {
        self.queue = options;
        self
    }

    /// Also keeps the queue in a folder on disk. Events and upserts that [`track`](Client::track)
    /// and [`identify`](Client::identify) accepted survive the end of the process, even a crash,
    /// and the next client with this spool delivers them in order. A path alone uses the defaults
    /// of [`SpoolOptions`].
    ///
    /// Items beyond the bounds of [`queue`](Self::queue) are on disk only, up to the bound of the
    /// spool. If the disk is full, `track` returns an error. Requests in flight when the process
    /// ended are sent again with [`Delivery::AtLeastOnce`](crate::queue::Delivery), and not with
    /// the other choices.
    ///
    /// A folder serves one client at a time. Damaged files are read as far as possible, reported to
    /// [`on_drop`](Self::on_drop) as [`DropReason::Damaged`](crate::queue::DropReason), and kept
    /// with the suffix `.damaged`.
    ///
    /// ```no_run
    /// use lunogram::Client;
    /// use lunogram::queue::SpoolOptions;
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

    /// Calls `hook` for every item that the queue accepted and will not deliver: on the delivery
    /// thread; if the queue is full or [`before_send`](Self::before_send) drops the item, on the
    /// thread that tracks; and for items of a deleted user or organization, on the thread that
    /// awaits the deletion. A panic in the hook is caught and counted:
    /// [`Stats::hook_panics`](crate::queue::Stats::hook_panics).
    ///
    /// The hook cannot send, queue or delete with this client, or with another one that has a hook,
    /// and it cannot flush or shut down such a client. These calls fail with
    /// [`Feedback`](crate::ErrorKind::Feedback). A client without hooks works. The table in
    /// [`hooks`](crate::hooks) has every call.
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

    /// Calls `hook` for every event that was sent and whose outcome will stay unknown, because it
    /// is not sent again: by the choice of [`Delivery`](crate::queue::Delivery), after
    /// [`max_copies`](QueueOptions::max_copies), or because the client was shut down before the
    /// answer. The last applies to upserts, too. It is called on the delivery thread, and may do
    /// what [`on_drop`](Self::on_drop) may: see the table in [`hooks`](crate::hooks). A panic is
    /// caught and counted.
    ///
    /// ```
    /// use lunogram::Client;
    ///
    /// let client = Client::builder("sk_1")
    ///     .on_unknown(|event| eprintln!("{} may have arrived, or not", event.name()))
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn on_unknown(mut self, hook: impl Fn(&Unknown<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.on_unknown = Some(Arc::new(hook));
        self
    }

    /// Calls `hook` for each payload before it leaves the client: events, traits and schedules, of
    /// answered calls and of the queue. The hook may change the payload, for example to remove
    /// personal data, or drop it. It sees an encoded payload as an [`Outgoing`], once, after the
    /// payload passed its checks. It does not see deletions, memberships, inbox messages, devices
    /// and sessions.
    ///
    /// | payload | the hook runs | if it drops the payload |
    /// |---|---|---|
    /// | of an answered call | on the caller's thread, before the method returns its [`Call`](crate::Call) | the call fails with [`BeforeSend`](crate::ErrorKind::BeforeSend) |
    /// | of [`send_all`](Client::send_all) | there, for each event | the event is left out; if no event is left, the call fails |
    /// | of [`track`](Client::track) and [`identify`](Client::identify) | on the thread that tracks, before the payload is queued or written to the spool; for [`waiting`](Client::waiting) calls, when they are awaited | it is counted and passed to [`on_drop`](Self::on_drop) as [`DropReason::BeforeSend`](crate::queue::DropReason::BeforeSend); the method returns `Ok` |
    /// | in a spool, left by a client without a hook | on the delivery thread, when it is read | as for `track` |
    ///
    /// If the hook panics or breaks a rule, the payload is not sent: it may still contain what the
    /// hook is there to remove. An answered call fails with `BeforeSend` after a panic, and with
    /// [`Invalid`](crate::ErrorKind::Invalid) if the payload breaks a rule. A queued payload is
    /// dropped as [`DropReason::BeforeSendFailed`](crate::queue::DropReason::BeforeSendFailed).
    ///
    /// Events are sent even if the hook drops an upsert queued before them. If the upsert was to
    /// create their subject, the server loses them.
    ///
    /// The hook cannot send, queue or delete with this client, or with another one that has a hook,
    /// and it cannot flush or shut down such a client. These calls fail with
    /// [`Feedback`](crate::ErrorKind::Feedback). A client without hooks works. The table in
    /// [`hooks`](crate::hooks) has every call.
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::hooks::Decision;
    ///
    /// let client = Client::builder("sk_1")
    ///     .before_send(|payload| {
    ///         payload.data_mut().remove("ip");
    ///         if payload.name() == "debug" { Decision::Drop } else { Decision::Send }
    ///     })
    ///     .build()?;
    /// # Ok::<(), lunogram::Error>(())
    /// ```
    pub fn before_send(
        mut self,
        hook: impl Fn(&mut Outgoing<'_>) -> Decision + Send + Sync + 'static,
    ) -> Self {
        self.hooks.before_send = Some(Arc::new(hook));
        self
    }

    /// Makes the client use a test's clock for the age of batches, the pauses between attempts, the
    /// deadlines of events and of [`shutdown`](Client::shutdown), the age of unused connections,
    /// and, with a server of the same clock, the time-outs of requests. See
    /// [`testing::Clock`](crate::testing::Clock).
    ///
    /// ```
    /// use lunogram::Client;
    /// use lunogram::testing::{Clock, Server};
    ///
    /// let server = Server::start()?;
    /// let clock = Clock::new();
    /// let client = Client::builder(server.key()).base_url(server.url()).clock(&clock).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(feature = "testing")]
    pub fn clock(mut self, clock: &test_clock::Clock) -> Self {
        self.clock = clock.of_client();
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without the key and the URL: the URL is not parsed yet, and may contain a password.
        f.debug_struct("ClientBuilder")
            .field("project", &self.project)
            .field("plain", &self.plain)
            .field("timeout", &self.timeout)
            .field("connect_timeout", &self.connect_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("retries", &self.retries)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
