//! The application's hooks: `before_send`, `on_drop` and `on_unknown`.

use super::inside::{Hook, Inside, check_may_wait, check_not_logging, check_outside};
use super::outgoing::{Outgoing, OutgoingKind};
use super::payload::{PayloadKind, upsert_name};
use super::stats::DropReason;
use crate::encode::Payload;
use crate::error::{Error, ErrorKind};
use crate::trace::{Log, Record};
use crate::wire::{Outcome, SubjectKind};
use lunogram_core::{Invalid, Problem};
use lunogram_rules::{ProblemKind, Violation};
use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An event or upsert that will not be delivered, passed to
/// [`ClientBuilder::on_drop`](crate::ClientBuilder::on_drop).
///
/// ```
/// use lunogram::Client;
/// use lunogram::queue::DropReason;
///
/// let client = Client::builder("sk_123")
///     .on_drop(|dropped| match dropped.reason() {
///         DropReason::BeforeSend => {}
///         reason => {
///             let (name, size) = (dropped.name(), dropped.json().len());
///             eprintln!("{name} was dropped, {size} bytes: {reason}");
///         }
///     })
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Dropped<'a> {
    name: &'a str,
    json: &'a [u8],
    reason: DropReason,
}

impl<'a> Dropped<'a> {
    pub(super) fn new(name: &'a str, json: &'a [u8], reason: DropReason) -> Self {
        Self { name, json, reason }
    }

    /// The event's name; `user` or `organization` for an upsert; `unreadable` for a damaged record
    /// of a spool.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Why it was dropped.
    #[must_use]
    pub fn reason(&self) -> DropReason {
        self.reason
    }

    /// The JSON that would have been sent, after [`before_send`](crate::ClientBuilder::before_send)
    /// has changed it. If that hook dropped it or failed, this is the JSON before the hook. For a
    /// [`Damaged`](DropReason::Damaged) record these are the bytes that were found, which are not
    /// JSON and may be none. It may contain personal data.
    #[must_use]
    pub fn json(&self) -> &'a [u8] {
        self.json
    }
}

impl fmt::Debug for Dropped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dropped")
            .field("name", &self.name)
            .field("reason", &self.reason)
            .finish_non_exhaustive()
    }
}

/// An event or upsert that was sent, and is not sent again although it is not known whether the
/// server has processed it: passed to
/// [`ClientBuilder::on_unknown`](crate::ClientBuilder::on_unknown).
///
/// ```
/// use lunogram::Client;
///
/// let client = Client::builder("sk_123")
///     .on_unknown(|event| eprintln!("{} may have arrived, or not", event.name()))
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Unknown<'a> {
    name: &'a str,
    json: &'a [u8],
}

impl<'a> Unknown<'a> {
    /// The event's name; `user` or `organization` for an upsert.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The JSON that was sent. It may contain personal data.
    #[must_use]
    pub fn json(&self) -> &'a [u8] {
        self.json
    }
}

impl fmt::Debug for Unknown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unknown")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// Whether a payload is sent, returned by [`before_send`](crate::ClientBuilder::before_send).
///
/// ```
/// use lunogram::hooks::Decision;
/// use lunogram::queue::DropReason;
/// use lunogram::{Client, Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .before_send(|payload| match payload.name() {
///         "debug" => Decision::Drop,
///         _ => Decision::Send,
///     })
///     .build()?;
/// client.track(&Event::new("debug").to("user_123"))?;
/// client.flush().await?;
/// assert_eq!(client.stats().dropped_because(DropReason::BeforeSend), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// Send the payload, with the changes that the hook made.
    Send,
    /// Send nothing. A queued payload is counted as [`DropReason::BeforeSend`]. An answered call
    /// fails with [`ErrorKind::BeforeSend`].
    Drop,
}

pub(crate) type OnDrop = Arc<dyn Fn(&Dropped<'_>) + Send + Sync>;
pub(crate) type OnUnknown = Arc<dyn Fn(&Unknown<'_>) + Send + Sync>;
pub(crate) type BeforeSend = Arc<dyn Fn(&mut Outgoing<'_>) -> Decision + Send + Sync>;

/// The hooks that the application has set.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) on_drop: Option<OnDrop>,
    pub(crate) on_unknown: Option<OnUnknown>,
    pub(crate) before_send: Option<BeforeSend>,
}

/// Why `before_send` keeps a payload from being sent.
#[derive(Debug)]
pub(crate) enum Withheld {
    /// The hook has decided so.
    Dropped,
    Panicked,
    /// The payload breaks a rule after the hook has changed it.
    Invalid(Invalid),
}

impl Withheld {
    fn reason(&self) -> DropReason {
        match self {
            Self::Dropped => DropReason::BeforeSend,
            Self::Panicked | Self::Invalid(_) => DropReason::BeforeSendFailed,
        }
    }
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dropped => f.write_str("dropped by before_send"),
            Self::Panicked => f.write_str("before_send panicked"),
            Self::Invalid(invalid) => write!(f, "invalid after before_send: {invalid}"),
        }
    }
}

