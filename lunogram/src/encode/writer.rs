//! The sequence of calls that a derive expands to.

use super::scalar::{self, Rule};
use super::value::{Absent, Done};
use super::{Buffer, Failure, Fragment, ValueSerializer, escape, flatten, moment, number, path};
use crate::problem::Problem;
use crate::typed::{
    ExternalIdField, IntervalField, MomentField, Name, ScheduleIdField, ScheduledAtField,
};
use lunogram_rules::number::{MAX_SAFE_INTEGER, not_finite, unsafe_integer};
use lunogram_rules::{Violation, external_id};
use serde::Serialize;
use std::ops::Range;

/// Appends one payload to a buffer, and collects what is wrong with it.
///
/// Every key literal is written with its comma in front (`,"amount":`); it is dropped right behind an opening brace.
pub struct Writer<'b> {
    pub(super) out: &'b mut Buffer,
    start: usize,
    /// No property was written yet.
    fresh: bool,
    /// Where the first external id stands, as a JSON string; nowhere while that is not known.
    subject: Range<usize>,
    problems: Vec<Problem>,
}

impl<'b> Writer<'b> {
    /// Writes behind what `out` holds.
    #[inline]
    pub fn new(out: &'b mut Buffer) -> Self {
        Self {
            start: out.len(),
            out,
            fresh: true,
            subject: 0..0,
            problems: Vec::new(),
        }
    }

    /// Ends the payload. With problems, nothing of it stays in the buffer.
    ///
    /// # Errors
    /// Every problem that was found.
    #[inline]
    pub fn finish(self) -> Result<(), Vec<Problem>> {
        self.finish_of().map(drop)
    }

