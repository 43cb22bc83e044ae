//! Entry points for fuzzers: the record reader, with the properties that must hold.

use super::format::{Found, append, scan, size};

/// Scans arbitrary bytes as a file. Each byte belongs to one record or one damaged region, and each
/// record is what `append` writes for its kind and body.
///
/// # Panics
/// If a property does not hold.
pub fn records(bytes: &[u8]) {
    let mut at = 0;
    for found in scan(bytes) {
        match found {
            Found::Damage(range) => {
                assert_eq!(range.start, at);
                at = range.end;
            }
            Found::Record { start, kind, body } => {
                assert_eq!((start, body.len() + start), (at, body.end - size(0)));
                let mut again = Vec::new();
                append(&mut again, kind, &bytes[body.clone()]).expect("as long as it was");
                assert_eq!(again, bytes[start..body.end]);
                at = body.end;
            }
        }
    }
    assert_eq!(at, bytes.len());
}
