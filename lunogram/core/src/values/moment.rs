//! The types that can be a moment.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use std::time::{SystemTime, UNIX_EPOCH};

/// A moment that is always there: a [`DateTime`] in any zone, or a [`SystemTime`].
///
/// A one-time schedule takes it, in [`ScheduleRequest::at`](crate::ScheduleRequest::at) and in the
/// field marked `#[lunogram(scheduled_at)]`: without its moment, a schedule would not fire. The
/// moment is sent in UTC. A year outside of 0 to 9999 is refused when the payload is encoded.
///
/// ```
/// use lunogram::ScheduleRequest;
/// use lunogram::values::ToMoment;
///
/// fn trial_end(user: &str, moment: impl ToMoment) -> ScheduleRequest {
///     ScheduleRequest::at("trial_end", user, moment)
/// }
///
/// let moment = std::time::SystemTime::now();
/// assert_eq!(trial_end("user_123", moment), trial_end("user_123", &moment));
/// ```
///
/// The trait is sealed. Convert a moment of another library to one of the two types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the moment of a schedule",
    label = "not a moment that is always there",
    note = "`scheduled_at` is a `chrono::DateTime` (with its time zone) or a `std::time::SystemTime`, and no `Option`: without its moment a schedule would not fire"
)]
pub trait ToMoment: OptionalMoment {}

/// A moment, or an `Option` of one: any [`ToMoment`]. Setters take it, and the field marked
/// `#[lunogram(start_at)]`. `None` leaves the moment out.
///
/// ```
/// use lunogram::ScheduleRequest;
/// use std::time::SystemTime;
///
/// struct Course {
///     starts: Option<SystemTime>,
/// }
///
/// fn reminder(user: &str, course: &Course) -> ScheduleRequest {
///     ScheduleRequest::every("lesson", user, "7 days").start_at(course.starts)
/// }
/// ```
///
/// The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a moment",
    label = "not a moment",
    note = "a moment is a `chrono::DateTime` (with its time zone) or a `std::time::SystemTime`"
)]
pub trait OptionalMoment: sealed::Sealed {
    #[doc(hidden)]
    fn to_optional_moment(&self) -> Option<DateTime<Utc>>;
}

mod sealed {
    pub trait Sealed {}
    impl<Z: chrono::TimeZone> Sealed for chrono::DateTime<Z> {}
    impl Sealed for std::time::SystemTime {}
    impl<T: Sealed> Sealed for Option<T> {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> ToMoment for DateTime<Z> {}

#[diagnostic::do_not_recommend]
impl ToMoment for SystemTime {}

#[diagnostic::do_not_recommend]
impl<T: ToMoment + ?Sized> ToMoment for &T {}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> OptionalMoment for DateTime<Z> {
    fn to_optional_moment(&self) -> Option<DateTime<Utc>> {
        Some(self.with_timezone(&Utc))
    }
}

#[diagnostic::do_not_recommend]
impl OptionalMoment for SystemTime {
    fn to_optional_moment(&self) -> Option<DateTime<Utc>> {
        Some(utc(*self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: OptionalMoment> OptionalMoment for Option<T> {
    fn to_optional_moment(&self) -> Option<DateTime<Utc>> {
        self.as_ref().and_then(T::to_optional_moment)
    }
}

#[diagnostic::do_not_recommend]
impl<T: OptionalMoment + ?Sized> OptionalMoment for &T {
    fn to_optional_moment(&self) -> Option<DateTime<Utc>> {
        (**self).to_optional_moment()
    }
}

/// The moment in UTC. chrono's own conversion panics for moments that it cannot represent. Here
/// they become its first or last one, which is outside of the years that are sent, so that encoding
/// reports it.
fn utc(moment: SystemTime) -> DateTime<Utc> {
    let epoch = DateTime::UNIX_EPOCH;
    match moment.duration_since(UNIX_EPOCH) {
        Ok(after) => TimeDelta::from_std(after)
            .ok()
            .and_then(|after| epoch.checked_add_signed(after))
            .unwrap_or(DateTime::<Utc>::MAX_UTC),
        Err(before) => TimeDelta::from_std(before.duration())
            .ok()
            .and_then(|before| epoch.checked_sub_signed(before))
            .unwrap_or(DateTime::<Utc>::MIN_UTC),
    }
}
