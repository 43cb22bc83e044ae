//! What the application is asked and told.

use super::stats::DropReason;
use crate::trace::{Log, Record};
use serde_json::{Map, Value};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Something that will not be delivered, as [`ClientBuilder::on_drop`](crate::ClientBuilder::on_drop) hears of it.
///
/// ```
/// use lunogram::{Client, DropReason};
///
/// let client = Client::builder("sk_123")
///     .on_drop(|dropped| match dropped.reason() {
///         DropReason::BeforeSend => {}
///         reason => eprintln!("{} was dropped, {} bytes: {reason}", dropped.name(), dropped.json().len()),
///     })
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Dropped<'a> {
    name: &'a str,
    json: &'a [u8],
    reason: DropReason,
}

impl<'a> Dropped<'a> {
    pub(super) fn new(name: &'a str, json: &'a [u8], reason: DropReason) -> Self {
        Self { name, json, reason }
    }

    /// The event's name; `user` or `organization` for what `identify` took.
    #[must_use]
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> DropReason {
        self.reason
    }

    /// What would have been sent: JSON, with whatever personal data is in it.
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

/// An event that is about to be sent, for [`ClientBuilder::before_send`](crate::ClientBuilder::before_send).
///
/// ```
/// use lunogram::{Client, Decision, Event};
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
/// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
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

/// What becomes of an event that [`before_send`](crate::ClientBuilder::before_send) has seen.
///
/// ```
/// use lunogram::{Client, Decision, DropReason, Event};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// let client = Client::builder(server.key())
///     .base_url(server.url())
///     .before_send(|event| if event.name == "debug" { Decision::Drop } else { Decision::Send })
///     .build()?;
/// client.track_user_event(&Event::new("debug").to("user_123"))?;
/// client.flush().await?;
/// assert_eq!(client.stats().dropped_because(DropReason::BeforeSend), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Decision {
    /// It is sent, as it is now.
    Send,
    /// It is dropped, and counted as such.
    Drop,
}

pub(crate) type OnDrop = Arc<dyn Fn(&Dropped<'_>) + Send + Sync>;
pub(crate) type BeforeSend = Arc<dyn Fn(&mut QueuedEvent) -> Decision + Send + Sync>;

/// The application's functions, if it gave any.
#[derive(Clone, Default)]
pub(crate) struct Hooks {
    pub(crate) on_drop: Option<OnDrop>,
    pub(crate) before_send: Option<BeforeSend>,
}

/// The functions with the count of their panics.
pub(super) struct Guarded {
    hooks: Hooks,
    panics: AtomicU64,
    log: Log,
    /// For each reason, what was dropped since the last delivery, and whether it was told that something is.
    episodes: Mutex<[Episode; DropReason::ALL.len()]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Episode {
    told: bool,
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
        let is_news = self.is_news(reason);
        if is_news || self.hooks.on_drop.is_some() {
            let name = name_of(event);
            self.tell(is_news, &name, reason);
            self.hand_over(&name, event, reason);
        }
    }

    pub(super) fn dropped(&self, name: &str, json: &[u8], reason: DropReason) {
        self.tell(self.is_news(reason), name, reason);
        self.hand_over(name, json, reason);
    }

    /// Something was delivered: a reason for which nothing was dropped since the last time is news when it comes again.
    pub(super) fn delivered(&self) {
        for episode in self.episodes().iter_mut() {
            episode.told &= episode.dropped;
            episode.dropped = false;
        }
    }

    fn is_news(&self, reason: DropReason) -> bool {
        // What the application itself drops is none.
        if reason == DropReason::BeforeSend {
            return false;
        }
        let mut episodes = self.episodes();
        let episode = episodes.get_mut(reason as usize);
        episode.is_some_and(|episode| {
            episode.dropped = true;
            !std::mem::replace(&mut episode.told, true)
        })
    }

    fn tell(&self, is_news: bool, name: &str, reason: DropReason) {
        if is_news {
            let reason = &reason;
            self.log.emit(Record::Dropped { name, reason });
        }
    }

    fn episodes(&self) -> MutexGuard<'_, [Episode; DropReason::ALL.len()]> {
        self.episodes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_over(&self, name: &str, json: &[u8], reason: DropReason) {
        if let Some(on_drop) = &self.hooks.on_drop {
            self.run(|| on_drop(&Dropped::new(name, json, reason)));
        }
    }

    /// Whether events have to be shown to the application before they are sent.
    pub(super) fn looks_at_events(&self) -> bool {
        self.hooks.before_send.is_some()
    }

    /// What is to be sent in the place of `event`; nothing where the application drops it. A panic leaves it as it was.
    pub(super) fn before_send(&self, event: &[u8]) -> Option<Vec<u8>> {
        let unchanged = || Some(event.to_vec());
        let Some(before_send) = &self.hooks.before_send else {
            return unchanged();
        };
        let Ok(mut whole) = serde_json::from_slice::<Map<String, Value>>(event) else {
            return unchanged();
        };
        let name = match whole.get_mut("name") {
            Some(Value::String(name)) => std::mem::take(name),
            _ => String::new(),
        };
        let data = match whole.get_mut("data") {
            Some(Value::Object(data)) => std::mem::take(data),
            _ => Map::new(),
        };
        let mut shown = QueuedEvent { name, data };
        match self.run(|| before_send(&mut shown)) {
            None => unchanged(),
            Some(Decision::Drop) => None,
            Some(Decision::Send) => {
                whole.insert("name".to_owned(), Value::String(shown.name));
                whole.insert("data".to_owned(), Value::Object(shown.data));
                serde_json::to_vec(&whole).ok().or_else(unchanged)
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
