//! The types that can be a moment.

use crate::encode::{Fragment, Writer};
use chrono::{DateTime, Datelike, SecondsFormat, TimeZone, Utc};
use lunogram_rules::{ProblemKind, Violation};
use std::time::SystemTime;

/// The types of an `#[lunogram(start_at)]` field: a [`DateTime`] in any zone, a [`SystemTime`], or
/// an `Option` of one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a moment",
    label = "not a moment",
    note = "a moment is a `chrono::DateTime` (with its time zone) or a `std::time::SystemTime`"
)]
pub trait MomentField {
    /// Writes the moment, and returns whether there was one.
    fn write_moment(&self, writer: &mut Writer<'_>) -> bool;
}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> MomentField for DateTime<Z> {
    fn write_moment(&self, writer: &mut Writer<'_>) -> bool {
        let utc = self.with_timezone(&Utc);
        if (0..=9999).contains(&utc.year()) {
            writer.string(&utc.to_rfc3339_opts(SecondsFormat::AutoSi, true));
        } else {
            writer.report(Violation::fixed(
                ProblemKind::OutOfRange,
                "the year is not within 0 to 9999, the range of RFC 3339",
            ));
        }
        true
    }
}

#[diagnostic::do_not_recommend]
impl MomentField for SystemTime {
    fn write_moment(&self, writer: &mut Writer<'_>) -> bool {
        DateTime::<Utc>::from(*self).write_moment(writer)
    }
}

#[diagnostic::do_not_recommend]
impl<T: MomentField> MomentField for Option<T> {
    fn write_moment(&self, writer: &mut Writer<'_>) -> bool {
        self.as_ref()
            .is_some_and(|moment| moment.write_moment(writer))
    }
}

#[diagnostic::do_not_recommend]
impl<T: MomentField + ?Sized> MomentField for &T {
    fn write_moment(&self, writer: &mut Writer<'_>) -> bool {
        (**self).write_moment(writer)
    }
}

/// The types of an `#[lunogram(scheduled_at)]` field: a moment that is not optional.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the moment of a schedule",
    label = "not a moment that is always there",
    note = "`scheduled_at` is a `chrono::DateTime` (with its time zone) or a `std::time::SystemTime`, and no `Option`: without its moment a schedule would not fire"
)]
pub trait ScheduledAtField: MomentField {}

#[diagnostic::do_not_recommend]
impl<Z: TimeZone> ScheduledAtField for DateTime<Z> {}

#[diagnostic::do_not_recommend]
impl ScheduledAtField for SystemTime {}

#[diagnostic::do_not_recommend]
impl<T: ScheduledAtField + ?Sized> ScheduledAtField for &T {}

/// Encodes a moment at once, so that a request has one type for every kind of moment; `None` stays
/// `None`.
pub fn encoded_moment(moment: &impl MomentField) -> Option<Fragment> {
    let mut is_present = false;
    let fragment = Fragment::of(|writer| is_present = moment.write_moment(writer));
    is_present.then_some(fragment)
}
