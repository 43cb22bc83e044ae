//! Columns of organizations.

use crate::{Violation, column};

/// Checks the name of an organization, which is any text that the platform can store.
///
/// # Errors
/// If it has more than 255 characters or contains U+0000.
pub fn name(name: &str) -> Result<(), Violation> {
    column::ORGANIZATION_NAME.check(name)
}
