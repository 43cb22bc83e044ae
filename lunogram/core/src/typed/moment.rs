//! Moments on the wire.

use crate::encode::{Fragment, Writer};
use crate::values::OptionalMoment;
use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use lunogram_rules::{ProblemKind, Violation};

/// Writes a moment in RFC 3339.
pub(super) fn write_moment(writer: &mut Writer<'_>, moment: DateTime<Utc>) {
    if (0..=9999).contains(&moment.year()) {
        writer.string(&moment.to_rfc3339_opts(SecondsFormat::AutoSi, true));
    } else {
        writer.report(Violation::fixed(
            ProblemKind::OutOfRange,
            "the year is not within 0 to 9999, the range of RFC 3339",
        ));
    }
}

/// Encodes a moment at once, so that a request has one type for every kind of moment; `None` stays
/// `None`.
pub fn encoded_moment(moment: &impl OptionalMoment) -> Option<Fragment> {
    let moment = moment.to_optional_moment()?;
    Some(Fragment::of(|writer| write_moment(writer, moment)))
}
