//! Values that are sent as a text, whatever serde's form of them is.

use super::Done;
use crate::encode::ValueSerializer;
use crate::typed::moment::{NOT_A_YEAR, is_year};
use serde::Serializer;
use std::fmt::Display;

/// Implements the form of a type that is sent as its `Display` output.
#[cfg(any(feature = "jiff", feature = "rust_decimal"))]
macro_rules! text {
    ($type:ty, $schema:expr) => {
        impl OwnForm for $type {
            type Form = forms::Text;
        }

        impl InForm<forms::Text> for $type {
            const SCHEMA: Schema = $schema;

            fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                serde::Serializer::collect_str(to, self)
            }
        }
    };
}

#[cfg(any(feature = "jiff", feature = "rust_decimal"))]
pub(super) use text;

/// Writes a day, or a day with a time: a year of four digits, and what follows it.
#[cfg(any(feature = "jiff", feature = "time-0_3"))]
pub(super) fn write_date(to: ValueSerializer<'_, '_>, year: i32, rest: &dyn Display) -> Done {
    if is_year(year) {
        to.collect_str(&format_args!("{year:04}-{rest}"))
    } else {
        to.report(NOT_A_YEAR);
        Ok(())
    }
}
