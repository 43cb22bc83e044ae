//! Times of `jiff`.

use super::dates::write_date;
use super::durations::{Length, duration};
use super::moments::{moment_of, write_moment};
use super::text::text;
use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use jiff::civil::{Date, DateTime, Time};
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime};

impl OwnForm for Timestamp {
    type Form = forms::Moment;
}

impl InForm<forms::Moment> for Timestamp {
    const SCHEMA: Schema = Schema::format("date-time");

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        write_moment(to, moment_of(self.as_second(), self.subsec_nanosecond()))
    }
}

impl OwnForm for ZonedDateTime {
    type Form = forms::Moment;
}

impl InForm<forms::Moment> for ZonedDateTime {
    const SCHEMA: Schema = Schema::format("date-time");

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        self.timestamp().write(to)
    }
}

impl OwnForm for Date {
    type Form = forms::Text;
}

impl InForm<forms::Text> for Date {
    const SCHEMA: Schema = Schema::format("date");

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        let rest = format_args!("{:02}-{:02}", self.month(), self.day());
        write_date(to, self.year().into(), &rest)
    }
}

impl OwnForm for DateTime {
    type Form = forms::Text;
}

impl InForm<forms::Text> for DateTime {
    const SCHEMA: Schema = Schema::STRING;

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        let (month, day, time) = (self.month(), self.day(), self.time());
        let rest = format_args!("{month:02}-{day:02}T{time}");
        write_date(to, self.year().into(), &rest)
    }
}

text!(Time, Schema::STRING);

// A span of calendar units has no fixed length.
text!(Span, Schema::STRING);

duration!(SignedDuration, |duration| Length::new(
    duration.as_secs(),
    duration.subsec_nanos()
));
