//! The application's hooks: `before_send` and `on_drop`.

use super::stats::DropReason;
use crate::trace::{Log, Record};
use serde_json::{Map, Value};
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

    /// The event's name; `user` or `organization` for an upsert.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Why it was dropped.
    #[must_use]
    pub fn reason(&self) -> DropReason {
        self.reason
    }

    /// The JSON that would have been sent. It may contain personal data.
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

/// An event that is about to be sent, passed to
/// [`ClientBuilder::before_send`](crate::ClientBuilder::before_send).
///
/// ```
/// use lunogram::queue::Decision;
/// use lunogram::{Client, Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .before_send(|event| {
///         event.data.insert("service".to_owned(), "shop".into());
///         Decision::Send
///     })
///     .build()?;
/// client.track(&Event::new("page_viewed").to("user_123"))?;
/// client.flush().await?;
/// let sent = &server.requests()[0].body.clone().unwrap_or_default()[0];
/// assert_eq!(sent["data"]["service"], "shop");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueuedEvent {
    /// The event's name.
    pub name: String,
    /// Its properties.
    pub data: Map<String, Value>,
}

/// Whether an event is sent, returned by [`before_send`](crate::ClientBuilder::before_send).
///
/// ```
/// use lunogram::queue::{Decision, DropReason};
/// use lunogram::{Client, Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .before_send(|event| if event.name == "debug" { Decision::Drop } else { Decision::Send })
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
    /// Send the event, with the changes that the hook made.
    Send,
    /// Drop the event, and count it as [`DropReason::BeforeSend`].
    Drop,
}

pub(crate) type OnDrop = Arc<dyn Fn(&Dropped<'_>) + Send + Sync>;
pub(crate) type BeforeSend = Arc<dyn Fn(&mut QueuedEvent) -> Decision + Send + Sync>;

/// The hooks that the application has set.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) on_drop: Option<OnDrop>,
    pub(crate) before_send: Option<BeforeSend>,
}

/// Runs the hooks, catches their panics, and logs the first drop of an episode.
pub(super) struct Guarded {
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

    pub(super) fn dropped_event(&self, event: &[u8], reason: DropReason) {
        let starts_episode = self.starts_episode(reason);
        if starts_episode || self.hooks.on_drop.is_some() {
            let name = name_of(event);
            self.log_drop(starts_episode, &name, reason);
            self.call_on_drop(&name, event, reason);
        }
    }

    pub(super) fn dropped(&self, name: &str, json: &[u8], reason: DropReason) {
        self.log_drop(self.starts_episode(reason), name, reason);
        self.call_on_drop(name, json, reason);
    }

    /// Ends the episodes without a drop since the last delivery.
    pub(super) fn delivered(&self) {
        for episode in self.episodes().iter_mut() {
            episode.logged &= episode.dropped;
            episode.dropped = false;
        }
    }

    fn starts_episode(&self, reason: DropReason) -> bool {
        // The application decides these drops itself, so they are not logged.
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

    fn log_drop(&self, starts_episode: bool, name: &str, reason: DropReason) {
        if starts_episode {
            let reason = &reason;
            self.log.emit(Record::Dropped { name, reason });
        }
    }

    fn episodes(&self) -> MutexGuard<'_, [Episode; DropReason::ALL.len()]> {
        self.episodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call_on_drop(&self, name: &str, json: &[u8], reason: DropReason) {
        if let Some(on_drop) = &self.hooks.on_drop {
            self.run(|| on_drop(&Dropped::new(name, json, reason)));
        }
    }

    /// Whether a `before_send` hook is set.
    pub(super) fn has_before_send(&self) -> bool {
        self.hooks.before_send.is_some()
    }

    /// The event as `before_send` leaves it, or `None` if the hook drops it. If the hook panics,
    /// the event stays unchanged.
    pub(super) fn before_send(&self, event: &[u8]) -> Option<Vec<u8>> {
        let unchanged = || Some(event.to_vec());
        let Some(before_send) = &self.hooks.before_send else {
            return unchanged();
        };
        let Ok(mut envelope) = serde_json::from_slice::<Map<String, Value>>(event) else {
            return unchanged();
        };
        let name = match envelope.get_mut("name") {
            Some(Value::String(name)) => std::mem::take(name),
            _ => String::new(),
        };
        let data = match envelope.get_mut("data") {
            Some(Value::Object(data)) => std::mem::take(data),
            _ => Map::new(),
        };
        let mut queued = QueuedEvent { name, data };
        match self.run(|| before_send(&mut queued)) {
            None => unchanged(),
            Some(Decision::Drop) => None,
            Some(Decision::Send) => {
                envelope.insert("name".to_owned(), Value::String(queued.name));
                envelope.insert("data".to_owned(), Value::Object(queued.data));
                serde_json::to_vec(&envelope).ok().or_else(unchanged)
            }
        }
    }

    fn run<T>(&self, hook: impl FnOnce() -> T) -> Option<T> {
        let outcome = catch_unwind(AssertUnwindSafe(hook));
        if outcome.is_err() {
            self.panics.fetch_add(1, Ordering::Relaxed);
        }
        outcome.ok()
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
