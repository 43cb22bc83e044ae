//! Where an external id comes from.

use crate::Violation;
use crate::text::unfit;

/// The source of every identifier that names none.
pub const DEFAULT: &str = "default";

/// A source written out is not empty: the empty one means [`DEFAULT`], which needs no words.
///
/// # Errors
/// Says what is wrong with it.
pub fn check(source: &str) -> Result<(), Violation> {
    if source.is_empty() {
        return Err(Violation::fixed(
            "empty source, which the server takes for `default`; leave `source` out, or name the system that gave out the id, such as `stripe`",
        ));
    }
    match unfit(source) {
        Some(fault) => Err(Violation::new(format!(
            "source has {fault}; write it without"
        ))),
        None => Ok(()),
    }
}
