//! The paths under which the platform learns the types of properties, such as `.data.items[].sku`.
//!
//! A path that its database cannot store fails an upsert and loses an event. While a payload is
//! written, only an upper bound of the path's length is kept. If the bound exceeds the limit, the
//! paths are read back from the bytes that were written.

use super::{Writer, path};
use lunogram_rules::column::{SCHEMA_PATH, SCHEMA_ROOT};
use lunogram_rules::json::{string_length, unescaped};
use std::collections::HashSet;

/// The JSON that is searched for long paths.
#[derive(Clone, Copy)]
pub(super) enum Root {
    /// A payload, whose member `data` has a schema.
    Payload,
    /// The value of `data`.
    Data,
}

impl Writer<'_> {
    /// Begins an array or object, or a value in one, whose path has at most `length` bytes after
    /// that of `data`.
    #[inline]
    pub(super) fn enter_path(&mut self, length: usize) {
        const LIMIT: usize = SCHEMA_PATH.max_chars() - SCHEMA_ROOT.len();
        self.path_length = length;
        self.has_long_path |= length > LIMIT;
    }

    /// Begins a value whose path is that of the open array or object, and at most `length` bytes
    /// more.
    pub(super) fn extend_path(&mut self, length: usize) {
        self.enter_path(self.path_length + length);
    }

    /// Searches the whole payload for long paths at its end. For payloads with nested values that
    /// were not written as a whole.
    pub fn check_paths(&mut self) {
        self.has_long_path = true;
    }

    /// Ends the search: the platform learns no schema of this value.
    pub(super) fn ignore_paths(&mut self) {
        self.has_long_path = false;
    }

    /// Reports each path that is too long, and ends the search.
    pub(super) fn end_paths(&mut self, root: Root) {
        if self.has_long_path {
            self.has_long_path = false;
            self.report_long_paths(root);
        }
    }

    #[cold]
    fn report_long_paths(&mut self, root: Root) {
        for path in too_long(self.written(), root) {
            self.report_at(path, SCHEMA_PATH.too_long());
        }
    }
}

/// The problem paths of values whose schema path is too long. Of several values with the same
/// schema path, and of a value and those within it, only the first is returned.
fn too_long(json: &[u8], root: Root) -> Vec<String> {
    let mut search = Search {
        stack: Vec::new(),
        path: match root {
            Root::Payload => String::new(),
            Root::Data => SCHEMA_ROOT.to_owned(),
        },
        is_ignored: false,
        root,
    };
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        let rest = json.get(at..).unwrap_or_default();
        let length = match byte {
            b'"' => string_length(rest).unwrap_or(rest.len()),
            _ => 1,
        };
        let (token, rest) = rest.split_at(length);
        at += length;
        if search.begins_value(token, rest) && search.is_too_long() {
            search.is_ignored = true;
            if let Some(open) = search.stack.last_mut() {
                // The items of an array have one path.
                open.is_ignored |= open.is_array;
            }
            if seen.insert(search.path.clone()) {
                found.push(path::at_end(json.get(..at).unwrap_or_default()));
            }
        }
    }
    found
}

/// The position of the search.
struct Search {
    stack: Vec<Open>,
    /// The schema path of the current value.
    path: String,
    /// Whether the current value has no schema, or is in a value that was found.
    is_ignored: bool,
    root: Root,
}

/// An object or array that is still open.
struct Open {
    is_array: bool,
    /// Whether the value of a key is being read, and not a key.
    in_value: bool,
    /// The length in bytes of its path, with the `[]` of an array.
    path: usize,
    is_ignored: bool,
}

impl Search {
    fn is_too_long(&self) -> bool {
        let limit = SCHEMA_PATH.max_chars();
        !self.is_ignored && self.path.len() > limit && self.path.chars().count() > limit
    }

    /// Reads a token, and returns whether a value with a new path follows it: that of a key, or the
    /// first item of an array.
    fn begins_value(&mut self, token: &[u8], rest: &[u8]) -> bool {
        match token {
            b"{" | b"[" => {
                let is_array = token == b"[";
                if is_array {
                    self.path.push_str("[]");
                }
                self.stack.push(Open {
                    is_array,
                    in_value: false,
                    path: self.path.len(),
                    is_ignored: self.is_ignored,
                });
                return is_array && !rest.trim_ascii_start().starts_with(b"]");
            }
            b"}" | b"]" => {
                self.stack.pop();
            }
            b":" => {
                if let Some(open) = self.stack.last_mut() {
                    open.in_value = true;
                }
                return true;
            }
            b"," => {
                if let Some(open) = self.stack.last_mut() {
                    open.in_value = false;
                    self.is_ignored = open.is_ignored;
                    self.path.truncate(open.path);
                }
            }
            [b'"', key @ .., b'"'] => self.key(key),
            _ => {}
        }
        false
    }

    fn key(&mut self, key: &[u8]) {
        let depth = self.stack.len();
        let Some(open) = self.stack.last() else {
            return;
        };
        if open.is_array || open.in_value {
            return;
        }
        self.path.truncate(open.path);
        self.path.push('.');
        self.path
            .push_str(&unescaped(std::str::from_utf8(key).unwrap_or_default()));
        if depth == 1 && matches!(self.root, Root::Payload) {
            self.is_ignored = self.path != SCHEMA_ROOT;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_of_several_equal_paths_is_found() {
        let long = "k".repeat(250);
        let within = "k".repeat(249);
        for (json, paths) in [
            (r#"{"data":{"a":1,"KEY":2}}"#, &["data.KEY"][..]),
            (r#"{"data":{"a":1,"FITS":2,"FIT":[]}}"#, &[]),
            (r#"{"data":{"FITS":[1,2]}}"#, &["data.FITS[0]"]),
            (r#"{"data":{"FITS":[ ]}}"#, &[]),
            (r#"{"data":{"FITS":[{"a":1},{"b":2}]}}"#, &["data.FITS[0]"]),
            (r#"{"data":{"KEY":{"a":[{"b":1}]},"a":1}}"#, &["data.KEY"]),
            (
                r#"{"data" : {"a" : [{"b":1}, {"KEY" : 1}, {"KEY":2},{"c":{"KEY":3}}]}}"#,
                &["data.a[1].KEY", "data.a[3].c.KEY"],
            ),
            (r#"{"match":{"KEY":1},"data":{"a":"KEY"}}"#, &[]),
            (r#"{"identifier":[{"metadata":{"data":{"KEY":1}}}]}"#, &[]),
            (
                r#"{"match":{"a":1},"data":{"b":"x","KEY":1}}"#,
                &["data.KEY"],
            ),
        ] {
            let of = |text: &str| text.replace("KEY", &long).replace("FITS", &within);
            let expected: Vec<_> = paths.iter().map(|path| of(path)).collect();
            assert_eq!(
                too_long(of(json).as_bytes(), Root::Payload),
                expected,
                "{json}"
            );
        }
        assert_eq!(
            too_long(format!(r#"{{"{long}":1}}"#).as_bytes(), Root::Data),
            [long]
        );
    }

    #[test]
    fn characters_count_as_they_are_sent() {
        for key in ["é".repeat(249), r"\n".repeat(249), r"\u00e9".repeat(249)] {
            assert!(too_long(format!(r#"{{"{key}":1}}"#).as_bytes(), Root::Data).is_empty());
            let json = format!(r#"{{"{key}x":1}}"#);
            assert_eq!(too_long(json.as_bytes(), Root::Data).len(), 1);
        }
    }
}