    /// The same, and tells where in the buffer the first external id stands, if that is known.
    #[inline]
    pub(super) fn finish_of(self) -> Result<Range<usize>, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(self.subject);
        }
        self.out.truncate(self.start);
        Err(self.problems)
    }

    /// Writes JSON that was laid out at compile time.
    #[inline]
    pub fn literal(&mut self, json: &'static str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes a property; `None` leaves it out.
    #[inline(never)]
    pub fn property<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.out.len();
        let done = value.serialize(ValueSerializer::behind(key, self, Absent::LeftOut(start)));
        self.check(key, start, done);
    }

    /// Writes a property; `None` sends `null`.
    #[inline(never)]
    pub fn property_or_null<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.out.len();
        let done = value.serialize(ValueSerializer::behind(key, self, Absent::Null));
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

    /// Writes a property by a function of the application's (`serialize_with`); `None` leaves it out.
    pub fn property_with(
        &mut self,
        key: &'static str,
        write: impl FnOnce(ValueSerializer<'_, 'b>) -> Result<(), Failure>,
    ) {
        let start = self.out.len();
        let done = write(ValueSerializer::behind(key, self, Absent::LeftOut(start)));
        self.check(key, start, done);
    }

    /// Writes a property by a function of the application's (`serialize_with`); `None` sends `null`.
    pub fn property_with_or_null(
        &mut self,
        key: &'static str,
        write: impl FnOnce(ValueSerializer<'_, 'b>) -> Result<(), Failure>,
    ) {
        let start = self.out.len();
        let done = write(ValueSerializer::behind(key, self, Absent::Null));
        self.check(key, start, done);
    }

    /// Writes the entries of a map or struct among the properties; `own` are the names of those.
    pub fn flatten<T: Serialize + ?Sized>(&mut self, own: Name, value: &T) {
        let start = self.out.len();
        let done = flatten::entries(self, own, value);
        self.check("", start, done);
    }

    /// The same for every flattened value behind the first, which must not repeat a name of the earlier ones either.
    pub fn flatten_another<T: Serialize + ?Sized>(&mut self, own: Name, value: &T) {
        self.flatten(own, value);
        flatten::report_twins(self, own);
    }

    /// Writes the first identifier, `open` being its literal from the payload's opening brace up to the external id. `None`
    /// leaves it out, and not what stands before it.
    #[inline]
    pub fn first_identifier<T: ExternalIdField + ?Sized>(&mut self, open: &'static str, value: &T) {
        let start = self.out.len() + open.len();
        if value.write_identifier(open, self) {
            self.subject = start..self.out.len() - END_OF_IDENTIFIER.len();
        } else {
            self.literal("{\"identifier\":[");
        }
    }

    /// Writes one identifier, `open` being its literal up to the external id; `None` leaves it out.
    #[inline]
    pub fn identifier<T: ExternalIdField + ?Sized>(&mut self, open: &'static str, value: &T) {
        value.write_identifier(open, self);
    }

    /// Writes what time it is.
    pub fn occurred_at(&mut self, key: &'static str) {
        self.key(key);
        moment::now(self.out);
    }

    /// Closes the data and the event, which no derive does: that is once in this crate, and not once for each type.
    pub fn end_event(&mut self) {
        self.literal("}}");
    }

    /// Closes the list of identifiers and goes on with `rest`.
    #[inline]
    pub fn end_identifiers(&mut self, rest: &'static str) {
        if self.out.last() == Some(b',') {
            self.out.replace_last(b']');
        } else {
            self.no_identifier();
        }
        self.literal(rest);
    }

    /// Writes a string that has to keep `rule`; `None` leaves it out.
    pub fn text<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T, rule: Rule) {
        let start = self.key(key);
        let done = scalar::checked(self, start, value, rule);
        self.check("", start, done);
    }

    /// Writes a string that has to keep `rule`; in the place of `None` stands `default`, a literal with its key.
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

    /// Writes a moment in RFC 3339; `None` leaves it out.
    pub fn moment<T: MomentField + ?Sized>(&mut self, key: &'static str, value: &T) {
        let start = self.key(key);
        if !value.write_moment(self) {
            self.out.truncate(start);
        }
    }

    /// Writes the moment of a single schedule, in RFC 3339.
    pub fn scheduled_at<T: ScheduledAtField + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.moment(key, value);
    }

    /// Writes the id of one assignment of a schedule; `None` leaves it out.
    pub fn schedule_id<T: ScheduleIdField + ?Sized>(&mut self, key: &'static str, value: &T) {
        if let Some(id) = value.id() {
            self.key(key);
            self.display(&id);
        }
    }

    /// Writes the interval of a recurring schedule.
    pub fn interval<T: IntervalField + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.key(key);
        value.write_interval(self);
    }

    /// Writes a value that has to be a JSON object.
    pub(crate) fn object<T: Serialize + ?Sized>(&mut self, value: &T) {
        let start = self.out.len();
        let done = value.serialize(ValueSerializer::new(self, Absent::Null));
        self.check("", start, done);
        if !matches!(self.out.written().get(start), Some(b'{') | None) {
            self.out.truncate(start);
            self.report("not an object; send a map or a struct with named fields");
        }
    }

    /// Writes what was encoded before, problems included.
    pub(crate) fn fragment(&mut self, fragment: &Fragment) {
        if !fragment.problems().is_empty() {
            let path = path::at_end(self.written());
            let problems = fragment.problems().iter();
            self.problems
                .extend(problems.map(|problem| problem.under(&path)));
        }
        self.out.extend_from_slice(fragment.json());
    }

    /// Writes what was encoded before behind its key, if there is any.
    pub(crate) fn optional_fragment(&mut self, key: &'static str, fragment: Option<&Fragment>) {
        if let Some(fragment) = fragment {
            self.key(key);
            self.fragment(fragment);
        }
    }

    /// Writes a name that has to keep `rule`.
    pub(crate) fn named(&mut self, name: &str, rule: Rule) {
        match rule(name) {
            Ok(()) => self.string(name),
            Err(violation) => self.report(violation),
        }
    }

    /// Notes a problem of the value that would come next, and writes a placeholder for it.
    #[cold]
    pub(crate) fn report(&mut self, message: impl std::fmt::Display) {
        self.report_at_end(message);
        self.literal("null");
    }

    /// Notes a problem of what was just written.
    #[cold]
    pub(crate) fn report_at_end(&mut self, message: impl std::fmt::Display) {
        let path = path::at_end(self.written());
        self.problems.push(Problem::new(path, message));
    }

    /// Notes a problem of the object that is open, rather than of a value in it.
    #[cold]
    pub(super) fn report_in_object(&mut self, message: impl std::fmt::Display) {
        let path = path::of_object_at_end(self.written());
        self.problems.push(Problem::new(path, message));
    }

    /// Writes a checked string of its own, outside any rule.
    pub(crate) fn string(&mut self, text: &str) {
        escape::string(self.out, b"", text);
    }

    /// Writes what `value` displays as a string, and tells whether that is empty.
    pub(crate) fn display(&mut self, value: &dyn std::fmt::Display) -> bool {
        let start = self.out.len();
        if escape::display(self.out, value).is_err() {
            self.out.truncate(start);
            self.report("its `Display` failed");
        }
        self.out.len() - start == EMPTY_STRING.len()
    }

    /// The payload as far as it stands.
    pub(super) fn written(&self) -> &[u8] {
        self.out.written().get(self.start..).unwrap_or_default()
    }

    /// Writes a string behind its key.
    pub(super) fn string_behind(&mut self, key: &'static str, text: &str) {
        let key = self.due(key);
        escape::string(self.out, key, text);
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

    /// Writes a key and returns where it starts.
    #[inline]
    pub(super) fn key(&mut self, key: &'static str) -> usize {
        let start = self.out.len();
        let key = self.due(key);
        self.out.extend_from_short(key);
        start
    }

    /// A key as it is due here: behind an opening brace without the comma.
    #[inline]
    fn due(&mut self, key: &'static str) -> &'static [u8] {
        if self.fresh {
            return self.due_first(key);
        }
        key.as_bytes()
    }

    #[inline(never)]
    fn due_first(&mut self, key: &'static str) -> &'static [u8] {
        match key.as_bytes() {
            [_, bare @ ..] if self.out.last() == Some(b'{') => {
                self.fresh = false;
                bare
            }
            key => key,
        }
    }

    #[inline]
    fn check(&mut self, key: &'static str, start: usize, done: Done) {
        if let Err(failure) = done {
            self.refuse(key, start, &failure);
        }
    }

    /// The path is read before the half-written value goes. Where nothing of it was written, its key was not either.
    #[cold]
    fn refuse(&mut self, key: &'static str, start: usize, failure: &Failure) {
        if self.out.len() == start {
            self.key(key);
        }
        self.report_at_end(failure);
        self.out.truncate(start);
    }

    #[cold]
    pub(crate) fn empty_external_id(&mut self) {
        self.report_at_end(
            external_id::check("").expect_err("an empty external id breaks the rule"),
        );
    }

    #[cold]
    fn no_identifier(&mut self) {
        let path = path::at_end(self.written());
        let path = path.strip_suffix("[0]").unwrap_or(&path).to_owned();
        self.problems.push(Problem::new(
            path,
            "no identifier: every external id is `None`; give one of them a value",
        ));
        self.out.push(b']');
    }
}

/// What stands behind an external id.
pub(crate) const END_OF_IDENTIFIER: &str = "},";

/// How JSON writes the empty string.
const EMPTY_STRING: &str = "\"\"";
