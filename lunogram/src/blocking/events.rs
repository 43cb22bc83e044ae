//! Events that are sent at once.

use super::Client;
use crate::error::Error;
use lunogram_core::AnyEvent;

impl Client {
    /// Sends one event, and waits for the response. See [`Client::send`](crate::Client::send).
    ///
    /// # Errors
    /// The errors of [`Client::send`](crate::Client::send).
    pub fn send<E: AnyEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.send(event))
    }

    /// Sends several events in one request. See [`Client::send_all`](crate::Client::send_all).
    ///
    /// # Errors
    /// The errors of [`Client::send_all`](crate::Client::send_all).
    pub fn send_all<E: AnyEvent>(&self, events: &[E]) -> Result<(), Error> {
        self.driver.wait(self.client.send_all(events))
    }
}
