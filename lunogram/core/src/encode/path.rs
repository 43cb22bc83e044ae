//! The path of a problem, read back from the bytes already written.
//!
//! The encoder keeps no path while it writes. When a value is refused, the JSON so far is complete
//! but for its end, and shows which objects and arrays are open.

use lunogram_rules::json::string_length;

/// An object or array that is still open.
#[derive(Default)]
struct Open {
    array: bool,
    index: usize,
    keys: Vec<String>,
    /// Whether the value of the last key is being written: between its colon and the next comma.
    in_value: bool,
    /// Whether the last value or key is complete, so that nothing is being written.
    is_complete: bool,
}

/// The path of the value that would follow `json`, or is being written at its end:
/// `data.items[2].price`.
pub(super) fn at_end(json: &[u8]) -> String {
    joined(&scan(json))
}

/// The path of the value that is being written at the end of `json`: the innermost open object or
/// array if its last value is complete.
pub(super) fn of_unfinished_at_end(json: &[u8]) -> String {
    let mut open = scan(json);
    if open.last().is_some_and(|innermost| innermost.is_complete) {
        open.pop();
    }
    joined(&open)
}

/// The path of the innermost open object at the end of `json`.
pub(super) fn of_object_at_end(json: &[u8]) -> String {
    let mut open = scan(json);
    open.pop();
    joined(&open)
}

/// Like [`at_end`], but with the outermost levels only if there are many.
pub(super) fn of_outer_levels(json: &[u8]) -> String {
    const SHOWN: usize = 10;
    let open = scan(json);
    match open.get(..SHOWN) {
        Some(outer) => joined(outer) + "…",
        None => joined(&open),
    }
}

fn joined(stack: &[Open]) -> String {
    let mut path = String::new();
    for open in stack {
        if open.array {
            path.extend(["[", &open.index.to_string(), "]"]);
        } else if let (true, Some(key)) = (open.in_value, open.keys.last()) {
            if is_word(key) {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            } else {
                path.extend(["[", &format!("{key:?}"), "]"]);
            }
        }
    }
    path
}

/// The keys of the innermost open object at the end of `json`, in their order.
pub(super) fn keys_at_end(json: &[u8]) -> Vec<String> {
    scan(json).pop().map(|open| open.keys).unwrap_or_default()
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

fn scan(json: &[u8]) -> Vec<Open> {
    let mut stack: Vec<Open> = Vec::new();
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        let mut next = at + 1;
        match byte {
            b'{' => stack.push(Open::default()),
            b'[' => stack.push(Open {
                array: true,
                ..Open::default()
            }),
            b'}' | b']' => {
                stack.pop();
                complete(&mut stack, true);
            }
            b'"' => {
                // The value that is being written may be a string without its end.
                let length = string_length(&json[at..]);
                next = length.map_or(json.len(), |length| at + length);
                complete(&mut stack, length.is_some());
                if let Some(open) = stack.last_mut()
                    && !open.array
                    && !open.in_value
                    && let Some(Ok(key)) = json.get(at..next).map(serde_json::from_slice)
                {
                    open.keys.push(key);
                }
            }
            b':' | b',' => {
                if let Some(open) = stack.last_mut() {
                    open.in_value = byte == b':';
                    open.index += usize::from(byte == b',');
                    open.is_complete = false;
                }
            }
            _ => complete(&mut stack, true),
        }
        at = next;
    }
    stack
}

fn complete(stack: &mut [Open], is_complete: bool) {
    if let Some(open) = stack.last_mut() {
        open.is_complete = is_complete;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_that_of_the_next_value() {
        for (json, path) in [
            ("", ""),
            (r#"{"data":"#, "data"),
            (
                r#"{"data":{"a":1,"items":[{"x":[]},{"price":"#,
                "data.items[1].price",
            ),
            (r#"{"a":{"b":1},"data":{"c":"#, "data.c"),
            (r#"[{"name":"x"},{"data":"#, "[1].data"),
            (r#"{"data":{"say \"hi\", [{":"#, r#"data["say \"hi\", [{"]"#),
            (r#"{"data":{"text":"half a str"#, "data.text"),
            (r#"{"data":{"a":"x:y,z","b":["#, "data.b[0]"),
        ] {
            assert_eq!(at_end(json.as_bytes()), path, "{json}");
        }
        assert_eq!(of_object_at_end(br#"{"data":{"a":1,"b":2"#), "data");
    }

    #[test]
    fn between_two_values_the_path_is_that_of_the_object_or_array_around_them() {
        for (json, path) in [
            (r#"{"data":{"a":1"#, "data"),
            (r#"{"data":{"a":"x""#, "data"),
            (r#"{"data":{"a":[1]"#, "data"),
            (r#"{"data":{"a":[1"#, "data.a"),
            (r#"{"data":{"a":[1,"#, "data.a[1]"),
            (r#"{"data":{"a":"half"#, "data.a"),
            (r#"{"data":{"a":"#, "data.a"),
            (r#"{"data":{"#, "data"),
        ] {
            assert_eq!(of_unfinished_at_end(json.as_bytes()), path, "{json}");
        }
    }

    #[test]
    fn the_keys_are_those_of_the_innermost_open_object() {
        let json = br#"{"identifier":[{"external_id":"u"}],"data":{"a":{"z":1},"b":"a","a":1"#;
        assert_eq!(keys_at_end(json), ["a", "b", "a"]);
    }
}
