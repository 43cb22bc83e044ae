//! The writer of a payload, whose methods the derived code calls.

use super::scalar::{self, Rule};
use super::value::{Absent, Done};
use super::{
    Buffer, Failure, FlattenSerializer, Fragment, Sources, ValueSerializer, escape, flatten, path,
    schema_path,
};
use crate::problem::Problem;
use lunogram_rules::{ProblemKind, Violation};
use serde::Serialize;
use std::ops::Range;

/// Appends one payload to a buffer, and collects its problems.
///
/// Every key literal begins with its comma (`,"amount":`). The comma is dropped directly after an
/// opening brace.
pub struct Writer<'b> {
    pub(super) out: &'b mut Buffer,
    start: usize,
    /// Whether no property was written yet.
    fresh: bool,
    /// A range of the payload that its reader needs to find again; empty until it is marked.
    marked: Range<usize>,
    pub(super) problems: Vec<Problem>,
    /// How many bytes the schema path of the open array or object has after that of `data`, at
    /// most.
    pub(super) path_length: usize,
    /// Whether a schema path may be longer than the platform stores. The end of the payload counts.
    pub(super) has_long_path: bool,
    /// The levels of the value that are open, such as `data` and the arrays and objects in it.
    pub(super) levels: u16,
    sources: Option<&'static Sources>,
}

impl<'b> Writer<'b> {
    /// Appends to `out`.
    #[inline]
    pub fn new(out: &'b mut Buffer) -> Self {
        Self::with_sources(out, None)
    }

    /// Appends to `out`, and takes the time and the id of an event from `sources`. Without them,
    /// events are written without their time and id.
    #[inline]
    pub fn with_sources(out: &'b mut Buffer, sources: Option<&'static Sources>) -> Self {
        Self {
            start: out.len(),
            out,
            fresh: true,
            marked: 0..0,
            problems: Vec::new(),
            path_length: 0,
            has_long_path: false,
            levels: 0,
            sources,
        }
    }

    /// Ends the payload. With problems, all of it is removed from the buffer.
    ///
    /// # Errors
    /// Every problem that was found.
    #[inline]
    pub fn finish(self) -> Result<(), Vec<Problem>> {
        self.finish_marked().map(drop)
    }

    /// Like [`finish`](Self::finish), but returns the marked range of the buffer.
    #[inline]
    pub(crate) fn finish_marked(self) -> Result<Range<usize>, Vec<Problem>> {
        if self.problems.is_empty() && !self.has_long_path {
            return Ok(self.marked);
        }
        self.finish_with_problems()
    }

    /// Ends a payload that has, or may have, problems.
    #[cold]
    #[inline(never)]
    fn finish_with_problems(mut self) -> Result<Range<usize>, Vec<Problem>> {
        self.end_paths(schema_path::Root::Payload);
        if self.problems.is_empty() {
            return Ok(self.marked);
        }
        self.out.truncate(self.start);
        Err(self.problems)
    }

    /// Writes JSON that was laid out at compile time.
    #[inline]
    pub fn literal(&mut self, json: &'static str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes JSON like [`literal`](Self::literal), in code that does not know its length when it
    /// is compiled.
    #[inline]
    pub(crate) fn unknown_literal(&mut self, json: &'static str) {
        self.out.extend_from_medium(json.as_bytes());
    }

    /// Writes a property; `None` leaves it out.
    #[inline(never)]
    pub fn property<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.out.len();
        let done = value.serialize(ValueSerializer::after(key, self, Absent::LeftOut(start)));
        self.check(key, start, done);
    }

