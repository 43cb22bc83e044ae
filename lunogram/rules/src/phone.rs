//! Phone numbers in E.164: `^\+[1-9][0-9]{1,14}$`.
//!
//! With the feature `phone-tables`, the number must also be valid by libphonenumber's tables, as
//! the server requires.

use crate::{ProblemKind, Violation};

/// Checks that a phone number has the E.164 format and, with the feature `phone-tables`, that it is
/// valid in its country.
///
/// # Errors
/// If it is not. The message does not contain the number.
pub fn check(number: &str) -> Result<(), Violation> {
    let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
    let right = (2..=15).contains(&digits.len())
        && digits.first() != Some(&b'0')
        && digits.iter().all(u8::is_ascii_digit);
    if !right {
        return Err(Violation::fixed(
            ProblemKind::Phone,
            "not an E.164 phone number; write `+`, the country code and the number, digits only, such as `+31612345678`",
        ));
    }
    valid_in_country(number)
}

#[cfg(not(feature = "phone-tables"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the version with tables fails, and the signatures have to match"
)]
const fn valid_in_country(_: &str) -> Result<(), Violation> {
    Ok(())
}

/// Checks that the number is valid in its country and has no trunk prefix, such as the `0` in
/// `+310612345678`.
#[cfg(feature = "phone-tables")]
fn valid_in_country(number: &str) -> Result<(), Violation> {
    use rlibphonenumber::{PhoneNumber, PhoneNumberFormat};

    let is_valid = number.parse::<PhoneNumber>().is_ok_and(|parsed| {
        parsed.is_valid() && parsed.format_as(PhoneNumberFormat::E164) == number
    });
    if is_valid {
        return Ok(());
    }
    Err(Violation::fixed(
        ProblemKind::Phone,
        "not a valid number for its country: wrong length or prefix; check the country code, and leave out the `0` of a national number",
    ))
}
