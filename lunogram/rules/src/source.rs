//! Sources of external ids: the system that issued an id.

use crate::text::unfit;
use crate::{ProblemKind, Violation, column};

/// The source of an identifier without an explicit source.
pub const DEFAULT: &str = "default";

/// Checks an explicit source. It must not be empty: the server reads an empty source as
/// [`DEFAULT`].
///
/// # Errors
/// If it is empty, has leading or trailing whitespace, contains a control character, or has more
/// than 255 characters.
pub fn check(source: &str) -> Result<(), Violation> {
    if source.is_empty() {
        return Err(Violation::fixed(
            ProblemKind::Source,
            "empty source, which the server reads as `default`; leave `source` out, or name the system that issued the id, such as `stripe`",
        ));
    }
    if source.trim_start().is_empty() {
        return Err(Violation::fixed(
            ProblemKind::Source,
            "blank source; leave `source` out, or name the system that issued the id, such as `stripe`",
        ));
    }
    match unfit(source) {
        Some(fault) => Err(Violation::new(
            ProblemKind::Source,
            format!("source has {fault}; remove it"),
        )),
        None => column::SOURCE.check(source),
    }
}
