//! Days of the civil calendar.

use super::Done;
use crate::encode::ValueSerializer;
use crate::typed::moment::{NOT_A_YEAR, is_year};
use serde::Serializer;
use std::fmt::Display;

/// Writes a day, or a day with a time: a year of four digits, and what follows it.
pub(super) fn write_date(to: ValueSerializer<'_, '_>, year: i32, rest: &dyn Display) -> Done {
    if is_year(year) {
        to.collect_str(&format_args!("{year:04}-{rest}"))
    } else {
        to.report(NOT_A_YEAR);
        Ok(())
    }
}
