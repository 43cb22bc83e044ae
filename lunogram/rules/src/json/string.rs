//! JSON strings: where one ends, what it means, and how one is written.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::str::Chars;

/// The length in bytes of the JSON string at the start of `json`, both quotes included.
///
/// This is the one scanner for JSON strings. It allocates nothing and skips escape sequences
/// without checking them. `None` if `json` does not start with a quote, or if the string has no
/// closing quote or contains a raw line feed, which JSON does not allow.
#[inline]
#[must_use]
pub const fn string_length(json: &[u8]) -> Option<usize> {
    let [b'"', rest @ ..] = json else {
        return None;
    };
    let mut rest = rest;
    loop {
        match rest {
            [b'"', after @ ..] => return Some(json.len() - after.len()),
            [b'\n', ..] | [] => return None,
            [b'\\', _, after @ ..] | [_, after @ ..] => rest = after,
        }
    }
}

/// The text of a JSON string whose content, without the quotes, is `content`.
///
/// Borrows `content` if it has no escape sequence. Invalid escape sequences do not fail: an unknown
/// one is replaced by its second character, and an invalid `\u` by U+FFFD.
#[must_use]
pub fn unescaped(content: &str) -> Cow<'_, str> {
    if !content.contains('\\') {
        return Cow::Borrowed(content);
    }
    let mut text = String::with_capacity(content.len());
    let mut letters = content.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('u') => text.push(unicode(&mut letters)),
            Some(other) => text.push(other),
            None => {}
        }
    }
    Cow::Owned(text)
}

/// The character of a `\u` escape. Reads the second escape of a surrogate pair, too.
fn unicode(letters: &mut Chars<'_>) -> char {
    let mut code = || {
        let digits = letters.as_str().get(..4)?;
        let code = u16::from_str_radix(digits, 16).ok()?;
        letters.nth(3);
        Some(code)
    };
    let Some(first) = code() else {
        return char::REPLACEMENT_CHARACTER;
    };
    let mut units = vec![first];
    if (0xd800..0xdc00).contains(&first) && letters.as_str().starts_with("\\u") {
        letters.nth(1);
        let digits = letters.as_str().get(..4);
        units.extend(digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()));
        letters.nth(3);
    }
    char::decode_utf16(units)
        .next()
        .and_then(Result::ok)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// `text` as a JSON string.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            '\0'..='\x1f' => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(letter));
            }
            _ => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn string_ends_at_its_closing_quote() {
        for (json, length) in [
            (r#""""#, Some(2)),
            (r#""a", "b""#, Some(3)),
            (r#""a\"b" "#, Some(6)),
            (r#""a\\" "#, Some(5)),
            (r#""\u0022""#, Some(8)),
            ("\"é\"", Some(4)),
            ("", None),
            ("a\"", None),
            ("\"", None),
            ("\"a\\\"", None),
            ("\"a\\", None),
            ("\"a\nb\"", None),
        ] {
            assert_eq!(string_length(json.as_bytes()), length, "{json}");
        }
    }

    #[test]
    fn text_is_quoted_as_a_json_string() {
        assert_eq!(quoted("a \"b\" \\ \n é"), r#""a \"b\" \\ \u000a é""#);
    }

    #[test]
    fn text_without_escapes_is_borrowed() {
        assert!(matches!(unescaped("naïve"), Cow::Borrowed("naïve")));
        assert_eq!(unescaped(r"\u0041\ud83d\ude00\n\/\x"), "A😀\n/x");
        assert_eq!(unescaped(r"\ud83dx \uzz"), "\u{fffd}x \u{fffd}zz");
    }

    proptest! {
        #[test]
        fn quoted_text_is_read_back(text in any::<String>(), rest in any::<String>()) {
            let json = quoted(&text);
            let followed = format!("{json}{rest}");
            prop_assert_eq!(string_length(followed.as_bytes()), Some(json.len()));
            prop_assert_eq!(unescaped(&json[1..json.len() - 1]), text);
        }

        #[test]
        fn scanner_accepts_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let length = string_length(&bytes);
            prop_assert!(length.is_none_or(|length| (2..=bytes.len()).contains(&length)));
        }
    }
}
