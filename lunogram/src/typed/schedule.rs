//! Schedules.

use super::{Names, Subject};
use crate::encode::{self, Writer};
use crate::problem::{Invalid, Payload};

/// A schedule of a user or an organization: implemented by `#[derive(Schedule)]`.
///
/// When it fires, the platform emits the event `scheduled.<name>`.
///
/// ```
/// use lunogram::Schedule;
///
/// #[derive(Schedule)]
/// #[lunogram(interval = "168h")]
/// struct WeeklyDigest<'a> {
///     #[lunogram(external_id)]
///     user: &'a str,
/// }
///
/// assert_eq!(WeeklyDigest::NAME, "weekly_digest");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a schedule",
    label = "not a schedule",
    note = "add `#[derive(lunogram::Schedule)]` to `{Self}`"
)]
pub trait Schedule {
    /// The kind of its subject.
    type Subject: Subject;

    /// Its name as sent.
    const NAME: &'static str;

    /// The keys that serde writes for the type when it is flattened.
    #[doc(hidden)]
    const KEYS: Names = &[];

    /// Writes the request that creates or replaces the schedule.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// Runs the same checks as sending the schedule, without sending it.
    ///
    /// ```
    /// use lunogram::Schedule;
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
        encode::check(Payload::Schedule(Self::NAME), &|writer: &mut Writer| {
            self.encode(writer);
        })
    }
}

impl<T: Schedule + ?Sized> Schedule for &T {
    type Subject = T::Subject;
    const NAME: &'static str = T::NAME;
    const KEYS: Names = T::KEYS;

    fn encode(&self, writer: &mut Writer<'_>) {
        (**self).encode(writer);
    }
}
