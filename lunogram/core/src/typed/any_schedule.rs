//! The object-safe face of everything that can be scheduled.

use super::pass_through::pass_through;
use super::{Schedule, Subject};
use crate::encode::{self, Writer};
use crate::problem::{Invalid, Payload};
use crate::subject_kind::SubjectKind;

/// Everything that can be scheduled: types with `#[derive(Schedule)]`, dynamic
/// [`ScheduleRequest`](crate::ScheduleRequest)s, and references and boxes of them.
///
/// `Client::schedule` takes it. The trait is object safe:
///
/// ```
/// use lunogram::{AnySchedule, Client, Error, Schedule, ScheduleRequest};
///
/// #[derive(Schedule)]
/// #[lunogram(interval = "168h")]
/// struct WeeklyDigest<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// # async fn example(client: Client) -> Result<(), Error> {
/// let schedules: [Box<dyn AnySchedule + Send + Sync>; 2] = [
///     Box::new(WeeklyDigest { user: "user_123" }),
///     Box::new(ScheduleRequest::every("check_in", "user_123", "1 month")),
/// ];
/// for schedule in &schedules {
///     client.schedule(schedule).await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// Applications do not implement it: they derive [`Schedule`](derive@crate::Schedule).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schedule",
    label = "not a schedule",
    note = "a schedule is a type with `#[derive(lunogram::Schedule)]`, or a `lunogram::ScheduleRequest`"
)]
pub trait AnySchedule {
    /// The name of the schedule on the wire.
    fn name(&self) -> &str;

    /// Whether the schedule is of a user or of an organization.
    fn subject(&self) -> SubjectKind;

    /// Checks the schedule as sending it would, without sending it.
    ///
    /// ```
    /// use lunogram::{AnySchedule, Schedule};
    ///
    /// #[derive(Schedule)]
    /// struct CheckIn<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     #[lunogram(interval)]
    ///     every: &'a str,
    /// }
    ///
    /// assert!(CheckIn { user: "user_123", every: "2 weeks" }.check().is_ok());
    /// assert!(CheckIn { user: "user_123", every: "now and then" }.check().is_err());
    /// ```
    ///
    /// # Errors
    /// Every problem of the schedule, each with its path.
    fn check(&self) -> Result<(), Invalid> {
        encode::check(Payload::Schedule(self.name()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// The schedule as the JSON object that a client sends, for a program without a client. The
    /// object does not contain [`subject`](Self::subject), which decides the route.
    ///
    /// ```
    /// use lunogram::{AnySchedule, ScheduleRequest};
    ///
    /// let schedule = ScheduleRequest::every("check_in", "user_123", "1 month");
    /// assert_eq!(
    ///     schedule.to_json()?,
    ///     r#"{"identifier":[{"external_id":"user_123"}],"name":"check_in","interval":"1 month"}"#,
    /// );
    /// # Ok::<(), lunogram::Invalid>(())
    /// ```
    ///
    /// # Errors
    /// Every problem of the schedule, each with its path.
    fn to_json(&self) -> Result<String, Invalid> {
        encode::to_json(Payload::Schedule(self.name()), &|writer: &mut Writer| {
            self.write(writer);
        })
    }

    /// Writes the whole request.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer<'_>);
}

#[diagnostic::do_not_recommend]
impl<S: Schedule + ?Sized> AnySchedule for S {
    fn name(&self) -> &str {
        S::NAME
    }

    fn subject(&self) -> SubjectKind {
        <S::Subject as Subject>::KIND
    }

    fn write(&self, writer: &mut Writer<'_>) {
        self.encode(writer);
    }
}

pass_through!(AnySchedule {
    name: &str,
    subject: SubjectKind
});
