//! The platform's one way to merge.

use super::Data;

/// Each top-level key of `sent` replaces the stored one whole, nested objects included; `null` is a value like any
/// other; keys that were not sent stay.
pub(super) fn shallow(stored: &mut Data, sent: Data) {
    for (key, value) in sent {
        stored.insert(key, value);
    }
}
