//! Splits an encoded object or array into its entries, without parsing them.

use lunogram_rules::json::string_length;

/// The entries of an object or array, in order: the key without its quotes, still escaped (empty
/// for the items of an array), and the value. `json` must be valid, as everything is that this
/// crate has encoded.
pub(crate) fn entries(json: &str) -> Entries<'_> {
    let is_object = json.starts_with('{');
    let inner = json.strip_prefix(['{', '[']);
    Entries {
        rest: inner.unwrap_or_default(),
        is_object,
    }
}

/// Iterator of [`entries`].
#[derive(Debug)]
pub(crate) struct Entries<'j> {
    rest: &'j str,
    is_object: bool,
}

impl<'j> Iterator for Entries<'j> {
    type Item = (&'j str, &'j str);

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = after(self.rest, ',');
        let mut key = "";
        if self.is_object {
            let quoted;
            (quoted, rest) = rest.split_at_checked(string_length(rest.as_bytes())?)?;
            key = quoted.get(1..quoted.len() - 1)?;
            rest = after(rest, ':');
        }
        let (value, rest) = rest.split_at_checked(value_length(rest)?)?;
        self.rest = rest;
        Some((key, value))
    }
}

/// The text after white space and at most one separator.
fn after(json: &str, separator: char) -> &str {
    let json = json.trim_ascii_start();
    json.strip_prefix(separator)
        .unwrap_or(json)
        .trim_ascii_start()
}

/// The length of the value at the start of `json`, if it starts with a value.
fn value_length(json: &str) -> Option<usize> {
    let bytes = json.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at += string_length(&bytes[at..])? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => depth -= 1,
            b'}' | b']' | b',' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => break,
            _ => {}
        }
        at += 1;
        if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
            break;
        }
    }
    (at > 0).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_entries_of_objects_and_arrays_are_found() {
        let object = r#" "a" : 1 , "\"{[,": "}],\"" ,"n":{"a":[1,{}], "b":null},"e":[],"t":true "#;
        let object = format!("{{{object}}}");
        let found = [
            ("a", "1"),
            (r#"\"{[,"#, r#""}],\"""#),
            ("n", r#"{"a":[1,{}], "b":null}"#),
            ("e", "[]"),
            ("t", "true"),
        ];
        assert!(entries(&object).eq(found));
        let array = r#"[-1.5e3,"a",[[1],2], {"a":[]} ,null]"#;
        let items = ["-1.5e3", r#""a""#, "[[1],2]", r#"{"a":[]}"#, "null"];
        assert!(entries(array).eq(items.map(|item| ("", item))));
        for empty in ["{}", "[ ]", "{ }", "[]", "", "null", "\"a\"", "12"] {
            assert_eq!(entries(empty).count(), 0, "{empty}");
        }
        let deep = ["[".repeat(1_000), "]".repeat(1_000)].concat();
        assert!(entries(&deep).eq([("", &deep[1..deep.len() - 1])]));
    }

    proptest! {
        #[test]
        fn any_text_is_split_without_a_panic(text in "[\\[\\]{}:,\"\\\\ 1aé]{0,30}") {
            let length: usize = entries(&text).map(|(key, value)| key.len() + value.len()).sum();
            prop_assert!(length <= text.len());
        }
    }
}
