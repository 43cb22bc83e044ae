//! The limits of the platform's database: the texts that `jsonb` and `text` take, and the lengths
//! of its columns.
//!
//! The platform does not check them before the database does. A request beyond them fails with 500
//! if the platform writes before it answers, and is lost after its 202 if it writes afterwards.

use super::{Data, Profile, SentIdentifier};
use lunogram_rules::column::{self, Column};
use serde_json::Value;

/// Why the database does not store a value. It displays as a sentence without the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unstorable(String);

impl Unstorable {
    fn nul(path: &str) -> Self {
        Self(format!(
            "{path} has the character U+0000, which the database does not take"
        ))
    }

    fn long(path: &str, count: usize, limit: usize) -> Self {
        Self(format!(
            "{path} has {count} characters, and the database takes {limit}"
        ))
    }

    pub(crate) fn into_reason(self) -> String {
        self.0
    }
}

/// Checks a text in a column.
pub(super) fn text(path: &str, value: &str, column: Column) -> Result<(), Unstorable> {
    bounded(path, value, column.max_chars())
}

/// Checks a text in a column that may be empty.
pub(super) fn optional(path: &str, value: Option<&str>, column: Column) -> Result<(), Unstorable> {
    value.map_or(Ok(()), |value| text(path, value, column))
}

/// Checks a text in a column without a limit.
pub(super) fn unlimited(path: &str, value: &str) -> Result<(), Unstorable> {
    bounded(path, value, usize::MAX)
}

/// Checks the columns beside `data`.
pub(super) fn profile(profile: &Profile) -> Result<(), Unstorable> {
    [
        ("email", &profile.email, column::EMAIL),
        ("phone", &profile.phone, column::PHONE),
        ("timezone", &profile.timezone, column::TIMEZONE),
        ("locale", &profile.locale, column::LOCALE),
        ("name", &profile.name, column::ORGANIZATION_NAME),
    ]
    .into_iter()
    .try_for_each(|(path, value, column)| optional(path, value.as_deref(), column))
}

/// Checks identifiers that are stored; `path` is their place in the request.
pub(super) fn identifiers(path: &str, identifiers: &[SentIdentifier]) -> Result<(), Unstorable> {
    each(path, identifiers, |sent| {
        text("source", &sent.source, column::SOURCE)?;
        text("external_id", &sent.external_id, column::EXTERNAL_ID)?;
        json("metadata", &sent.metadata)
    })
}

/// Checks identifiers that are only looked up: the length of a parameter is not limited.
pub(super) fn look_up(path: &str, identifiers: &[SentIdentifier]) -> Result<(), Unstorable> {
    each(path, identifiers, |sent| {
        unlimited("source", &sent.source)?;
        unlimited("external_id", &sent.external_id)
    })
}

fn each(
    path: &str,
    identifiers: &[SentIdentifier],
    check: impl Fn(&SentIdentifier) -> Result<(), Unstorable>,
) -> Result<(), Unstorable> {
    identifiers
        .iter()
        .enumerate()
        .try_for_each(|(index, sent)| {
            check(sent)
                .map_err(|Unstorable(reason)| Unstorable(format!("{path}[{index}].{reason}")))
        })
}

/// Checks an object whose schema is not learned.
pub(super) fn json(path: &str, data: &Data) -> Result<(), Unstorable> {
    match nul_in_object(data) {
        None => Ok(()),
        Some(inner) => Err(Unstorable::nul(&format!("{path}{inner}"))),
    }
}

/// Checks an object whose schema is learned: the path of each value is stored, too.
pub(super) fn learned(data: &Data) -> Result<(), Unstorable> {
    json("data", data)?;
    let longest = longest_path(data, column::SCHEMA_ROOT.len());
    let limit = column::SCHEMA_PATH.max_chars();
    if longest > limit {
        return Err(Unstorable::long(
            "the path of a key in data",
            longest,
            limit,
        ));
    }
    Ok(())
}

/// The characters of the longest path below an object whose own path has `length` of them. The path
/// of the `sku` in each of `items` is `.data.items[].sku`.
fn longest_path(fields: &Data, length: usize) -> usize {
    let below =
        |(key, value): (&String, &Value)| longest_path_of(value, length + 1 + key.chars().count());
    fields.iter().map(below).max().unwrap_or(length)
}

fn longest_path_of(value: &Value, length: usize) -> usize {
    match value {
        Value::Array(items) => {
            let below = |item| longest_path_of(item, length + "[]".len());
            items.iter().map(below).max().unwrap_or(length)
        }
        Value::Object(fields) => longest_path(fields, length),
        _ => length,
    }
}

/// The path of the first text with U+0000.
fn nul_in_object(fields: &Data) -> Option<String> {
    fields.iter().find_map(|(key, value)| {
        if has_nul(key) {
            return Some(String::new());
        }
        Some(format!(".{key}{}", nul_in_value(value)?))
    })
}

fn nul_in_value(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => has_nul(text).then(String::new),
        Value::Array(items) => items.iter().enumerate().find_map(|(index, item)| {
            let inner = nul_in_value(item)?;
            Some(format!("[{index}]{inner}"))
        }),
        Value::Object(fields) => nul_in_object(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn bounded(path: &str, value: &str, limit: usize) -> Result<(), Unstorable> {
    if has_nul(value) {
        return Err(Unstorable::nul(path));
    }
    // A text has at most as many characters as bytes.
    if value.len() <= limit {
        return Ok(());
    }
    match value.chars().count() {
        count if count > limit => Err(Unstorable::long(path, count, limit)),
        _ => Ok(()),
    }
}

fn has_nul(text: &str) -> bool {
    text.contains('\0')
}
