//! Reads a JSON body field by field and keeps track of the path for error messages.

use crate::testing::store::Data;
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::fmt;
use uuid::Uuid;

/// A request without the shape that its operation requires: the path of the error, and the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    part: Part,
    path: String,
    problem: String,
}

/// The part of a request that an error is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Body,
    Query,
    Path,
}

impl Malformed {
    pub(super) fn new(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::of(Part::Body, path, problem)
    }

    /// An error in the query parameter `name`.
    pub(super) fn in_query(name: &str, problem: impl Into<String>) -> Self {
        Self::of(Part::Query, name, problem)
    }

    /// An error in the path parameter `name`.
    pub(super) fn in_path(name: &str, problem: impl Into<String>) -> Self {
        Self::of(Part::Path, name, problem)
    }

    fn of(part: Part, path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            part,
            path: path.into(),
            problem: problem.into(),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, problem, .. } = self;
        match self.part {
            Part::Body => write!(f, "request body has an error: \"{path}\" {problem}"),
            Part::Query => write!(f, "parameter \"{path}\" in query {problem}"),
            Part::Path => write!(f, "parameter \"{path}\" in path {problem}"),
        }
    }
}

/// Whether an optional field accepts `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Null {
    /// `null` is read as if the field were absent.
    Allowed,
    /// `null` is an error.
    Refused,
}

/// The fields of one JSON object. Unknown fields are ignored, as on the platform.
pub(super) struct Fields<'a> {
    path: String,
    fields: &'a Data,
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, path: impl Into<String>) -> Result<Self, Malformed> {
        let path = path.into();
        match value {
            Value::Object(fields) => Ok(Self { path, fields }),
            _ => Err(Malformed::new(path, "must be an object")),
        }
    }

    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// The field's value; `None` if it is absent, or an allowed `null`.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        null: Null,
        read: impl FnOnce(&'a Value, String) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::Null) if null == Null::Allowed => Ok(None),
            Some(value) => read(value, self.path(name)).map(Some),
        }
    }

    /// The field's value; an absent field is an error.
    pub(super) fn required<T>(
        &self,
        name: &str,
        read: impl FnOnce(&'a Value, String) -> Result<T, Malformed>,
    ) -> Result<T, Malformed> {
        self.optional(name, Null::Refused, read)?
            .ok_or_else(|| Malformed::new(self.path(name), "is missing"))
    }
}

/// Reads each item of an array, which must not be empty.
pub(super) fn items<'a, T>(
    value: &'a Value,
    path: &str,
    read: impl Fn(&'a Value, String) -> Result<T, Malformed>,
) -> Result<Vec<T>, Malformed> {
    let Value::Array(items) = value else {
        return Err(Malformed::new(path, "must be an array"));
    };
    if items.is_empty() {
        return Err(Malformed::new(path, "must have at least one item"));
    }
    items
        .iter()
        .enumerate()
        .map(|(index, item)| read(item, format!("{path}/{index}")))
        .collect()
}

pub(super) fn string(value: &Value, path: String) -> Result<String, Malformed> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| Malformed::new(path, "must be a string"))
}

/// Reads a string that passes `is_valid`; `problem` is the error of one that does not.
pub(super) fn string_where(
    is_valid: impl FnOnce(&str) -> bool,
    problem: &'static str,
) -> impl FnOnce(&Value, String) -> Result<String, Malformed> {
    move |value, path| {
        let text = string(value, path.clone())?;
        if is_valid(&text) {
            Ok(text)
        } else {
            Err(Malformed::new(path, problem))
        }
    }
}

pub(super) fn object(value: &Value, path: String) -> Result<Data, Malformed> {
    value
        .as_object()
        .cloned()
        .ok_or_else(|| Malformed::new(path, "must be an object"))
}

pub(super) fn uuid(value: &Value, path: String) -> Result<Uuid, Malformed> {
    value
        .as_str()
        .and_then(|text| Uuid::try_parse(text).ok())
        .ok_or_else(|| Malformed::new(path, "must be a UUID"))
}

pub(super) fn date_time(value: &Value, path: String) -> Result<DateTime<Utc>, Malformed> {
    // The platform's parser takes upper-case letters only, and no leap second.
    let is_strict = |text: &&str| text.bytes().all(|byte| !matches!(byte, b't' | b'z' | b' '));
    let is_leap_second = |moment: &DateTime<Utc>| moment.timestamp_subsec_nanos() >= 1_000_000_000;
    value
        .as_str()
        .filter(is_strict)
        .and_then(|text| DateTime::parse_from_rfc3339(text).ok())
        .map(|moment| moment.to_utc())
        .filter(|moment| !is_leap_second(moment))
        .ok_or_else(|| Malformed::new(path, "must be a date and time as in RFC 3339"))
}