    /// Writes a property; `None` sends `null`.
    #[inline(never)]
    pub fn property_or_null<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.out.len();
        let done = value.serialize(ValueSerializer::after(key, self, Absent::Null));
        self.check(key, start, done);
    }

    /// Writes a number as a string; `None` leaves it out.
    pub fn property_as_string<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.out.len();
        let done = scalar::stringed(self, key, Absent::LeftOut(start), value);
        self.check(key, start, done);
    }

    /// Writes a number as a string; `None` sends `null`.
    pub fn property_as_string_or_null<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
    ) {
        let start = self.out.len();
        let done = scalar::stringed(self, key, Absent::Null, value);
        self.check(key, start, done);
    }

    /// Writes a property with a function of the application (`serialize_with`); `None` leaves it
    /// out.
    pub fn property_with(
        &mut self,
        key: &'static str,
        write: impl FnOnce(ValueSerializer<'_, 'b>) -> Result<(), Failure>,
    ) {
        let start = self.out.len();
        let done = write(ValueSerializer::after(key, self, Absent::LeftOut(start)));
        self.check(key, start, done);
    }

    /// Writes a property with a function of the application (`serialize_with`); `None` sends
    /// `null`.
    pub fn property_with_or_null(
        &mut self,
        key: &'static str,
        write: impl FnOnce(ValueSerializer<'_, 'b>) -> Result<(), Failure>,
    ) {
        let start = self.out.len();
        let done = write(ValueSerializer::after(key, self, Absent::Null));
        self.check(key, start, done);
    }

    /// Writes the entries of a map or struct among the properties. `is_own` returns whether a
    /// property has a key already.
    pub(crate) fn flatten_entries<T: Serialize + ?Sized>(
        &mut self,
        is_own: impl Fn(&str) -> bool,
        value: &T,
    ) {
        let start = self.out.len();
        let done = flatten::entries(self, is_own, value);
        if let Err(failure) = done {
            self.refuse_entries(start, failure);
        }
    }

    /// Writes entries like [`flatten_entries`](Self::flatten_entries), by a function of the
    /// application.
    pub(crate) fn flatten_entries_with(
        &mut self,
        is_own: &dyn Fn(&str) -> bool,
        write: impl FnOnce(FlattenSerializer<'_, 'b, '_>) -> Result<(), Failure>,
    ) {
        let start = self.out.len();
        let done = flatten::entries_with(self, is_own, write);
        if let Err(failure) = done {
            self.refuse_entries(start, failure);
        }
    }

    /// Reports the keys that several flattened values have in common.
    pub(crate) fn report_duplicates(&mut self, is_own: impl Fn(&str) -> bool) {
        flatten::report_duplicates(self, is_own);
    }

    /// Writes a string that has to follow `rule`; `None` leaves it out.
    pub fn text<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T, rule: Rule) {
        let start = self.key(key);
        let done = scalar::checked(self, start, value, rule);
        self.check("", start, done);
    }

    /// Writes a string that has to follow `rule`. `None` writes `default`, a literal with its key.
    pub fn text_or<T: Serialize + ?Sized>(
        &mut self,
        key: &'static str,
        value: &T,
        rule: Rule,
        default: &'static str,
    ) {
        let start = self.out.len();
        self.text(key, value, rule);
        if self.out.len() == start {
            self.literal(default);
        }
    }

    /// Writes a value that has to be a JSON object.
    pub(crate) fn object<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        self.levels = 0;
        let done = value.serialize(ValueSerializer::new(self, Absent::Null));
        self.check("", start, done);
        self.check_object(start);
    }

    /// Writes a value that has to be a JSON object, and returns whether there was one; `None`
    /// writes nothing.
    pub(crate) fn optional_object<T: Serialize + ?Sized>(&mut self, value: &T) -> bool {
        let start = self.out.len();
        self.levels = 0;
        let done = value.serialize(ValueSerializer::new(self, Absent::LeftOut(start)));
        let is_absent = done.is_ok() && self.out.len() == start;
        self.check("", start, done);
        self.check_object(start);
        !is_absent
    }

    /// Reports the value written since `start` if it is not an object.
    fn check_object(&mut self, start: usize) {
        if !matches!(self.out.written().get(start), Some(b'{') | None) {
            self.out.truncate(start);
            self.report(Violation::fixed(
                ProblemKind::NotAnObject,
                "not an object; send a map or a struct with named fields",
            ));
        }
    }

    /// Writes a fragment, and reports its problems.
    pub fn fragment(&mut self, fragment: &Fragment) {
        if !fragment.problems().is_empty() {
            let path = path::at_end(self.written());
            let problems = fragment.problems().iter();
            self.problems
                .extend(problems.map(|problem| problem.under(&path)));
        }
        self.out.extend_from_slice(fragment.json());
    }

    /// Writes a key and a fragment, if there is one.
    pub fn optional_fragment(&mut self, key: &'static str, fragment: Option<&Fragment>) {
        if let Some(fragment) = fragment {
            self.key(key);
            self.fragment(fragment);
        }
    }

    /// Writes a name that has to follow `rule`.
    pub fn named(&mut self, name: &str, rule: Rule) {
        match rule(name) {
            Ok(()) => self.string(name),
            Err(violation) => self.report(violation),
        }
    }

    /// Writes a string without a rule.
    #[inline]
    pub fn string(&mut self, text: &str) {
        self.string_after("", text);
    }

    /// Writes the `Display` output of `value` as a string.
    pub(crate) fn display(&mut self, value: &dyn std::fmt::Display) {
        let start = self.out.len();
        if escape::display(self, value).is_err() {
            self.out.truncate(start);
            self.report(Violation::fixed(
                ProblemKind::Unserializable,
                "the value's `Display` implementation failed",
            ));
        }
    }

    /// The length of the buffer, as a position to [`truncate`](Self::truncate) to.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.out.len()
    }

    /// Takes back everything written since `position`.
    #[inline]
    pub(crate) fn truncate(&mut self, position: usize) {
        self.out.truncate(position);
    }

    /// Marks everything written since `start`, unless something is marked already.
    #[inline]
    pub(crate) fn mark_first(&mut self, start: usize) {
        if self.marked.is_empty() {
            self.marked = start..self.out.len();
        }
    }

    /// Where the time and the id of an event come from, if anywhere.
    pub(crate) fn sources(&self) -> Option<&'static Sources> {
        self.sources
    }

    /// The last byte that was written.
    #[inline]
    #[must_use]
    pub fn last_byte(&self) -> Option<u8> {
        self.out.last()
    }

    pub(crate) fn buffer(&mut self) -> &mut Buffer {
        self.out
    }

    /// Writes JSON that is known to be valid.
    pub fn raw(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// The part of the payload that is written so far.
    pub(super) fn written(&self) -> &[u8] {
        self.out.written().get(self.start..).unwrap_or_default()
    }

    /// Writes a key, and returns its position.
    pub(crate) fn key(&mut self, key: &'static str) -> usize {
        let start = self.out.len();
        let key = self.due(key);
        self.out.extend_from_short(key);
        start
    }

    /// A key as it has to be written here: without its comma directly after an opening brace.
    #[inline]
    pub(super) fn due(&mut self, key: &'static str) -> &'static [u8] {
        match key.as_bytes() {
            [_, bare @ ..] if self.fresh && self.out.last() == Some(b'{') => {
                self.fresh = false;
                bare
            }
            key => key,
        }
    }

    #[inline]
    fn check(&mut self, key: &'static str, start: usize, done: Done) {
        if let Err(failure) = done {
            self.refuse(key, start, failure);
        }
    }
}
