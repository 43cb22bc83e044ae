//! JSON strings: where one ends.

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
