//! JSON as the plan needs it: members keep their order, and numbers keep their digits.
//!
//! `serde_json::Value` does neither unless its features `preserve_order` and `arbitrary_precision`
//! are on, and those would change every `Value` of the application. `serde_json` parses here, too;
//! only the value that it fills is our own.

use lunogram_rules::json::{self, quoted};
use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    /// The number as it is spelled in the text.
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// The members in their order, each with its own key.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The member with this key, if the value is an object that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The schema on one line without its descriptions: two schemas are equal if these lines are.
    ///
    /// The derives compare schemas by the same line, so the rule that makes it is shared with them.
    pub(super) fn line(&self) -> String {
        json::Json::read(&self.to_string())
            .map(|schema| schema.line())
            .unwrap_or_default()
    }
}

/// One line, spaced as in the plan's file. Strings are escaped as the derives escape them.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(digits) => f.write_str(digits),
            Self::String(text) => f.write_str(&quoted(text)),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                f.write_str("{")?;
                for (index, (key, value)) in members.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {value}", quoted(key))?;
                }
                f.write_str("}")
            }
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        parse(raw.get()).map_err(de::Error::custom)
    }
}

/// Parses one value. Nested values pass through [`Json::deserialize`], each as its raw text.
fn parse(text: &str) -> serde_json::Result<Json> {
    Ok(match text.as_bytes().first() {
        Some(b'{') => Json::Object(serde_json::from_str::<Members>(text)?.0),
        Some(b'[') => Json::Array(serde_json::from_str(text)?),
        Some(b'"') => Json::String(serde_json::from_str(text)?),
        Some(b'n') => Json::Null,
        Some(b't' | b'f') => Json::Bool(serde_json::from_str(text)?),
        _ => Json::Number(text.to_owned()),
    })
}

struct Members(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members: Vec<(String, Json)> = Vec::new();
                while let Some(key) = map.next_key::<String>()? {
                    // Two branches that add the same property leave this behind when they merge.
                    if members.iter().any(|(other, _)| *other == key) {
                        return Err(de::Error::custom(format!("repeated key `{key}`")));
                    }
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Json {
        serde_json::from_str(text).expect(text)
    }

    #[test]
    fn order_and_numbers_are_kept() {
        for line in [
            "{}",
            "[]",
            "null",
            "{\"type\": \"array\", \"items\": {\"type\": [\"string\", \"null\"]}}",
            "[1, -2.50e3, 0.10, 123456789012345678901234567890, true, null, \"a \\\"b\\\" é\"]",
            "{\"z\": 1, \"a\": 2}",
        ] {
            assert_eq!(read(line).to_string(), line);
        }
    }

    #[test]
    fn strings_are_escaped_as_the_derives_escape_them() {
        let value = read("{ \"a\" : \"\\u0041\\ud83d\\ude00\\n\" }");
        assert_eq!(value.to_string(), "{\"a\": \"A😀\\u000a\"}");
    }

    #[test]
    fn descriptions_of_schemas_are_not_compared() {
        let schema = "{\"properties\": {\"description\": {\"type\": \"string\", \"description\": \"x\"}}, \"description\": \"y\"}";
        assert_eq!(
            read(schema).line(),
            "{\"properties\": {\"description\": {\"type\": \"string\"}}}"
        );
    }

    #[test]
    fn damaged_text_is_an_error() {
        for text in [
            "",
            "{\"a\": 01}",
            "[\"\\q\"]",
            "[1,]",
            "{\"a\": \"\\ud800\"}",
            "{\"a\": 1, \"b\": 2, \"\\u0061\": 1}",
            "[{\"a\": {\"b\": 1, \"b\": 1}}]",
        ] {
            assert!(serde_json::from_str::<Json>(text).is_err(), "{text}");
        }
    }
}
