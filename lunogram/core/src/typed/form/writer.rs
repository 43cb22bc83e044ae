//! Writers of properties in the forms that attributes set.

use super::{InForm, forms};
use crate::encode::Writer;

/// A type that can be sent as milliseconds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a duration, so it cannot be sent in milliseconds",
    label = "not a duration",
    note = "`millis` is a form of `std::time::Duration`, `chrono::TimeDelta` and, with their features, the durations of `time` and `jiff`"
)]
pub trait InMillis: InForm<forms::Millis> {}

#[diagnostic::do_not_recommend]
impl<T: InForm<forms::Millis> + ?Sized> InMillis for T {}

/// A type that can be sent as an ISO 8601 duration.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a duration, so it cannot be sent as an ISO 8601 duration",
    label = "not a duration",
    note = "`iso8601` is a form of `std::time::Duration`, `chrono::TimeDelta` and, with their features, the durations of `time` and `jiff`; moments are sent as RFC 3339 without it"
)]
pub trait InIso8601: InForm<forms::Iso8601> {}

#[diagnostic::do_not_recommend]
impl<T: InForm<forms::Iso8601> + ?Sized> InIso8601 for T {}

/// A type that can be sent as base64.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not bytes, so it cannot be sent as base64",
    label = "not bytes",
    note = "`base64` is a form of `Vec<u8>`, `&[u8]`, `[u8; N]` and, with the feature `bytes`, `Bytes`"
)]
pub trait InBase64: InForm<forms::Base64> {}

#[diagnostic::do_not_recommend]
impl<T: InForm<forms::Base64> + ?Sized> InBase64 for T {}

/// A type that can be sent as hexadecimal digits.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not bytes, so it cannot be sent as hexadecimal digits",
    label = "not bytes",
    note = "`hex` is a form of `Vec<u8>`, `&[u8]`, `[u8; N]` and, with the feature `bytes`, `Bytes`"
)]
pub trait InHex: InForm<forms::Hex> {}

#[diagnostic::do_not_recommend]
impl<T: InForm<forms::Hex> + ?Sized> InHex for T {}

impl Writer<'_> {
    /// Writes a property as milliseconds; `None` leaves it out.
    pub fn property_in_millis<T: InMillis + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.property_with(key, |to| value.write(to));
    }

    /// Writes a property as milliseconds; `None` sends `null`.
    pub fn property_in_millis_or_null<T: InMillis + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) {
        self.property_with_or_null(key, |to| value.write(to));
    }

    /// Writes a property as an ISO 8601 duration; `None` leaves it out.
    pub fn property_in_iso8601<T: InIso8601 + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.property_with(key, |to| value.write(to));
    }

    /// Writes a property as an ISO 8601 duration; `None` sends `null`.
    pub fn property_in_iso8601_or_null<T: InIso8601 + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) {
        self.property_with_or_null(key, |to| value.write(to));
    }

    /// Writes a property as base64; `None` leaves it out.
    pub fn property_in_base64<T: InBase64 + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.property_with(key, |to| value.write(to));
    }

    /// Writes a property as base64; `None` sends `null`.
    pub fn property_in_base64_or_null<T: InBase64 + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) {
        self.property_with_or_null(key, |to| value.write(to));
    }

    /// Writes a property as hexadecimal digits; `None` leaves it out.
    pub fn property_in_hex<T: InHex + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.property_with(key, |to| value.write(to));
    }

    /// Writes a property as hexadecimal digits; `None` sends `null`.
    pub fn property_in_hex_or_null<T: InHex + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.property_with_or_null(key, |to| value.write(to));
    }
}
