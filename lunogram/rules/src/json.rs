//! JSON, as much of it as the tracking plan needs.
//!
//! Not a JSON library, which every user would have to build before this crate.

mod scan;
mod string;

pub use scan::{Part, parts};
pub use string::string_length;

use std::fmt::Write as _;

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `null`, `true`, `false` or a number, as it stands.
    Word(String),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object, with its members in their order.
    Object(Vec<(String, Json)>),
}

/// Where and why a text is not JSON.
#[derive(Debug, PartialEq, Eq)]
pub struct Damage {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What stands there, or does not.
    pub what: &'static str,
}

impl Damage {
    pub(crate) fn at(text: &str, at: usize, what: &'static str) -> Self {
        // A text that ends in the middle of an escape is over.
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
    /// Reads a text that is one value.
    ///
    /// # Errors
    /// Where the text is not JSON, and why.
    pub fn read(whole: &str) -> Result<Self, Damage> {
        let parts = parts(whole, 1)?;
        let text = whole.trim_ascii();
        Ok(match text.as_bytes().first() {
            Some(b'{') => {
                let members = parts.into_iter().map(|Part { key, value, .. }| {
                    let value = Self::read(&whole[value])?;
                    Ok((unescaped(&whole[key]), value))
                });
                Self::Object(members.collect::<Result<_, _>>()?)
            }
            Some(b'[') => {
                let items = parts.into_iter().map(|part| Self::read(&whole[part.value]));
                Self::List(items.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Self::Text(unescaped(&text[1..text.len() - 1])),
            _ => Self::Word(text.to_owned()),
        })
    }
}

/// What a string says whose inside stands in a text as `inner`.
pub(crate) fn unescaped(inner: &str) -> String {
    if !inner.contains('\\') {
        return inner.to_owned();
    }
    let mut text = String::with_capacity(inner.len());
    let mut letters = inner.chars();
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
    text
}

/// The letter of a `\u`, which takes a second one for some letters.
fn unicode(letters: &mut std::str::Chars<'_>) -> char {
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

impl Json {
    /// The member of that name.
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

    /// What it says, if it is a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A schema on one line, spaced as the plan is, without descriptions.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = String::new();
        self.write(&mut line, Descriptions::LeftOut);
        line
    }

    /// The same as it is.
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

/// What becomes of the descriptions in a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Descriptions {
    Kept,
    LeftOut,
    /// Left out, but for here, where it is the name of a property.
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

/// A JSON string.
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

    #[test]
    fn values_are_read_and_written_as_they_are() {
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
    fn texts_become_json_strings() {
        assert_eq!(quoted("a \"b\" \\ \n é"), r#""a \"b\" \\ \u000a é""#);
    }

    #[test]
    fn damage_has_its_place() {
        for (text, line, column, what) in [
            ("", 1, 1, "no value where one belongs"),
            ("{\n  \"a\": tru\n}", 2, 8, "something that is no value"),
            ("{\"a\" 1}", 1, 6, "no `:` behind a key"),
            ("{\"a\": 1 \"b\"}", 1, 9, "no `,` or end behind a value"),
            ("{\"a\": 1,}", 1, 9, "no key where one belongs"),
            ("[1,]", 1, 4, "something that is no value"),
            ("[1 2]", 1, 4, "no `,` or end behind a value"),
            ("[1}", 1, 3, "no `,` or end behind a value"),
            ("{\"é\": \"b", 1, 7, "a string without end"),
            ("{\"a\\", 1, 2, "a string without end"),
            ("{,}", 1, 2, "no key where one belongs"),
            ("{\"a\": ", 1, 7, "no value where one belongs"),
            ("{} x", 1, 4, "something behind the end"),
            ("nan", 1, 1, "something that is no value"),
        ] {
            let damage = Damage { line, column, what };
            assert_eq!(Json::read(text), Err(damage), "{text}");
        }
        assert!(Json::read(&"[".repeat(1000)).is_err());
    }
}