impl From<Withheld> for Error {
    fn from(why: Withheld) -> Self {
        let message = match why {
            Withheld::Dropped => "the hook `before_send` dropped the payload",
            Withheld::Panicked => {
                "the hook `before_send` panicked, so the payload was not sent; fix the hook"
            }
            Withheld::Invalid(invalid) => {
                return Self::from(invalid)
                    .with_message("the payload is as the hook `before_send` left it");
            }
        };
        Self::new(ErrorKind::BeforeSend, Outcome::Unsent, message)
    }
}

/// Runs the hooks, catches their panics, and logs the first drop of an episode.
pub(crate) struct Guarded {
    hooks: Hooks,
    panics: AtomicU64,
    log: Log,
    /// One per reason, indexed by its discriminant.
    episodes: Mutex<[Episode; DropReason::ALL.len()]>,
}

/// A series of drops for one reason, of which only the first is logged. Ends when a delivery
/// succeeds and no payload was dropped for this reason since the delivery before it.
#[derive(Clone, Copy, Debug, Default)]
struct Episode {
    logged: bool,
    /// A payload was dropped since the last delivery.
    dropped: bool,
}

impl Guarded {
    pub(super) fn new(hooks: Hooks, log: Log) -> Self {
        Self {
            hooks,
            panics: AtomicU64::new(0),
            log,
            episodes: Mutex::default(),
        }
    }

    pub(super) fn panics(&self) -> u64 {
        self.panics.load(Ordering::Relaxed)
    }

    /// Of these payloads that were lost at the end, the number of those that neither a hook nor the
    /// log has reported.
    pub(super) fn unreported(&self, dropped: u64, unknown: u64) -> u64 {
        if self.log.has_subscriber() {
            return 0;
        }
        let of = |lost: u64, has_hook: bool| if has_hook { 0 } else { lost };
        of(dropped, self.hooks.on_drop.is_some()) + of(unknown, self.hooks.on_unknown.is_some())
    }

    /// Reports a dropped event or upsert.
    pub(super) fn dropped(&self, kind: PayloadKind, json: &[u8], reason: DropReason) {
        self.dropped_because(kind, json, reason, &reason);
    }

    /// Reports an event that is settled as unknown.
    pub(super) fn unknown(&self, kind: PayloadKind, json: &[u8]) {
        let Some(on_unknown) = &self.hooks.on_unknown else {
            return;
        };
        let name = name_of_payload(kind, json);
        let unknown = Unknown { name: &name, json };
        self.run(Hook::OnUnknown, || on_unknown(&unknown));
    }

    /// Reports records of the spool that cannot be read.
    #[cfg(feature = "spool")]
    pub(super) fn damaged(&self, bytes: &[u8]) {
        let (name, reason) = ("unreadable", DropReason::Damaged);
        self.log_drop(self.starts_episode(reason), name, &reason);
        self.call_on_drop(name, bytes, reason);
    }

    /// Reports a queued payload that `before_send` withheld.
    pub(super) fn withheld(&self, kind: PayloadKind, json: &[u8], why: &Withheld) -> DropReason {
        let reason = why.reason();
        self.dropped_because(kind, json, reason, why);
        reason
    }

    fn dropped_because(
        &self,
        kind: PayloadKind,
        json: &[u8],
        reason: DropReason,
        why: &dyn fmt::Display,
    ) {
        let starts_episode = self.starts_episode(reason);
        if starts_episode || self.hooks.on_drop.is_some() {
            let name = name_of_payload(kind, json);
            self.log_drop(starts_episode, &name, why);
            self.call_on_drop(&name, json, reason);
        }
    }

    /// Ends the episodes without a drop since the last delivery.
    pub(super) fn delivered(&self) {
        for episode in self.episodes().iter_mut() {
            episode.logged &= episode.dropped;
            episode.dropped = false;
        }
    }

    fn starts_episode(&self, reason: DropReason) -> bool {
        // The hook has decided these drops, so they are not logged.
        if reason == DropReason::BeforeSend {
            return false;
        }
        let mut episodes = self.episodes();
        let episode = episodes.get_mut(reason as usize);
        episode.is_some_and(|episode| {
            episode.dropped = true;
            !std::mem::replace(&mut episode.logged, true)
        })
    }

