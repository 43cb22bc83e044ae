//! Events and upserts that are queued.

use super::Client;
use crate::delivery::Stats;
use crate::error::Error;
use crate::model::Event;
use crate::typed::{Addressed, OrganizationTraits, UserTraits};
use std::time::Duration;

impl Client {
    /// Queues an event and returns at once, without blocking.
    /// See [`Client::track`](crate::Client::track).
    ///
    /// # Errors
    /// The errors of [`Client::track`](crate::Client::track).
    pub fn track<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.client.track(event)
    }

    /// Queues an event, and blocks while the queue is full if
    /// [`Overflow::Wait`](crate::Overflow::Wait) is set.
    /// See [`Client::track_async`](crate::Client::track_async).
    ///
    /// # Errors
    /// The errors of [`Client::track_async`](crate::Client::track_async).
    pub fn track_waiting<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.track_async(event))
    }

    /// Queues an event about a user, with a name known only at run time.
    /// See [`Client::track_user_event`](crate::Client::track_user_event).
    ///
    /// # Errors
    /// The errors of [`Client::track_user_event`](crate::Client::track_user_event).
    pub fn track_user_event(&self, event: &Event) -> Result<(), Error> {
        self.client.track_user_event(event)
    }

    /// Queues an event about an organization, with a name known only at run
    /// time.
    /// See [`Client::track_organization_event`](crate::Client::track_organization_event).
    ///
    /// # Errors
    /// The errors of [`Client::track_organization_event`](crate::Client::track_organization_event).
    pub fn track_organization_event(&self, event: &Event) -> Result<(), Error> {
        self.client.track_organization_event(event)
    }

    /// Queues an upsert of a user. See [`Client::identify`](crate::Client::identify).
    ///
    /// # Errors
    /// The errors of [`Client::identify`](crate::Client::identify).
    pub fn identify<U: UserTraits + ?Sized>(&self, user: &U) -> Result<(), Error> {
        self.client.identify(user)
    }

    /// Queues an upsert of an organization.
    /// See [`Client::identify_organization`](crate::Client::identify_organization).
    ///
    /// # Errors
    /// The errors of [`Client::identify_organization`](crate::Client::identify_organization).
    pub fn identify_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<(), Error> {
        self.client.identify_organization(organization)
    }

    /// Sends everything that is queued, and blocks until the outcome of each item is known.
    /// See [`Client::flush`](crate::Client::flush).
    ///
    /// # Errors
    /// The errors of [`Client::flush`](crate::Client::flush).
    pub fn flush(&self) -> Result<(), Error> {
        self.driver.wait(self.client.flush())
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. See [`Client::shutdown`](crate::Client::shutdown).
    ///
    /// # Errors
    /// The errors of [`Client::shutdown`](crate::Client::shutdown).
    pub fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.driver.wait(self.client.shutdown(deadline))
    }

    /// The counts of everything that was queued so far.
    /// See [`Client::stats`](crate::Client::stats).
    pub fn stats(&self) -> Stats {
        self.client.stats()
    }
}
