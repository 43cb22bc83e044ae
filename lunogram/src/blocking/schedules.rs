//! Schedules.

use super::Client;
use crate::error::Error;
use crate::model::ScheduledAccepted;
use lunogram_core::{AnySchedule, ScheduleKey};

impl Client {
    /// Creates a schedule. If the subject has one of the same name, key-scoped routes change it: it
    /// gets the new time and data, and keeps its interval if the request does not set one.
    /// Project-scoped routes change it only if the request has its id, and otherwise create another
    /// one.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Schedule;
    ///
    /// #[derive(Schedule)]
    /// #[lunogram(name = "weekly_digest", interval = "168h")]
    /// struct WeeklyDigest<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    /// }
    ///
    /// let accepted = client.schedule(&WeeklyDigest { user: "user_123" })?;
    /// println!("first at {}", accepted.scheduled_at);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the schedule,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such organization (the server does
    /// not report an unknown user), or an error of the server or the network.
    #[doc(alias("upsert_user_scheduled", "upsert_organization_scheduled"))]
    pub fn schedule<S: AnySchedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> Result<ScheduledAccepted, Error> {
        self.driver.wait(self.client.schedule(schedule))
    }

    /// Deletes a schedule of one subject.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// # use lunogram::{Schedule, ScheduleKey};
    /// # #[derive(Schedule)]
    /// # #[lunogram(name = "weekly_digest", interval = "168h")]
    /// # struct WeeklyDigest<'a> { #[lunogram(external_id)] user: &'a str }
    /// client.unschedule(WeeklyDigest::of("user_123"))?;
    /// client.unschedule(ScheduleKey::named("trial_end", "user_123"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such subject or schedule,
    /// [`Invalid`](crate::ErrorKind::Invalid) for a name that no schedule can have, or an error of
    /// the server or the network.
    #[doc(alias("delete_user_scheduled", "delete_organization_scheduled"))]
    pub fn unschedule(&self, key: ScheduleKey) -> Result<(), Error> {
        self.driver.wait(self.client.unschedule(key))
    }
}
