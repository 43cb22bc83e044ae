//! Waiting for what a queue delivers in the background.

use super::server::Server;
use crate::blocking::park_until;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Server {
    /// Waits until `condition` holds, looking again after each request; `false` if it does not within `timeout`.
    ///
    /// Needs no particular runtime. A condition that holds already is not waited for.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// # use std::time::Duration;
    /// # async fn example(server: &Server) {
    /// let arrived = server
    ///     .wait_for(Duration::from_secs(5), |server| server.events_named("purchase_completed").len() == 3)
    ///     .await;
    /// assert!(arrived);
    /// # }
    /// ```
    #[must_use = "whether the condition came to hold is the answer"]
    pub async fn wait_for(&self, timeout: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        let mut changes = self.shared.changes();
        let started = Instant::now();
        let shared = Arc::clone(&self.shared);
        let alarm = self.runtime.spawn(async move {
            tokio::time::sleep(timeout).await;
            shared.announce();
        });
        loop {
            changes.borrow_and_update();
            let is_last_look = started.elapsed() >= timeout;
            if condition(self) {
                alarm.abort();
                return true;
            }
            if is_last_look || changes.changed().await.is_err() {
                return false;
            }
        }
    }

    /// [`wait_for`](Self::wait_for) for tests without a runtime: blocks the thread.
    ///
    /// Not for the thread of a current-thread runtime that the client under test needs to make progress.
    #[must_use = "whether the condition came to hold is the answer"]
    pub fn blocking_wait_for(&self, timeout: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        park_until(self.wait_for(timeout, condition))
    }
}
