//! Phone numbers in E.164: `^\+[1-9][0-9]{1,14}$`.
//!
//! With the feature `phone-tables`, libphonenumber's tables have to know such a number as well, which is what the server asks.

use crate::Violation;

/// A phone number in the form of E.164. Whether its country knows such a number is judged with the feature `phone-tables`
/// alone.
///
/// # Errors
/// Says what the form is, or that there is no such number, without repeating the number.
pub fn check(number: &str) -> Result<(), Violation> {
    let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
    let right = (2..=15).contains(&digits.len())
        && digits.first() != Some(&b'0')
        && digits.iter().all(u8::is_ascii_digit);
    if !right {
        return Err(Violation::fixed(
            "not a phone number in E.164; write `+`, the country's code and the number, digits alone, such as `+31612345678`",
        ));
    }
    known(number)
}

#[cfg(not(feature = "phone-tables"))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "the tables refuse, and the caller does not know which of the two it calls"
)]
const fn known(_: &str) -> Result<(), Violation> {
    Ok(())
}

/// Valid in its country, and spelt as E.164 spells it: without a trunk prefix such as the `0` of `+310612345678`.
#[cfg(feature = "phone-tables")]
fn known(number: &str) -> Result<(), Violation> {
    use rlibphonenumber::{PhoneNumber, PhoneNumberFormat};

    let is_known = number.parse::<PhoneNumber>().is_ok_and(|parsed| {
        parsed.is_valid() && parsed.format_as(PhoneNumberFormat::E164) == number
    });
    if is_known {
        return Ok(());
    }
    Err(Violation::fixed(
        "no phone number of its country: its length or its first digits are none that are given out there; check the country's code, and leave out a `0` in front of the number itself",
    ))
}
