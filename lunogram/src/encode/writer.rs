//! The sequence of calls that a derive expands to.

use super::scalar::{self, Rule};
use super::value::{Absent, Done};
use super::{Buffer, Failure, Fragment, ValueSerializer, escape, flatten, moment, path};
use crate::problem::Problem;
use crate::typed::{
    ExternalIdField, IntervalField, MomentField, Name, ScheduleIdField, ScheduledAtField,
};
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
    pub(super) problems: Vec<Problem>,
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
            self.subject = start..self.out.len();
        } else {
            self.literal("{\"identifier\":[");
        }
    }

    /// Writes one identifier, `open` being its literal up to the external id; `None` leaves it out.
    #[inline]
    pub fn identifier<T: ExternalIdField + ?Sized>(&mut self, open: &'static str, value: &T) {
        let start = self.out.len();
        if self.has_identifier() {
            self.literal("},");
        }
        if !value.write_identifier(open, self) {
            self.out.truncate(start);
        }
    }

    /// Whether an identifier is open, behind its external id.
    #[inline]
    fn has_identifier(&self) -> bool {
        self.out.last() != Some(b'[')
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

    /// Closes the last identifier and their list with `rest`, and goes on with it.
    pub fn end_identifiers(&mut self, rest: &'static str) {
        if !self.has_identifier() {
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

    /// Writes a checked string of its own, outside any rule.
    pub(crate) fn string(&mut self, text: &str) {
        self.string_behind("", text);
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

    /// Writes a key and returns where it starts.
    pub(super) fn key(&mut self, key: &'static str) -> usize {
        let start = self.out.len();
        let key = self.due(key);
        self.out.extend_from_short(key);
        start
    }

    /// A key as it is due here: behind an opening brace without the comma.
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
            self.refuse(key, start, &failure);
        }
    }
}

/// How JSON writes the empty string.
const EMPTY_STRING: &str = "\"\"";
