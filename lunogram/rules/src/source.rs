//! Sources of external ids: the system that issued an id.

use crate::text::unfit;
use crate::{ProblemKind, Violation};

/// The source of an identifier without an explicit source.
pub const DEFAULT: &str = "default";

/// Checks an explicit source. It must not be empty: the server reads an empty source as
/// [`DEFAULT`].
///
/// # Errors
/// If it is empty, has leading or trailing whitespace, or contains a control character.
pub fn check(source: &str) -> Result<(), Violation> {
    if source.is_empty() {
        return Err(Violation::fixed(
            ProblemKind::Source,
            "empty source, which the server reads as `default`; leave `source` out, or name the system that issued the id, such as `stripe`",
        ));
    }
    match unfit(source) {
        Some(fault) => Err(Violation::new(
            ProblemKind::Source,
            format!("source has {fault}; remove it"),
        )),
        None => Ok(()),
    }
}
