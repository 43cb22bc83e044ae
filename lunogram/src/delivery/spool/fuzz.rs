//! What a fuzzer calls: the reader of a spool's files, with what must hold of it.

use super::record::{Found, append, scan, size};

/// A file, whatever is in it: each byte is a record's or damaged, and a record is what was written.
///
/// # Panics
/// Where that does not hold.
pub fn records(bytes: &[u8]) {
    let mut at = 0;
    for found in scan(bytes) {
        match found {
            Found::Damage(range) => {
                assert_eq!(range.start, at);
                at = range.end;
            }
            Found::Record {
                start,
                kind,
                payload,
            } => {
                assert_eq!((start, payload.len() + start), (at, payload.end - size(0)));
                let mut again = Vec::new();
                append(&mut again, kind, &bytes[payload.clone()]).expect("no longer than it was");
                assert_eq!(again, bytes[start..payload.end]);
                at = payload.end;
            }
        }
    }
    assert_eq!(at, bytes.len());
}
