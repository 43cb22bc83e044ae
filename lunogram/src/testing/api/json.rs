//! Reads request bodies as the platform's decoder does, which takes some that `serde_json` refuses:
//! deeper ones, and texts that are not valid Unicode.

use lunogram_rules::json::string_length;
use lunogram_rules::nesting;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use std::borrow::Cow;

/// The maximum number of levels that the platform's decoder reads.
const MAX_LEVELS: usize = 10_000;

/// The number of levels that are kept. Values are copied and dropped recursively, also on threads
/// of the application, so their levels have to be few. The deepest `data` that the platform stores
/// has 251: its path has 255 characters, and each level adds at least one.
const KEPT_LEVELS: usize = 300;

/// The JSON in a body; `None` if the platform refuses it.
///
/// As the platform does, it replaces invalid Unicode by U+FFFD. Arrays and objects below
/// [`KEPT_LEVELS`] become `null`.
pub(super) fn read(body: &[u8]) -> Option<Value> {
    // Nearly all bodies.
    if let Ok(value) = serde_json::from_slice(body) {
        return Some(value);
    }
    let levels = nesting::levels(body);
    if levels > MAX_LEVELS {
        return None;
    }
    let mut text = with_surrogates_replaced(&unicode(body));
    if levels > KEPT_LEVELS {
        // The parts that are cut off have to be valid, too. Ignoring values does not recurse.
        serde_json::from_str::<IgnoredAny>(&text).ok()?;
        text = cut(&text);
    }
    let mut deserializer = serde_json::Deserializer::from_str(&text);
    deserializer.disable_recursion_limit();
    let value = Value::deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

/// The text with U+FFFD for each byte that is not UTF-8.
fn unicode(body: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(body) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(body.len());
    for chunk in body.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    Cow::Owned(text)
}

/// Replaces the escape sequence of a surrogate without its other half by that of U+FFFD.
fn with_surrogates_replaced(text: &str) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escape)) = rest.find('\\').and_then(|at| rest.split_at_checked(at)) {
        replaced.push_str(before);
        let (kept, after) = match (escaped_unit(escape), escape.get(6..).and_then(escaped_unit)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => (escape.get(..12), 12),
            (Some(0xd800..0xe000), _) => (Some("\\ufffd"), 6),
            (Some(_), _) => (escape.get(..6), 6),
            (None, _) => {
                let length = escape.chars().take(2).map(char::len_utf8).sum();
                (escape.get(..length), length)
            }
        };
        replaced.push_str(kept.unwrap_or_default());
        rest = escape.get(after..).unwrap_or_default();
    }
    replaced + rest
}

/// The number in an escape sequence such as `\u00e9` at the start of `text`.
fn escaped_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// Replaces the arrays and objects below [`KEPT_LEVELS`] by `null`.
fn cut(json: &str) -> String {
    let mut kept = Vec::with_capacity(json.len());
    let mut open = 0_usize;
    let mut rest = json.as_bytes();
    while let [byte, ..] = rest {
        let length = match byte {
            b'"' => string_length(rest).unwrap_or(rest.len()),
            _ => 1,
        };
        let (token, after) = rest.split_at(length);
        rest = after;
        match byte {
            b'[' | b'{' => {
                open += 1;
                if open == KEPT_LEVELS + 1 {
                    kept.extend_from_slice(b"null");
                }
            }
            b']' | b'}' => {
                open = open.saturating_sub(1);
                if open == KEPT_LEVELS {
                    continue;
                }
            }
            _ => {}
        }
        if open <= KEPT_LEVELS {
            kept.extend_from_slice(token);
        }
    }
    String::from_utf8(kept).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn nested(levels: usize, inner: &str) -> String {
        "[".repeat(levels) + inner + &"]".repeat(levels)
    }

    fn levels(value: &Value) -> usize {
        nesting::levels(value.to_string().as_bytes())
    }

    #[test]
    fn bodies_are_read_to_the_depth_of_the_platform() {
        for count in [127, 128, 299, 300] {
            let value = read(nested(count, "\"[\"").as_bytes()).expect("JSON");
            assert_eq!(value.to_string(), nested(count, "\"[\""));
        }
        for count in [301, 302, 10_000] {
            let value = read(nested(count, r#"{"a": "]"}"#).as_bytes());
            let expected = if count == 10_000 { None } else { Some(300) };
            assert_eq!(value.as_ref().map(levels), expected, "{count}");
        }
        let value = read(nested(10_000, "1").as_bytes()).expect("JSON");
        assert_eq!(value.to_string(), nested(300, "null"));
        assert_eq!(read(nested(10_001, "").as_bytes()), None);
        let siblings = format!("[{}, {{\"a\": {}}}, 2]", nested(400, "1"), nested(299, "2"));
        let expected = format!(
            "[{},{{\"a\":{}}},2]",
            nested(299, "null"),
            nested(298, "null")
        );
        assert_eq!(
            read(siblings.as_bytes()).map(|value| value.to_string()),
            Some(expected)
        );
    }

    #[test]
    fn deep_bodies_have_to_be_valid_where_they_are_cut() {
        for wrong in ["[1,]", "}", "tru", "\"", ","] {
            assert_eq!(read(nested(500, wrong).as_bytes()), None, "{wrong}");
        }
        assert_eq!(read(format!("{} 1", nested(200, "1")).as_bytes()), None);
    }

    #[test]
    fn what_is_not_unicode_is_replaced() {
        for (body, text) in [
            (&br#""\ud83d""#[..], "\u{fffd}"),
            (br#""\udc00\ud83d""#, "\u{fffd}\u{fffd}"),
            (br#""\ud83d\u0041\ud83d\ude00""#, "\u{fffd}A\u{1f600}"),
            (br#""\\ud83d\"\ud83d\n""#, "\\ud83d\"\u{fffd}\n"),
            (b"\"a\xff\xf0\x9f\"", "a\u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(read(body), Some(json!(text)));
        }
        assert_eq!(read(br#"{"\ud800": 1}"#), Some(json!({"\u{fffd}": 1})));
        for wrong in [
            &b"\"\\"[..],
            b"\"\\u\"",
            b"\"\\u12\xc3\xa9\"",
            b"\\ud83d",
            b"\xff",
        ] {
            assert_eq!(read(wrong), None);
        }
    }
}
