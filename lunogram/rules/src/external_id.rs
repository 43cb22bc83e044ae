//! External ids.

use crate::{ProblemKind, Violation};

/// Checks that an external id has at least one character.
///
/// # Errors
/// If it is empty.
pub const fn check(id: &str) -> Result<(), Violation> {
    if id.is_empty() {
        return Err(Violation::fixed(
            ProblemKind::ExternalId,
            "empty external id; pass the id that your application uses for the subject",
        ));
    }
    Ok(())
}
