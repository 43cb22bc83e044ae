//! Schedules.

use super::Client;
use crate::error::Error;
use crate::model::ScheduledAccepted;
use lunogram_core::{AnySchedule, ScheduleKey};

impl Client {
    /// Creates or replaces a schedule. See [`Client::schedule`](crate::Client::schedule).
    ///
    /// # Errors
    /// The errors of [`Client::schedule`](crate::Client::schedule).
    pub fn schedule<S: AnySchedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.schedule(schedule))
    }

    /// Deletes a schedule of one subject. See [`Client::unschedule`](crate::Client::unschedule).
    ///
    /// # Errors
    /// The errors of [`Client::unschedule`](crate::Client::unschedule).
    pub fn unschedule(&self, key: ScheduleKey) -> Result<(), Error> {
        self.driver.wait(self.client.unschedule(key))
    }
}
