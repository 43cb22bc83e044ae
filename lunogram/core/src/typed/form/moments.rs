//! Moments, sent in RFC 3339. A `chrono::DateTime` is not among them: serde's form of it is already
//! RFC 3339, with its offset.

use super::{Done, InForm, OwnForm, Schema, forms};
use crate::encode::ValueSerializer;
use crate::typed::moment::rfc3339;
use crate::values::OptionalMoment;
use chrono::{DateTime, Utc};
use serde::Serializer;
use std::time::SystemTime;

impl OwnForm for SystemTime {
    type Form = forms::Moment;
}

impl InForm<forms::Moment> for SystemTime {
    const SCHEMA: Schema = Schema::format("date-time");

    fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
        write_moment(to, self.to_optional_moment())
    }
}

/// The moment so many seconds and nanoseconds after 1970, which may differ in sign. `None` if its
/// year has more than six digits.
#[cfg(any(feature = "jiff", feature = "time-0_3"))]
pub(super) fn moment_of(seconds: i64, nanos: i32) -> Option<DateTime<Utc>> {
    let nanos = i64::from(nanos);
    let borrowed = nanos.div_euclid(1_000_000_000);
    let nanos = u32::try_from(nanos.rem_euclid(1_000_000_000)).ok()?;
    DateTime::from_timestamp(seconds.checked_add(borrowed)?, nanos)
}

/// Writes a moment, or reports one that RFC 3339 cannot represent. `None` is one of these.
pub(super) fn write_moment(to: ValueSerializer<'_, '_>, moment: Option<DateTime<Utc>>) -> Done {
    match rfc3339(moment.unwrap_or(DateTime::<Utc>::MAX_UTC)) {
        Ok(text) => to.serialize_str(&text),
        Err(violation) => {
            to.report(violation);
            Ok(())
        }
    }
}
