//! Moments on the wire.

use crate::encode::{Fragment, Writer};
use crate::values::OptionalMoment;
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use lunogram_rules::{ProblemKind, Violation};

/// Writes a moment in RFC 3339.
pub(super) fn write_moment(writer: &mut Writer<'_>, moment: DateTime<Utc>) {
    match rfc3339(moment) {
        Ok(text) => writer.string(&text),
        Err(violation) => writer.report(violation),
    }
}

/// A moment in RFC 3339.
pub(super) fn rfc3339(moment: DateTime<Utc>) -> Result<String, Violation> {
    let moment = without_leap_second(moment);
    if is_year(moment.year()) {
        Ok(moment.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    } else {
        Err(NOT_A_YEAR)
    }
}

/// Whether RFC 3339 can represent the year.
pub(super) fn is_year(year: i32) -> bool {
    (0..=9999).contains(&year)
}

/// The violation of a year that RFC 3339 cannot represent.
pub(super) const NOT_A_YEAR: Violation = Violation::fixed(
    ProblemKind::OutOfRange,
    "the year is not within 0 to 9999, the range of RFC 3339",
);

/// The same moment without second 60, which the server refuses: a leap second becomes the second
/// after it, as `PostgreSQL` reads it.
fn without_leap_second(utc: DateTime<Utc>) -> DateTime<Utc> {
    // chrono counts a leap second as nanoseconds beyond the second before it.
    let rest = utc.timestamp_subsec_nanos().checked_sub(1_000_000_000);
    rest.and_then(|rest| DateTime::from_timestamp(utc.timestamp() + 1, rest))
        .unwrap_or(utc)
}

/// Encodes a moment at once, so that a request has one type for every kind of moment; `None` stays
/// `None`.
pub fn encoded_moment(moment: &impl OptionalMoment) -> Option<Fragment> {
    let moment = moment.to_optional_moment()?;
    Some(Fragment::of(|writer| write_moment(writer, moment)))
}
