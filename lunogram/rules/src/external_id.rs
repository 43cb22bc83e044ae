//! External ids.

use crate::{ProblemKind, Violation, column};

/// Checks that an external id is not blank, and that the platform can store it.
///
/// # Errors
/// If it is empty, consists of white space, has more than 255 characters, or contains U+0000.
pub fn check(id: &str) -> Result<(), Violation> {
    if id.trim_start().is_empty() {
        return Err(blank(id));
    }
    column::EXTERNAL_ID.check(id)
}

/// Whether the first byte and the length show that `id` follows the rule, except that it may
/// contain U+0000. For an encoder, which finds that character without another scan.
#[inline]
#[must_use]
pub const fn is_usual(id: &str) -> bool {
    // Two comparisons: as a signed number, a byte beyond ASCII is less than a space. The platform
    // counts characters, of which there are at most as many as bytes.
    match id.as_bytes() {
        [first, ..] if id.len() <= column::EXTERNAL_ID.max_chars() => {
            first.cast_signed() > b' '.cast_signed()
        }
        _ => false,
    }
}

#[cold]
fn blank(id: &str) -> Violation {
    let message = if id.is_empty() {
        "empty external id; pass the id that your application uses for the subject"
    } else {
        "blank external id; pass the id that your application uses for the subject"
    };
    Violation::fixed(ProblemKind::ExternalId, message)
}
