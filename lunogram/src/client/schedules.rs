//! Schedules.

use super::Client;
use crate::encode::{Writer, encoded};
use crate::error::Error;
use crate::model::{Identifiers, ScheduledAccepted, UpsertScheduleRequest};
use crate::problem::{Invalid, Payload};
use crate::transport::{Operation, Request};
use crate::typed::{Schedule, Subject, SubjectKind};
use lunogram_rules::name;

impl Client {
    /// Creates a schedule, or replaces the subject's schedule of the same name. On project-scoped
    /// routes a schedule without an id is created anew by each call.
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
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such organization (the server does
    /// not report an unknown user), or an error of the server or the network.
    pub fn schedule<S: Schedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<S> {
        let body = encoded(Payload::Schedule(S::NAME), &|writer: &mut Writer| {
            schedule.encode(writer);
        });
        self.send_and_decode(Request::encoded(
            upsert(<S::Subject as Subject>::KIND),
            body,
        ))
    }

    /// Deletes the subject's schedule of type `S`.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// # use lunogram::Schedule;
    /// # #[derive(Schedule)]
    /// # #[lunogram(name = "weekly_digest", interval = "168h")]
    /// # struct WeeklyDigest<'a> { #[lunogram(external_id)] user: &'a str }
    /// client.unschedule::<WeeklyDigest>("user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such subject or schedule, or an
    /// error of the server or the network.
    pub fn unschedule<S: Schedule + ?Sized>(
        &self,
        subject: impl Into<Identifiers>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let body = deletion(S::NAME, &subject.into());
        self.send_and_discard(Request::encoded(
            delete(<S::Subject as Subject>::KIND),
            body,
        ))
    }

    /// Creates or replaces a schedule of a user, with a name known only at run time.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertScheduleRequest;
    ///
    /// let request = UpsertScheduleRequest::every("check_in", "user_123", "1 month");
    /// client.upsert_user_scheduled(&request).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`schedule`](Self::schedule).
    pub fn upsert_user_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<> {
        self.send_and_decode(Request::encoded(
            upsert(SubjectKind::User),
            upsert_body(request),
        ))
    }

    /// Creates or replaces a schedule of an organization, with a name known only at run time.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertScheduleRequest;
    ///
    /// let request = UpsertScheduleRequest::at("audit", "org_456", std::time::SystemTime::now());
    /// client.upsert_organization_scheduled(&request).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`schedule`](Self::schedule).
    pub fn upsert_organization_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<> {
        self.send_and_decode(Request::encoded(
            upsert(SubjectKind::Organization),
            upsert_body(request),
        ))
    }

    /// Deletes the schedule of a user by its name.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.delete_user_scheduled("trial_end", "user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`unschedule`](Self::unschedule), and [`Invalid`](crate::ErrorKind::Invalid)
    /// if the name is not a valid schedule name.
    pub fn delete_user_scheduled<N: AsRef<str>, U: Into<Identifiers>>(
        &self,
        name: N,
        user: U,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<N, U> {
        let body = deletion(name.as_ref(), &user.into());
        self.send_and_discard(Request::encoded(delete(SubjectKind::User), body))
    }

    /// Deletes the schedule of an organization by its name.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.delete_organization_scheduled("audit", "org_456").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`delete_user_scheduled`](Self::delete_user_scheduled).
    pub fn delete_organization_scheduled<N: AsRef<str>, O: Into<Identifiers>>(
        &self,
        name: N,
        organization: O,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<N, O> {
        let body = deletion(name.as_ref(), &organization.into());
        self.send_and_discard(Request::encoded(delete(SubjectKind::Organization), body))
    }
}

fn upsert(kind: SubjectKind) -> Operation {
    match kind {
        SubjectKind::User => Operation::UpsertUserScheduled,
        SubjectKind::Organization => Operation::UpsertOrganizationScheduled,
    }
}

fn delete(kind: SubjectKind) -> Operation {
    match kind {
        SubjectKind::User => Operation::DeleteUserScheduled,
        SubjectKind::Organization => Operation::DeleteOrganizationScheduled,
    }
}

fn upsert_body(request: &UpsertScheduleRequest) -> Result<Vec<u8>, Invalid> {
    encoded(Payload::Schedule(request.name()), &|writer: &mut Writer| {
        request.encode(writer);
    })
}

fn deletion(name: &str, subject: &Identifiers) -> Result<Vec<u8>, Invalid> {
    encoded(Payload::Schedule(name), &|writer: &mut Writer| {
        writer.literal("{\"identifier\":");
        subject.encode(writer);
        writer.literal(",\"name\":");
        writer.named(name, name::raw_schedule);
        writer.literal("}");
    })
}
