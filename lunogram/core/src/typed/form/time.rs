//! Times of `time`. Within other types their forms depend on the features of `time`, so the plan
//! allows any value there.

use super::dates::write_date;
use super::durations::{Length, duration};
use super::moments::{moment_of, write_moment};
use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use serde::Serializer;
use std::fmt::{self, Display};
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime};

macro_rules! moments {
    ($($type:ty),+) => {
        $(
            impl OwnForm for $type {
                type Form = forms::Moment;
            }

            impl InForm<forms::Moment> for $type {
                const SCHEMA: Schema = Schema::format("date-time");

                fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                    let nanos = i32::try_from(self.nanosecond()).unwrap_or_default();
                    write_moment(to, moment_of(self.unix_timestamp(), nanos))
                }
            }
        )+
    };
}

moments!(OffsetDateTime, UtcDateTime);

impl OwnForm for Date {
    type Form = forms::Text;
}

impl InForm<forms::Text> for Date {
    const SCHEMA: Schema = Schema::format("date");

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        write_date(to, self.year(), &MonthAndDay(*self))
    }
}

impl OwnForm for PrimitiveDateTime {
    type Form = forms::Text;
}

impl InForm<forms::Text> for PrimitiveDateTime {
    const SCHEMA: Schema = Schema::STRING;

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        let (day, clock) = (MonthAndDay(self.date()), Clock(self.time()));
        write_date(to, self.year(), &format_args!("{day}T{clock}"))
    }
}

impl OwnForm for Time {
    type Form = forms::Text;
}

impl InForm<forms::Text> for Time {
    const SCHEMA: Schema = Schema::STRING;

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        to.collect_str(&Clock(*self))
    }
}

duration!(Duration, |duration| Length::new(
    duration.whole_seconds(),
    duration.subsec_nanoseconds()
));

/// `11-27`
struct MonthAndDay(Date);

impl Display for MonthAndDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", u8::from(self.0.month()), self.0.day())
    }
}

/// `09:30:00`, with a fraction if there is one. The `Display` of `Time` leaves out zeros.
struct Clock(Time);

impl Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute, second, nano) = self.0.as_hms_nano();
        write!(f, "{hour:02}:{minute:02}:{second:02}")?;
        if nano > 0 {
            let fraction = format!("{nano:09}");
            write!(f, ".{}", fraction.trim_end_matches('0'))?;
        }
        Ok(())
    }
}
