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
    /// Creates the schedule, or replaces the one of its name that its subject has. On project-scoped routes one without
    /// an id is made anew each time.
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
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such organization (an unknown user goes unnoticed), or
    /// what the server or the network did.
    pub fn schedule<S: Schedule + ?Sized>(
        &self,
        schedule: &S,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<S> {
        let body = encoded(Payload::Schedule(S::NAME), &|writer: &mut Writer| {
            schedule.encode(writer);
        });
        self.ask(Request::encoded(
            upsert(<S::Subject as Subject>::KIND),
            body,
        ))
    }

    /// Deletes the schedule that `subject` has of the type `S`.
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
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such subject or schedule, or what the server or the
    /// network did.
    pub fn unschedule<S: Schedule + ?Sized>(
        &self,
        subject: impl Into<Identifiers>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let body = deletion(S::NAME, &subject.into());
        self.tell(Request::encoded(
            delete(<S::Subject as Subject>::KIND),
            body,
        ))
    }

    /// Creates or replaces a schedule of a user whose name is known only at run time.
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
    /// As those of [`schedule`](Self::schedule).
    pub fn upsert_user_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<> {
        self.ask(Request::encoded(
            upsert(SubjectKind::User),
            requested(request),
        ))
    }

    /// Creates or replaces a schedule of an organization whose name is known only at run time.
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
    /// As those of [`schedule`](Self::schedule).
    pub fn upsert_organization_scheduled(
        &self,
        request: &UpsertScheduleRequest,
    ) -> impl Future<Output = Result<ScheduledAccepted, Error>> + Send + use<> {
        self.ask(Request::encoded(
            upsert(SubjectKind::Organization),
            requested(request),
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
    /// As those of [`unschedule`](Self::unschedule), or [`Invalid`](crate::ErrorKind::Invalid) for a name that no
    /// schedule has.
    pub fn delete_user_scheduled<N: AsRef<str>, U: Into<Identifiers>>(
        &self,
        name: N,
        user: U,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<N, U> {
        let body = deletion(name.as_ref(), &user.into());
        self.tell(Request::encoded(delete(SubjectKind::User), body))
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
    /// As those of [`delete_user_scheduled`](Self::delete_user_scheduled).
    pub fn delete_organization_scheduled<N: AsRef<str>, O: Into<Identifiers>>(
        &self,
        name: N,
        organization: O,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<N, O> {
        let body = deletion(name.as_ref(), &organization.into());
        self.tell(Request::encoded(delete(SubjectKind::Organization), body))
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

fn requested(request: &UpsertScheduleRequest) -> Result<Vec<u8>, Invalid> {
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
