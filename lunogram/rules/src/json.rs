//! The part of JSON that the tracking plan needs.
//!
//! The derives read the plan, and a JSON library would be one more dependency to build before them.

mod scan;
mod string;

pub use scan::{Part, parts};
pub use string::{quoted, string_length, unescaped};

use std::fmt::Write as _;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, `true`, `false` or a number, as written.
    Word(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object with its members in order.
    Object(Vec<(String, Json)>),
}

/// Why a text is not JSON, and at which position.
#[derive(Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// The mistake at this position.
    pub what: &'static str,
}

impl SyntaxError {
    pub(crate) fn at(text: &str, at: usize, what: &'static str) -> Self {
        // The position is past the end if the text ends within an escape sequence.
        let before = &text.as_bytes()[..at.min(text.len())];
        let is_newline = |byte: &u8| *byte == b'\n';
        let line_start = before.iter().rposition(is_newline).map_or(0, |at| at + 1);
        let line = String::from_utf8_lossy(&before[line_start..]);
        Self {
            line: 1 + before.iter().filter(|byte| is_newline(byte)).count(),
            column: 1 + line.chars().count(),
            what,
        }
    }
}

impl Json {
    /// Parses a text that consists of one value.
    ///
    /// # Errors
    /// If the text is not JSON.
    pub fn read(whole: &str) -> Result<Self, SyntaxError> {
        let parts = parts(whole, 1)?;
        let text = whole.trim_ascii();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members = parts.into_iter().map(|Part { key, value, .. }| {
                    let value = Self::read(&whole[value])?;
                    Ok((unescaped(&whole[key]).into_owned(), value))
                });
                Self::Object(members.collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items = parts.into_iter().map(|part| Self::read(&whole[part.value]));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::Text(unescaped(&text[1..text.len() - 1]).into_owned()),
            _ => Self::Word(text.to_owned()),
        })
    }
}

impl Json {
    /// The member of an object with this key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string; `None` for other values.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A schema on one line with the spacing of the plan file, without descriptions.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line, Descriptions::LeftOut);
        line
    }

    /// The value on one line with the spacing of the plan file, descriptions included.
    #[must_use]
    pub fn whole_line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line, Descriptions::Kept);
        line
    }

    fn write(&self, line: &mut String, descriptions: Descriptions) {
        match self {
            Self::Word(word) => line.push_str(word),
            Self::Text(text) => line.push_str(&quoted(text)),
            Self::List(items) => {
                line.push('[');
                for (at, item) in items.iter().enumerate() {
                    line.push_str(if at == 0 { "" } else { ", " });
                    item.write(line, descriptions.of_schemas());
                }
                line.push(']');
            }
            Self::Object(members) => {
                line.push('{');
                let members = members.iter().filter(|(key, _)| {
                    descriptions != Descriptions::LeftOut || key != "description"
                });
                for (at, (key, value)) in members.enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    let _ = write!(line, "{comma}{}: ", quoted(key));
                    value.write(line, descriptions.under(key));
                }
                line.push('}');
            }
        }
    }
}

/// Whether descriptions in a schema are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Descriptions {
    Kept,
    LeftOut,
    /// Left out at deeper levels. At this level, `description` is the name of a property.
    LeftOutBelow,
}

impl Descriptions {
    fn under(self, key: &str) -> Self {
        match self {
            Self::LeftOut if key == "properties" => Self::LeftOutBelow,
            other => other.of_schemas(),
        }
    }

    fn of_schemas(self) -> Self {
        match self {
            Self::Kept => Self::Kept,
            Self::LeftOut | Self::LeftOutBelow => Self::LeftOut,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_written_unchanged() {
        for line in [
            "{}",
            "[]",
            "{\"type\": \"array\", \"items\": {\"type\": [\"string\", \"null\"]}}",
            "[1, -2.5e3, true, null, \"a \\\"b\\\" é\"]",
        ] {
            let value = Json::read(line).expect(line);
            assert_eq!(value.line(), line);
            assert_eq!(value.whole_line(), line);
        }
        let value = Json::read("{ \"description\":\"x\",\n\"a\" : \"\\u0041\\ud83d\\ude00\\n\" }");
        assert_eq!(
            value.map(|value| value.line()).as_deref(),
            Ok("{\"a\": \"A😀\\u000a\"}")
        );
        let value = Json::read("{\"properties\": {\"description\": {\"description\": \"x\"}}}");
        let line = value.map(|value| value.line());
        assert_eq!(
            line.as_deref(),
            Ok("{\"properties\": {\"description\": {}}}")
        );
    }

    #[test]
    fn syntax_errors_have_a_position() {
        for (text, line, column, what) in [
            ("", 1, 1, "expected a value"),
            ("{\n  \"a\": tru\n}", 2, 8, "invalid value"),
            ("{\"a\" 1}", 1, 6, "expected `:` after a key"),
            (
                "{\"a\": 1 \"b\"}",
                1,
                9,
                "expected `,` or a closing bracket",
            ),
            ("{\"a\": 1,}", 1, 9, "expected a key"),
            ("[1,]", 1, 4, "invalid value"),
            ("[1 2]", 1, 4, "expected `,` or a closing bracket"),
            ("[1}", 1, 3, "expected `,` or a closing bracket"),
            ("{\"é\": \"b", 1, 7, "unterminated string"),
            ("{\"a\\", 1, 2, "unterminated string"),
            ("{,}", 1, 2, "expected a key"),
            ("{\"a\": ", 1, 7, "expected a value"),
            ("{} x", 1, 4, "unexpected text after the value"),
            ("nan", 1, 1, "invalid value"),
        ] {
            let error = SyntaxError { line, column, what };
            assert_eq!(Json::read(text), Err(error), "{text}");
        }
        assert!(Json::read(&"[".repeat(1000)).is_err());
    }
}
