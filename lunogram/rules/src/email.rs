//! Email addresses, checked by the pattern that the server uses:
//! ``^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$``.

use crate::column;
use crate::{ProblemKind, Violation};

/// Checks that an email address has the [`pattern`], and that the platform can store it.
///
/// # Errors
/// If it does not have the pattern, or has more than 255 characters.
pub fn check(address: &str) -> Result<(), Violation> {
    pattern(address)?;
    column::EMAIL.check(address)
}

/// Checks an email address as the server does: stricter than RFC 5322 about quoting, and more
/// lenient about dots. The server does not check the length before it writes to its database.
///
/// # Errors
/// If the server would answer 400. The message names the wrong part and does not contain the
/// address.
pub fn pattern(address: &str) -> Result<(), Violation> {
    let Some((local, domain)) = address.split_once('@') else {
        return Err(Violation::fixed(
            ProblemKind::Email,
            "not an email address: it has no `@`; write one such as `jane@example.com`",
        ));
    };
    if local.is_empty() || !local.bytes().all(is_local) {
        return Err(Violation::fixed(
            ProblemKind::Email,
            "not an email address: the part before the `@` is empty or has an invalid character; write one such as `jane@example.com`",
        ));
    }
    let label = |label: &str| !label.is_empty() && label.bytes().all(is_label);
    if !domain.split('.').all(label) {
        return Err(Violation::fixed(
            ProblemKind::Email,
            "not an email address: the part after the `@` is not a domain; write one such as `jane@example.com`",
        ));
    }
    Ok(())
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-'
}
