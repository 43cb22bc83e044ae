//! Schedules.

use super::{Call, Client};
use crate::encode::{Payload, Writer, encoded};
use crate::model::ScheduledAccepted;
use crate::transport::Request;
use crate::wire::{Operation, SubjectKind};
use lunogram_core::{AnySchedule, ScheduleKey};

impl Client {
    /// Creates a schedule. If the subject has one of the same name, key-scoped routes change it: it
    /// gets the new time and data, and keeps its interval if the request does not set one.
    /// Project-scoped routes change it only if the request has its id, and otherwise create another
    /// one.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Schedule;
    ///
    /// #[derive(Schedule)]
    /// #[lunogram(name = "weekly_digest", interval = "168h")]
    /// struct WeeklyDigest<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    /// }
    ///
    /// let accepted = client.schedule(&WeeklyDigest { user: "user_123" }).await?;
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
    pub fn schedule<S: AnySchedule + ?Sized>(&self, schedule: &S) -> Call<ScheduledAccepted> {
        let operation = match schedule.subject() {
            SubjectKind::User => Operation::UpsertUserScheduled,
            SubjectKind::Organization => Operation::UpsertOrganizationScheduled,
        };
        let payload = Payload::Schedule(schedule.name());
        let body = encoded(payload, &|writer: &mut Writer| schedule.write(writer));
        self.send_and_decode(Request::encoded(operation, body))
    }

    /// Deletes a schedule of one subject.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// # use lunogram::{Schedule, ScheduleKey};
    /// # #[derive(Schedule)]
    /// # #[lunogram(name = "weekly_digest", interval = "168h")]
    /// # struct WeeklyDigest<'a> { #[lunogram(external_id)] user: &'a str }
    /// client.unschedule(WeeklyDigest::of("user_123")).await?;
    /// client.unschedule(ScheduleKey::named("trial_end", "user_123")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such subject or schedule,
    /// [`Invalid`](crate::ErrorKind::Invalid) for a name that no schedule can have, or an error of
    /// the server or the network.
    #[doc(alias("delete_user_scheduled", "delete_organization_scheduled"))]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a key is made for one call, and reads best without a reference"
    )]
    pub fn unschedule(&self, key: ScheduleKey) -> Call<()> {
        let operation = match key.subject() {
            SubjectKind::User => Operation::DeleteUserScheduled,
            SubjectKind::Organization => Operation::DeleteOrganizationScheduled,
        };
        self.send_and_discard(Request::encoded(operation, key.encoded()))
    }
}
