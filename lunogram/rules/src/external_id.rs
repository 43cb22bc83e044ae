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

#[cold]
fn blank(id: &str) -> Violation {
    let message = if id.is_empty() {
        "empty external id; pass the id that your application uses for the subject"
    } else {
        "blank external id; pass the id that your application uses for the subject"
    };
    Violation::fixed(ProblemKind::ExternalId, message)
}
