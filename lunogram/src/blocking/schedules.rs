//! Schedules.

use super::Client;
use crate::error::Error;
use crate::model::{Identifiers, ScheduledAccepted, UpsertScheduleRequest};
use crate::typed::Schedule;

impl Client {
    /// Creates or replaces a schedule of a derived type.
    /// See [`Client::schedule`](crate::Client::schedule).
    ///
    /// # Errors
    /// The errors of [`Client::schedule`](crate::Client::schedule).
    pub fn schedule<S: Schedule + ?Sized>(&self, schedule: &S) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.schedule(schedule))
    }

    /// Deletes a schedule of a derived type. See [`Client::unschedule`](crate::Client::unschedule).
    ///
    /// # Errors
    /// The errors of [`Client::unschedule`](crate::Client::unschedule).
    pub fn unschedule<S: Schedule + ?Sized>(
        &self,
        subject: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        self.driver.wait(self.client.unschedule::<S>(subject))
    }

    /// Creates or replaces a schedule of a user by its name.
    /// See [`Client::upsert_user_scheduled`](crate::Client::upsert_user_scheduled).
    ///
    /// # Errors
    /// The errors of [`Client::upsert_user_scheduled`](crate::Client::upsert_user_scheduled).
    pub fn upsert_user_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.upsert_user_scheduled(request))
    }

    /// Creates or replaces a schedule of an organization by its name.
    /// See [`Client::upsert_organization_scheduled`](crate::Client::upsert_organization_scheduled).
    ///
    /// # Errors
    /// The errors of
    /// [`Client::upsert_organization_scheduled`](crate::Client::upsert_organization_scheduled).
    pub fn upsert_organization_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> Result<ScheduledAccepted, Error> {
        let upserted = self.client.upsert_organization_scheduled(request);
        self.driver.wait(upserted)
    }

    /// Deletes a schedule of a user by its name.
    /// See [`Client::delete_user_scheduled`](crate::Client::delete_user_scheduled).
    ///
    /// # Errors
    /// The errors of [`Client::delete_user_scheduled`](crate::Client::delete_user_scheduled).
    pub fn delete_user_scheduled(
        &self,
        name: impl AsRef<str>,
        user: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        self.driver
            .wait(self.client.delete_user_scheduled(name, user))
    }

    /// Deletes a schedule of an organization by its name.
    /// See [`Client::delete_organization_scheduled`](crate::Client::delete_organization_scheduled).
    ///
    /// # Errors
    /// The errors of
    /// [`Client::delete_organization_scheduled`](crate::Client::delete_organization_scheduled).
    pub fn delete_organization_scheduled(
        &self,
        name: impl AsRef<str>,
        organization: impl Into<Identifiers>,
    ) -> Result<(), Error> {
        let deleted = self
            .client
            .delete_organization_scheduled(name, organization);
        self.driver.wait(deleted)
    }
}
