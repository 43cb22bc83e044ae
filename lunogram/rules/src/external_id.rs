//! External ids.

use crate::Violation;

/// An external id has at least one character.
///
/// # Errors
/// Says that it is empty.
pub const fn check(id: &str) -> Result<(), Violation> {
    if id.is_empty() {
        return Err(Violation::fixed(
            "empty external id; give the id that your application knows the subject by",
        ));
    }
    Ok(())
}
