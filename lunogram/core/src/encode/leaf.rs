//! Strings, numbers and booleans, each written together with its key. Most events consist of these,
//! so the fast path of each function calls no other function.

use super::{Writer, escape, number};
use lunogram_rules::Violation;
use lunogram_rules::number::{MAX_SAFE_INTEGER, not_finite, unsafe_integer};

impl Writer<'_> {
    /// Writes a key and a string.
    pub(super) fn string_after(&mut self, key: &'static str, text: &str) {
        let key = self.due(key);
        escape::string(self, key, text);
    }

    /// Writes JSON that was laid out at compile time, and a string.
    #[inline]
    pub(crate) fn literal_and_string(&mut self, json: &'static str, text: &str) {
        escape::string(self, json.as_bytes(), text);
    }

    pub(super) fn boolean(&mut self, key: &'static str, value: bool) {
        let key = self.due(key);
        let text = if value {
            *b"true\0\0\0\0"
        } else {
            *b"false\0\0\0"
        };
        let length = if value { 4 } else { 5 };
        self.out
            .extend_from_word(key, u64::from_le_bytes(text), length);
    }

    pub(super) fn signed(&mut self, key: &'static str, value: i64) {
        if let Ok(value) = u64::try_from(value) {
            return self.unsigned(key, value);
        }
        self.key(key);
        if value.unsigned_abs() > MAX_SAFE_INTEGER {
            self.report(unsafe_integer());
        } else {
            number::integer(self.out, value);
        }
    }

    pub(super) fn unsigned(&mut self, key: &'static str, value: u64) {
        if value > MAX_SAFE_INTEGER {
            self.refuse_number(key, unsafe_integer());
        } else {
            let key = self.due(key);
            number::unsigned(self.out, key, value);
        }
    }

    pub(super) fn wide(&mut self, magnitude: u128, value: impl itoa::Integer) {
        if magnitude > u128::from(MAX_SAFE_INTEGER) {
            self.report(unsafe_integer());
        } else {
            number::integer(self.out, value);
        }
    }

    pub(super) fn single(&mut self, value: f32) {
        if value.is_finite() {
            number::float(self.out, value);
        } else {
            self.report(not_finite());
        }
    }

    pub(super) fn double(&mut self, key: &'static str, value: f64) {
        let due = self.due(key);
        if !number::hundredths(self.out, due, value) {
            self.other_double(due, value);
        }
    }

    #[inline(never)]
    fn other_double(&mut self, key: &[u8], value: f64) {
        self.out.extend_from_short(key);
        if value.is_finite() {
            number::float(self.out, value);
        } else {
            self.report(not_finite());
        }
    }

    #[cold]
    #[inline(never)]
    fn refuse_number(&mut self, key: &'static str, violation: Violation) {
        self.key(key);
        self.report(violation);
    }
}
