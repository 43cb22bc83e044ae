//! A receipt that blocks.

use super::Client;
use super::driver::Driver;
use crate::clock::{Clock, Either, either};
use crate::delivery::{self, Fate};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The receipt of a queued event or upsert, from [`Client::receipts`]: reports its outcome.
///
/// It is complete after the hooks were called and [`stats`](Client::stats) have counted the
/// payload, and at the latest when the client ends: a client that is shut down or dropped drops the
/// pending payloads, or leaves them in the spool. It borrows nothing, and can be moved to another
/// thread. Dropping it cancels nothing.
///
/// ```
/// use lunogram::{Event, blocking::Receipt, queue::Fate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client().blocking()?;
/// let event = Event::new("page_viewed").to("user_123");
/// let receipt: Receipt = client.receipts().track(&event)?;
/// client.flush()?;
/// assert_eq!(receipt.wait(), Fate::Delivered);
/// # Ok(())
/// # }
/// ```
#[must_use = "a receipt reports nothing until `wait` is called; `Client::track` returns no receipt"]
pub struct Receipt {
    outcome: delivery::Receipt,
    driver: Arc<Driver>,
    clock: Clock,
}

impl Receipt {
    /// Blocks until the payload is delivered or dropped, of unknown outcome, or left in the spool.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = client.receipts().track(&Event::new("page_viewed").to("user_123"))?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn wait(self) -> Fate {
        self.driver.wait(self.outcome)
    }

    /// Blocks like [`wait`](Self::wait), but not for longer than this. `None` if the payload is
    /// still queued or in flight then.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    /// use std::time::Duration;
    ///
    /// let mut receipt = client.receipts().track(&Event::new("page_viewed").to("user_123"))?;
    /// match receipt.wait_for(Duration::from_secs(5)) {
    ///     Some(fate) => println!("{fate}"),
    ///     None => println!("not yet delivered"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn wait_for(&mut self, within: Duration) -> Option<Fate> {
        let too_late = self.clock.sleep(within);
        match self.driver.wait(either(&mut self.outcome, too_late)) {
            Either::One(fate) => Some(fate),
            Either::Other(()) => None,
        }
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.outcome.fmt(f)
    }
}

impl Client {
    pub(super) fn receipt(&self, receipt: delivery::Receipt) -> Receipt {
        Receipt {
            outcome: receipt,
            driver: Arc::clone(&self.driver),
            clock: self.client.clock().clone(),
        }
    }
}
