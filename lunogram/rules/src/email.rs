//! Email addresses, by the pattern that the server uses:
//! ``^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$``.

use crate::Violation;

/// An email address as the server takes it. It is stricter than RFC 5322 about quoting, and laxer about dots.
///
/// # Errors
/// Says which part is wrong, without repeating the address.
pub fn check(address: &str) -> Result<(), Violation> {
    let Some((local, domain)) = address.split_once('@') else {
        return Err(Violation::fixed(
            "not an email address: it has no `@`; write one such as `jane@example.com`",
        ));
    };
    if local.is_empty() || !local.bytes().all(is_local) {
        return Err(Violation::fixed(
            "not an email address: what stands before the `@` is empty or has a character that no mailbox may have; write one such as `jane@example.com`",
        ));
    }
    let label = |label: &str| !label.is_empty() && label.bytes().all(is_label);
    if !domain.split('.').all(label) {
        return Err(Violation::fixed(
            "not an email address: what stands behind the `@` is not a domain; write one such as `jane@example.com`",
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
