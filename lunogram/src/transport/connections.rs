//! The connections of one runtime to one server, and how long an unused one is trusted.

use super::base::Base;
use super::http::{self, Settings};
use super::tls::Tls;
use crate::clock::Clock;
use crate::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::yield_now;
use tokio::time::Instant;

/// After a pause of this length, the runtime may not have been polled, and has not noticed which
/// connections the server has closed.
const UNPOLLED: Duration = Duration::from_millis(10);

/// The connections of one runtime to one server.
pub(crate) struct Connections {
    source: Source,
    /// The HTTP client and the moment of its last request.
    current: Mutex<(reqwest::Client, Instant)>,
    clock: Clock,
}

/// Who builds the HTTP client.
#[derive(Clone)]
enum Source {
    /// This crate.
    Built(Box<Recipe>),
    /// The application.
    Application,
}

/// Everything that an HTTP client is built from.
#[derive(Clone)]
struct Recipe {
    base: Base,
    settings: Settings,
    /// Kept, because making it may read certificates.
    tls: Tls,
}

/// The connections of another runtime, for every transport there to the same server.
#[derive(Debug, Default)]
pub(crate) struct Pool(OnceLock<Arc<Connections>>);

impl Connections {
    /// Connections that this crate opens.
    ///
    /// # Errors
    /// If the base URL is `https` and TLS cannot be set up.
    pub(crate) fn new(base: &Base, settings: Settings, clock: Clock) -> Result<Self, Error> {
        let tls = Tls::new(base)?;
        let client = http::build(base, settings, &tls)?;
        let base = base.clone();
        let recipe = Box::new(Recipe {
            base,
            settings,
            tls,
        });
        Ok(Self::of(Source::Built(recipe), client, clock))
    }

    /// The connections of a client that the application has built.
    pub(crate) fn of_application(client: reqwest::Client, clock: Clock) -> Self {
        Self::of(Source::Application, client, clock)
    }

    fn of(source: Source, client: reqwest::Client, clock: Clock) -> Self {
        Self {
            source,
            current: Mutex::new((client, clock.now())),
            clock,
        }
    }

    /// Connections with the same settings for another runtime: a connection works only as long as
    /// the runtime that opened it.
    pub(super) fn for_another_runtime(&self, pool: &Pool) -> Arc<Self> {
        let same = pool.0.get_or_init(|| {
            let current = self.current().0.clone();
            // The same settings were built before, so this should not fail. If it does, sharing
            // is better than failing.
            let client = self.source.build().unwrap_or(current);
            Arc::new(Self::of(self.source.clone(), client, self.clock.clone()))
        });
        Arc::clone(same)
    }

    /// The HTTP client for one request, and a guard for as long as the request takes.
    ///
    /// An idle connection ends without a sign of it if nothing polls the runtime: the client would
    /// send a request on it, and could not know whether the server has received it. Therefore the
    /// runtime first handles what the sockets have received, and connections that were unused for
    /// too long are abandoned, whatever the sockets say.
    pub(super) async fn acquire(&self) -> (reqwest::Client, Used<'_>) {
        let unused = self.clock.now() - self.current().1;
        if unused >= UNPOLLED {
            catch_up().await;
        }
        let now = self.clock.now();
        let mut current = self.current();
        if let Source::Built(recipe) = &self.source
            && now - current.1 >= recipe.settings.idle_timeout
            && let Some(client) = self.source.build()
        {
            current.0 = client;
        }
        current.1 = now;
        (current.0.clone(), Used(self))
    }

    fn current(&self) -> MutexGuard<'_, (reqwest::Client, Instant)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the runtime handle what its sockets have received.
async fn catch_up() {
    // In a task, because the blocking face polls its calls outside of the runtime's threads.
    if let Ok(runtime) = Handle::try_current() {
        let _ = runtime.spawn(yield_now()).await;
    }
}

impl Source {
    fn build(&self) -> Option<reqwest::Client> {
        match self {
            Self::Built(recipe) => http::build(&recipe.base, recipe.settings, &recipe.tls).ok(),
            Self::Application => None,
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

/// Guard: a request uses one of the connections.
pub(super) struct Used<'c>(&'c Connections);

impl Drop for Used<'_> {
    fn drop(&mut self) {
        self.0.current().1 = self.0.clock.now();
    }
}
