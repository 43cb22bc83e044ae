//! How deeply the arrays and objects of a payload may be nested.
//!
//! The platform reads 10,000 levels. Most programs that read JSON stop much earlier, among them
//! many parsers at 128 levels, hooks such as `before_send`, and whatever reads the data after the
//! platform. A value that exceeds the limit here is nearly always a cycle or a tree that was not
//! meant to be sent.

use crate::json::string_length;
use crate::{ProblemKind, Violation};

/// The maximum number of levels of a JSON value of a payload, such as `data`: the value itself is
/// the first, and each array or object in it adds one.
pub const MAX_LEVELS: usize = 100;

/// The violation of a value with more than [`MAX_LEVELS`] levels.
///
/// ```
/// use lunogram_rules::nesting;
///
/// assert_eq!(
///     nesting::too_deep().to_string(),
///     "arrays and objects nested more than 100 levels deep; send fewer levels",
/// );
/// ```
#[must_use]
pub const fn too_deep() -> Violation {
    Violation::fixed(
        ProblemKind::TooDeep,
        "arrays and objects nested more than 100 levels deep; send fewer levels",
    )
}

/// The number of levels of a JSON value: 0 if it is neither an array nor an object.
///
/// Only brackets and strings are looked at, so the text does not have to be valid JSON.
#[must_use]
pub fn levels(json: &[u8]) -> usize {
    let (mut levels, mut open) = (0, 0_usize);
    let mut rest = json;
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'[' | b'{' => {
                open += 1;
                levels = levels.max(open);
            }
            b']' | b'}' => open = open.saturating_sub(1),
            b'"' => {
                let length = string_length(&json[json.len() - rest.len() - 1..]);
                rest = length.map_or(&[], |length| &rest[length - 1..]);
            }
            _ => {}
        }
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_counted_outside_of_strings() {
        for (json, expected) in [
            ("", 0),
            ("1", 0),
            (r#""[[\"[[""#, 0),
            ("[]", 1),
            (r#"{"a": [], "b": {"[": [1]}, "c": 1}"#, 3),
            (r#"[{"\\": [[]]}, "]]]]", [[[["#, 5),
            ("]][", 1),
            (r#"["[[["#, 1),
        ] {
            assert_eq!(levels(json.as_bytes()), expected, "{json}");
        }
    }

    #[test]
    fn the_message_has_the_limit() {
        let message = too_deep().to_string();
        assert!(message.contains(&format!(" {MAX_LEVELS} ")), "{message}");
    }
}
