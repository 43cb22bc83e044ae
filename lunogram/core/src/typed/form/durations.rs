//! Durations, sent as a number of seconds or, by an attribute, of milliseconds, or as an ISO 8601
//! duration.

use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use chrono::TimeDelta;
use lunogram_rules::number::{MAX_SAFE_INTEGER, unsafe_integer};
use serde::Serializer;
use std::fmt::Write as _;
use std::time::Duration;

const NANOS_PER_SECOND: u128 = 1_000_000_000;
const NANOS_PER_MILLI: u128 = 1_000_000;

/// A duration of any crate.
pub(super) struct Length {
    pub(super) is_negative: bool,
    pub(super) nanos: u128,
}

impl Length {
    /// A duration of whole seconds and a rest, which have the same sign.
    pub(super) fn new(seconds: i64, nanos: i32) -> Self {
        let seconds_in_nanos = u128::from(seconds.unsigned_abs()) * NANOS_PER_SECOND;
        Self {
            is_negative: seconds < 0 || nanos < 0,
            nanos: seconds_in_nanos + u128::from(nanos.unsigned_abs()),
        }
    }

    /// Writes how many units of so many nanoseconds it has: an integer if it is one.
    fn write_number(&self, to: ValueSerializer<'_, '_>, unit: u128) -> Done {
        let (whole, rest) = (self.nanos / unit, self.nanos % unit);
        if whole > u128::from(MAX_SAFE_INTEGER) {
            to.report(unsafe_integer());
            return Ok(());
        }
        let sign = if self.is_negative { "-" } else { "" };
        if rest == 0 {
            let whole = i64::try_from(whole).unwrap_or(i64::MAX);
            return to.serialize_i64(if self.is_negative { -whole } else { whole });
        }
        let digits = unit.ilog10() as usize;
        // The double nearest to the decimal number, which arithmetic with doubles may miss.
        let number = format!("{sign}{whole}.{rest:0digits$}").parse();
        to.serialize_f64(number.unwrap_or_default())
    }

    pub(super) fn write_iso8601(&self, to: ValueSerializer<'_, '_>) -> Done {
        let (seconds, nanos) = (self.nanos / NANOS_PER_SECOND, self.nanos % NANOS_PER_SECOND);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let mut text = if self.is_negative { "-PT" } else { "PT" }.to_owned();
        for (count, unit) in [(hours, 'H'), (minutes, 'M')] {
            if count > 0 {
                let _ = write!(text, "{count}{unit}");
            }
        }
        if nanos > 0 {
            let fraction = format!("{nanos:09}");
            let fraction = fraction.trim_end_matches('0');
            let _ = write!(text, "{seconds}.{fraction}S");
        } else if seconds > 0 || self.nanos == 0 {
            let _ = write!(text, "{seconds}S");
        }
        to.serialize_str(&text)
    }
}

/// Implements the forms of a duration.
macro_rules! duration {
    ($type:ty, $length:expr) => {
        impl OwnForm for $type {
            type Form = forms::Seconds;
        }

        impl InForm<forms::Seconds> for $type {
            const SCHEMA: Schema = Schema::NUMBER;

            fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                let length: fn(&$type) -> Length = $length;
                length(self).write_seconds(to)
            }
        }

        impl InForm<forms::Millis> for $type {
            const SCHEMA: Schema = Schema::NUMBER;

            fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                let length: fn(&$type) -> Length = $length;
                length(self).write_millis(to)
            }
        }

        impl InForm<forms::Iso8601> for $type {
            const SCHEMA: Schema = Schema::STRING;

            fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                let length: fn(&$type) -> Length = $length;
                length(self).write_iso8601(to)
            }
        }
    };
}

impl Length {
    pub(super) fn write_seconds(&self, to: ValueSerializer<'_, '_>) -> Done {
        self.write_number(to, NANOS_PER_SECOND)
    }

    pub(super) fn write_millis(&self, to: ValueSerializer<'_, '_>) -> Done {
        self.write_number(to, NANOS_PER_MILLI)
    }
}

#[cfg(any(feature = "jiff", feature = "time-0_3"))]
pub(super) use duration;

duration!(Duration, |duration| Length {
    is_negative: false,
    nanos: duration.as_nanos(),
});

duration!(TimeDelta, |delta| Length::new(
    delta.num_seconds(),
    delta.subsec_nanos()
));