    fn log_drop(&self, starts_episode: bool, name: &str, reason: &dyn fmt::Display) {
        if starts_episode {
            self.log.emit(Record::Dropped { name, reason });
        }
    }

    fn episodes(&self) -> MutexGuard<'_, [Episode; DropReason::ALL.len()]> {
        self.episodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call_on_drop(&self, name: &str, json: &[u8], reason: DropReason) {
        if let Some(on_drop) = &self.hooks.on_drop {
            self.run(Hook::OnDrop, || on_drop(&Dropped::new(name, json, reason)));
        }
    }

    /// Refuses to be used by a hook, which could be called again without end.
    ///
    /// # Errors
    /// [`ErrorKind::Feedback`] inside of any client's hook, if this client has one.
    #[inline]
    pub(crate) fn check_outside(&self) -> Result<(), Error> {
        if self.has_any() {
            check_outside()
        } else {
            Ok(())
        }
    }

    /// Refuses to wait for deliveries inside of a hook or of a log subscriber, which may be what
    /// they wait for.
    ///
    /// # Errors
    /// [`ErrorKind::Feedback`] inside of a subscriber of any client, and of any client's hook if
    /// this client has one.
    pub(super) fn check_may_wait(&self) -> Result<(), Error> {
        check_not_logging()?;
        if self.has_any() {
            check_may_wait()
        } else {
            Ok(())
        }
    }

    #[inline]
    pub(crate) fn has_any(&self) -> bool {
        let Hooks {
            on_drop,
            on_unknown,
            before_send,
        } = &self.hooks;
        on_drop.is_some() || on_unknown.is_some() || before_send.is_some()
    }

    /// Whether a `before_send` hook is set.
    #[inline]
    pub(crate) fn has_before_send(&self) -> bool {
        self.hooks.before_send.is_some()
    }

    /// Shows a queued payload to `before_send`, like [`before_send`](Self::before_send).
    pub(super) fn before_queued(
        &self,
        kind: PayloadKind,
        json: &[u8],
    ) -> Result<Option<Vec<u8>>, Withheld> {
        match kind {
            PayloadKind::Event(subject) => self.before_send(OutgoingKind::Event, subject, json),
            PayloadKind::Upsert(subject) => self.before_send(OutgoingKind::Traits, subject, json),
        }
    }

    /// Shows a payload to `before_send`, and returns its new bytes if the hook has changed it.
    ///
    /// # Errors
    /// The reason not to send the payload. After a panic it is withheld, too: the hook may be what
    /// removes a secret, and it is not known how far it got.
    pub(crate) fn before_send(
        &self,
        kind: OutgoingKind,
        subject: SubjectKind,
        json: &[u8],
    ) -> Result<Option<Vec<u8>>, Withheld> {
        let Some(before_send) = &self.hooks.before_send else {
            return Ok(None);
        };
        let Ok(json) = std::str::from_utf8(json) else {
            // This crate encodes UTF-8 only, so the spool's file was not written by it.
            let violation = Violation::fixed(ProblemKind::Unserializable, "not UTF-8");
            let problem = Problem::new("", violation);
            return Err(Withheld::Invalid(Invalid::new(
                Payload::upsert(subject),
                vec![problem],
            )));
        };
        let mut outgoing = Outgoing::new(kind, subject, json);
        match self.run(Hook::BeforeSend, || before_send(&mut outgoing)) {
            None => Err(Withheld::Panicked),
            Some(Decision::Drop) => Err(Withheld::Dropped),
            Some(Decision::Send) => outgoing.finish().map_err(Withheld::Invalid),
        }
    }

    fn run<T>(&self, which: Hook, hook: impl FnOnce() -> T) -> Option<T> {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let _inside = Inside::enter(which);
            hook()
        }));
        if outcome.is_err() {
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
        outcome.ok()
    }
}

/// The name under which a payload is reported.
fn name_of_payload(kind: PayloadKind, json: &[u8]) -> Cow<'static, str> {
    match kind {
        PayloadKind::Event(_) => Cow::Owned(name_of(json)),
        PayloadKind::Upsert(subject) => Cow::Borrowed(upsert_name(subject)),
    }
}

/// The name of an encoded event.
fn name_of(event: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct Named {
        name: String,
    }
    serde_json::from_slice::<Named>(event).map_or_else(|_| String::new(), |event| event.name)
}
