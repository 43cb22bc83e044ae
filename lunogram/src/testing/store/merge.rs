//! The platform's merge of JSON objects.

use super::Data;

/// Replaces each top-level key of `sent` in `stored`, nested objects as a whole. `null` is stored
/// like any other value, and keys that `sent` lacks stay.
pub(super) fn shallow(stored: &mut Data, sent: Data) {
    for (key, value) in sent {
        stored.insert(key, value);
    }
}
