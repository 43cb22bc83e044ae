//! Waits for the deliveries of a background queue.

use super::Server;
use crate::blocking::park_until;
use std::sync::Arc;
use std::time::{Duration, Instant};

impl Server {
    /// Waits until `condition` holds, and returns whether it did within `timeout`. The condition is
    /// evaluated at once and again after each request.
    ///
    /// Works on any async runtime.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// # use std::time::Duration;
    /// # async fn example(server: &Server) {
    /// let arrived = server
    ///     .wait_for(Duration::from_secs(5), |server| {
    ///         server.events_named("purchase_completed").len() == 3
    ///     })
    ///     .await;
    /// assert!(arrived);
    /// # }
    /// ```
    #[must_use = "`false` means that the condition did not hold in time"]
    pub async fn wait_for(&self, timeout: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        let mut changes = self.shared.changes();
        let started = Instant::now();
        let shared = Arc::clone(&self.shared);
        let timer = self.runtime.spawn(async move {
            tokio::time::sleep(timeout).await;
            shared.announce();
        });
        loop {
            changes.borrow_and_update();
            let is_last_look = started.elapsed() >= timeout;
            if condition(self) {
                timer.abort();
                return true;
            }
            if is_last_look || changes.changed().await.is_err() {
                return false;
            }
        }
    }

    /// Waits as [`wait_for`](Self::wait_for) does, and blocks the thread: for tests without an
    /// async runtime.
    ///
    /// Do not call it on the thread of a current-thread runtime that also drives the client under
    /// test: the client could not make progress.
    #[must_use = "`false` means that the condition did not hold in time"]
    pub fn blocking_wait_for(&self, timeout: Duration, condition: impl Fn(&Self) -> bool) -> bool {
        park_until(self.wait_for(timeout, condition))
    }
}
