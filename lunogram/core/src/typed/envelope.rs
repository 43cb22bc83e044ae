//! The envelopes of payloads: the parts that derived code writes around the properties.

use super::keys::{Name, names};
use super::moment::write_moment;
use super::{ExternalIdField, ScheduleIdField};
use crate::encode::{Failure, FlattenSerializer, Writer};
use crate::values::{OptionalMoment, ToInterval, ToMoment};
use lunogram_rules::{ProblemKind, Violation, external_id};
use serde::Serialize;
use std::fmt::Display;

/// The JSON before and after an external id. The second part is empty if another identifier may
/// follow.
pub type Around = &'static [&'static str; 2];

/// The start of a list of identifiers whose first one is left out.
const OPENING: &str = "{\"identifier\":[";

impl Writer<'_> {
    /// Writes the only identifier of a payload, from its opening brace to the first property.
    #[inline]
    pub fn only_identifier<T: ExternalIdField + ?Sized>(&mut self, around: Around, value: &T) {
        if !value.write_identifier(around, self) {
            self.without_identifier(around);
        }
    }

    #[cold]
    fn without_identifier(&mut self, &[_, rest]: Around) {
        self.literal(OPENING);
        self.end_identifiers(rest);
    }

    /// Writes the first of several identifiers, and what stands before it in the payload. `None`
    /// leaves the identifier out, but not the start of the list.
    #[inline]
    pub fn first_identifier<T: ExternalIdField + ?Sized>(&mut self, around: Around, value: &T) {
        if !value.write_identifier(around, self) {
            self.literal(OPENING);
        }
    }

    /// Writes one more identifier. `None` leaves it out.
    #[inline]
    pub fn identifier<T: ExternalIdField + ?Sized>(&mut self, around: Around, value: &T) {
        let start = self.position();
        if self.has_identifier() {
            self.literal("},");
        }
        if !value.write_identifier(around, self) {
            self.truncate(start);
        }
    }

    /// Whether an identifier was written; its object is still open.
    #[inline]
    fn has_identifier(&self) -> bool {
        self.last_byte() != Some(b'[')
    }

    /// Writes `rest`, which closes the last identifier and the list. This crate does it, so that
    /// the code exists once and not in every derived type.
    #[inline(never)]
    pub fn end_identifiers(&mut self, rest: &'static str) {
        if !self.has_identifier() {
            self.no_identifier();
        }
        self.unknown_literal(rest);
    }

    /// Closes the data and the event. This crate does it, so that the code exists once and not in
    /// every derived type.
    pub fn end_event(&mut self) {
        self.literal("}}");
    }

    /// Writes the entries of a map or struct among the properties. `own` is the list of the
    /// properties' keys.
    pub fn flatten<T: Serialize + ?Sized>(&mut self, own: Name, value: &T) {
        self.flatten_entries(is_in(own), value);
    }

    /// Writes a second or later flattened value, which must not repeat a key of an earlier one.
    pub fn flatten_another<T: Serialize + ?Sized>(&mut self, own: Name, value: &T) {
        self.flatten(own, value);
        self.report_duplicates(is_in(own));
    }

    /// Writes a moment in RFC 3339; `None` leaves it out.
    pub fn moment<T: OptionalMoment + ?Sized>(&mut self, key: &'static str, value: &T) {
        if let Some(moment) = value.to_optional_moment() {
            self.key(key);
            write_moment(self, moment);
        }
    }

    /// Writes the moment of a one-time schedule, in RFC 3339.
    pub fn scheduled_at<T: ToMoment + ?Sized>(&mut self, key: &'static str, value: &T) {
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
    pub fn interval<T: ToInterval + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.key(key);
        write_interval(self, value);
    }

    /// Writes an external id with what stands around it, and marks the first one. The search for
    /// characters that need escaping covers U+0000.
    // Not inline: the literals, the rule and the string would be half of the code of each type.
    #[inline(never)]
    pub(crate) fn external_id(&mut self, &[open, rest]: Around, id: &str) {
        let start = self.position() + open.len();
        if external_id::is_usual(id) {
            self.literal_and_string(open, id);
        } else {
            self.literal(open);
            self.unusual_external_id(id);
        }
        self.mark_first(start);
        self.unknown_literal(rest);
    }

    /// Writes an external id like [`external_id`](Self::external_id), of a type whose `Display`
    /// output needs no check.
    pub(crate) fn displayed_id(&mut self, &[open, rest]: Around, id: &dyn Display) {
        let start = self.position() + open.len();
        self.literal(open);
        self.display(id);
        self.mark_first(start);
        self.literal(rest);
    }

    #[cold]
    #[inline(never)]
    fn unusual_external_id(&mut self, id: &str) {
        self.named(id, external_id::check);
    }

    #[cold]
    fn no_identifier(&mut self) {
        let path = self.path();
        let path = path.strip_suffix("[0]").unwrap_or(&path).to_owned();
        self.report_at(
            path,
            Violation::fixed(
                ProblemKind::NoSubject,
                "no identifier: every external id is `None`; set at least one of them",
            ),
        );
        self.raw(b"{");
    }
}

impl<'b> Writer<'b> {
    /// Writes the entries of a flattened value like [`flatten`](Self::flatten), by a function of
    /// the application (`serialize_with`).
    pub fn flatten_with(
        &mut self,
        own: Name,
        write: impl FnOnce(FlattenSerializer<'_, 'b, '_>) -> Result<(), Failure>,
    ) {
        self.flatten_entries_with(&is_in(own), write);
    }

    /// Writes a second or later flattened value by a function of the application.
    pub fn flatten_another_with(
        &mut self,
        own: Name,
        write: impl FnOnce(FlattenSerializer<'_, 'b, '_>) -> Result<(), Failure>,
    ) {
        self.flatten_with(own, write);
        self.report_duplicates(is_in(own));
    }
}

/// Writes an interval, or reports its problem.
pub(crate) fn write_interval<T: ToInterval + ?Sized>(writer: &mut Writer<'_>, value: &T) {
    match value.to_interval() {
        Ok(interval) => writer.string(&interval),
        Err(violation) => writer.report(violation),
    }
}

fn is_in(list: Name) -> impl Fn(&str) -> bool {
    move |key| names(list).any(|name| name == key)
}
