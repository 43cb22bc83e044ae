//! Phone numbers in E.164: `^\+[1-9][0-9]{1,14}$`.

use crate::Violation;

/// A phone number in the form of E.164. Whether its country knows such a number is not judged here.
///
/// # Errors
/// Says what the form is, without repeating the number.
pub fn check(number: &str) -> Result<(), Violation> {
    let digits = number.strip_prefix('+').unwrap_or_default().as_bytes();
    let right = (2..=15).contains(&digits.len())
        && digits.first() != Some(&b'0')
        && digits.iter().all(u8::is_ascii_digit);
    if right {
        return Ok(());
    }
    Err(Violation::fixed(
        "not a phone number in E.164; write `+`, the country's code and the number, digits alone, such as `+31612345678`",
    ))
}
