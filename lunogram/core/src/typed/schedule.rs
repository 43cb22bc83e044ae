//! Schedules.

use super::{Names, ScheduleKey, Subject, ToIdentifiers};
use crate::encode::Writer;
use std::rc::Rc;
use std::sync::Arc;

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

    /// Writes the request that creates or changes the schedule.
    #[doc(hidden)]
    fn encode(&self, writer: &mut Writer<'_>);

    /// The key of this schedule of one subject, for `Client::unschedule`.
    ///
    /// ```
    /// use lunogram::{Client, Error, Schedule};
    ///
    /// #[derive(Schedule)]
    /// #[lunogram(interval = "168h")]
    /// struct WeeklyDigest<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    /// }
    ///
    /// # async fn example(client: Client) -> Result<(), Error> {
    /// client.unschedule(WeeklyDigest::of("user_123")).await
    /// # }
    /// ```
    fn of(subject: impl ToIdentifiers) -> ScheduleKey
    where
        Self: Sized,
    {
        ScheduleKey::named(Self::NAME, subject).about(<Self::Subject as Subject>::KIND)
    }
}

/// A pointer to a schedule is that schedule.
macro_rules! pointers {
    ($($pointer:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: Schedule + ?Sized> Schedule for $pointer {
            type Subject = T::Subject;
            const NAME: &'static str = T::NAME;
            const KEYS: Names = T::KEYS;

            fn encode(&self, writer: &mut Writer<'_>) {
                (**self).encode(writer);
            }
        }
    )*};
}

pointers!(&T, Box<T>, Rc<T>, Arc<T>);
