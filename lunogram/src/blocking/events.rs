//! Events that are sent at once.

use super::Client;
use crate::error::Error;
use crate::typed::{self, Addressed, EventFor};

impl Client {
    /// Sends one event, and waits for the response. See [`Client::send`](crate::Client::send).
    ///
    /// # Errors
    /// The errors of [`Client::send`](crate::Client::send).
    pub fn send<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.send(event))
    }

    /// Sends events about users in one request.
    /// See [`Client::post_user_events`](crate::Client::post_user_events).
    ///
    /// # Errors
    /// The errors of [`Client::post_user_events`](crate::Client::post_user_events).
    pub fn post_user_events<E: EventFor<typed::User>>(&self, events: &[E]) -> Result<(), Error> {
        self.driver.wait(self.client.post_user_events(events))
    }

    /// Sends events about organizations in one request.
    /// See [`Client::post_organization_events`](crate::Client::post_organization_events).
    ///
    /// # Errors
    /// The errors of [`Client::post_organization_events`](crate::Client::post_organization_events).
    pub fn post_organization_events<E: EventFor<typed::Organization>>(
        &self,
        events: &[E],
    ) -> Result<(), Error> {
        self.driver
            .wait(self.client.post_organization_events(events))
    }
}
