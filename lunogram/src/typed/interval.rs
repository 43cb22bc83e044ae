//! What the interval of a recurring schedule can be made of.

use crate::encode::Writer;
use chrono::TimeDelta;
use std::borrow::Cow;
use std::time::Duration;

/// What an `#[lunogram(interval)]` field may be: a `PostgreSQL` interval literal, a [`Duration`] or a [`TimeDelta`].
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the interval of a schedule",
    label = "not an interval",
    note = "an interval is a string with a PostgreSQL interval literal, a `std::time::Duration` or a `chrono::TimeDelta`"
)]
pub trait IntervalField {
    fn write_interval(&self, writer: &mut Writer<'_>);
}

fn checked(literal: &str, writer: &mut Writer<'_>) {
    match lunogram_rules::interval::check(literal) {
        Ok(()) => writer.string(literal),
        Err(violation) => writer.report(violation),
    }
}

macro_rules! text {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl IntervalField for $type {
            fn write_interval(&self, writer: &mut Writer<'_>) {
                checked(self, writer);
            }
        }
    )*};
}

text!(str, String, Cow<'_, str>, Box<str>);

#[diagnostic::do_not_recommend]
impl IntervalField for Duration {
    fn write_interval(&self, writer: &mut Writer<'_>) {
        checked(
            &format!("{}.{:06} seconds", self.as_secs(), self.subsec_micros()),
            writer,
        );
    }
}

#[diagnostic::do_not_recommend]
impl IntervalField for TimeDelta {
    fn write_interval(&self, writer: &mut Writer<'_>) {
        // A negative one is refused by the rule, in the rule's words; its exact length is of no interest.
        match self.to_std() {
            Ok(duration) => duration.write_interval(writer),
            Err(_) => checked("-1 second", writer),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<T: IntervalField + ?Sized> IntervalField for &T {
    fn write_interval(&self, writer: &mut Writer<'_>) {
        (**self).write_interval(writer);
    }
}
