//! Parts of a payload that are encoded before the rest is known.

use super::schema_path::Root;
use super::{Buffer, Writer};
use crate::problem::Problem;
use serde::Serialize;

/// An encoded JSON value with its problems, which are reported when the whole payload is encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    json: Vec<u8>,
    problems: Vec<Problem>,
}

impl Fragment {
    /// Encodes a value that has to be a JSON object, and whose schema the platform does not learn.
    pub fn object<T: Serialize + ?Sized>(value: &T) -> Self {
        Self::of(|writer| {
            writer.object(value);
            writer.ignore_paths();
        })
    }

    /// Encodes a value that has to be a JSON object, and whose schema the platform does not learn;
    /// `None` if it is `None`.
    pub fn optional_object<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        Self::optional(value, None)
    }

    /// Encodes the value of `data`, which has to be a JSON object, and whose schema the platform
    /// learns; `None` if it is `None`.
    pub fn optional_data<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        Self::optional(value, Some(Root::Data))
    }

    fn optional<T: Serialize + ?Sized>(value: &T, schema: Option<Root>) -> Option<Self> {
        let mut is_present = false;
        let fragment = Self::of(|writer| {
            is_present = writer.optional_object(value);
            match schema {
                Some(root) => writer.end_paths(root),
                None => writer.ignore_paths(),
            }
        });
        is_present.then_some(fragment)
    }

    /// Encodes the value that `write` writes.
    pub fn of(write: impl FnOnce(&mut Writer<'_>)) -> Self {
        let mut json = Buffer::default();
        let mut writer = Writer::new(&mut json);
        write(&mut writer);
        match writer.finish() {
            Ok(()) => Self {
                json: json.into_written(),
                problems: Vec::new(),
            },
            Err(problems) => Self {
                json: b"{}".to_vec(),
                problems,
            },
        }
    }

    /// Whether it is the empty object.
    pub(crate) fn is_empty(&self) -> bool {
        self.json == b"{}" && self.problems.is_empty()
    }

    /// The value as JSON; `{}` if it has problems.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        &self.json
    }

    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }
}
