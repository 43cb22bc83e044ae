//! The types that can be the interval of a recurring schedule.

use crate::encode::Writer;
use crate::values::Interval;
use chrono::TimeDelta;
use std::borrow::Cow;
use std::time::Duration;

/// The types of an `#[lunogram(interval)]` field: a `PostgreSQL` interval literal, an [`Interval`],
/// a [`Duration`] or a [`TimeDelta`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the interval of a schedule",
    label = "not an interval",
    note = "an interval is a string with a PostgreSQL interval literal, a `lunogram::values::Interval`, a `std::time::Duration` or a `chrono::TimeDelta`"
)]
pub trait IntervalField {
    fn write_interval(&self, writer: &mut Writer<'_>);
}

macro_rules! text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntervalField for $type {
            fn write_interval(&self, writer: &mut Writer<'_>) {
                writer.named(self, lunogram_rules::interval::check);
            }
        }
    )*};
}

text!(str, String, Cow<'_, str>, Box<str>);

#[diagnostic::do_not_recommend]
impl IntervalField for Interval {
    fn write_interval(&self, writer: &mut Writer<'_>) {
        writer.string(self.as_str());
    }
}

macro_rules! lengths {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntervalField for $type {
            fn write_interval(&self, writer: &mut Writer<'_>) {
                match Interval::try_from(*self) {
                    Ok(interval) => interval.write_interval(writer),
                    Err(violation) => writer.report(violation),
                }
            }
        }
    )*};
}

lengths!(Duration, TimeDelta);

#[diagnostic::do_not_recommend]
impl<T: IntervalField + ?Sized> IntervalField for &T {
    fn write_interval(&self, writer: &mut Writer<'_>) {
        (**self).write_interval(writer);
    }
}
