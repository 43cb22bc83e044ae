//! A part of a payload that is encoded before the rest is known.

use super::{Buffer, Writer};
use crate::problem::Problem;
use serde::Serialize;

/// A checked JSON value with the problems that were found in it; they come up when the whole payload is encoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fragment {
    json: Vec<u8>,
    problems: Vec<Problem>,
}

impl Fragment {
    /// Any value that serializes to a JSON object.
    pub(crate) fn object<T: Serialize + ?Sized>(value: &T) -> Self {
        Self::of(|writer| writer.object(value))
    }

    /// Whatever `write` writes.
    pub(crate) fn of(write: impl FnOnce(&mut Writer<'_>)) -> Self {
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

    /// Whether it is the object without entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.json == b"{}" && self.problems.is_empty()
    }

    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }
}
