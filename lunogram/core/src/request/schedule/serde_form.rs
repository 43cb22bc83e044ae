//! Schedules as serde values.

use super::ScheduleRequest;
use crate::encode::{Fragment, Json, Writer, check_read, serialize};
use crate::problem::Payload;
use crate::request::name_rule::NameRule;
use crate::request::serde_head;
use crate::subject_kind::SubjectKind;
use crate::typed::{AnySchedule, ReadIdentifiers, encoded_moment, write_interval};
use chrono::{DateTime, FixedOffset};
use lunogram_rules::{ProblemKind, Violation};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

impl ScheduleRequest {
    /// Writes the request as the API has it, after the part that only the serde value has.
    fn write_serde_form(&self, writer: &mut Writer<'_>) {
        serde_head::write(writer, self.subject, self.name_rule);
        writer.literal("\"identifier\":");
        self.identifier.encode(writer);
        self.write_after_identifiers(writer);
    }

    /// Reports what only a request that was read can have: the constructors exclude it.
    fn report_timing(&self, writer: &mut Writer<'_>) {
        let violation = match (&self.scheduled_at, &self.interval) {
            (Some(_), None) | (None, Some(_)) => return,
            (None, None) => Violation::fixed(
                ProblemKind::Missing,
                "the schedule would never fire; add `scheduled_at`, or for a recurring schedule `interval`",
            ),
            (Some(_), Some(_)) => Violation::fixed(
                ProblemKind::Conflict,
                "a schedule that fires once has no `interval`; leave it out, or replace `scheduled_at` by `start_at`",
            ),
        };
        writer.report_at_end(violation);
    }
}

impl Serialize for ScheduleRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |writer: &mut Writer<'_>| self.write_serde_form(writer);
        serialize(
            Payload::Schedule(AnySchedule::name(self)),
            &write,
            serializer,
        )
    }
}

impl<'de> Deserialize<'de> for ScheduleRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::from(ReadSchedule::deserialize(deserializer)?);
        let write = |writer: &mut Writer<'_>| {
            request.write_serde_form(writer);
            request.report_timing(writer);
        };
        check_read(Payload::Schedule(AnySchedule::name(&request)), &write)?;
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a schedule: an object with `name`, `identifier`, and `scheduled_at` or `interval`"
)]
struct ReadSchedule {
    subject: Option<SubjectKind>,
    #[serde(default)]
    raw_name: bool,
    identifier: ReadIdentifiers,
    name: String,
    scheduled_at: Option<String>,
    start_at: Option<String>,
    interval: Option<String>,
    id: Option<Uuid>,
    data: Option<Json>,
}

impl From<ReadSchedule> for ScheduleRequest {
    fn from(read: ReadSchedule) -> Self {
        Self {
            name: read.name.into(),
            name_rule: NameRule::raw_if(read.raw_name),
            subject: read.subject.unwrap_or(SubjectKind::User),
            identifier: read.identifier.into(),
            id: read.id,
            scheduled_at: read.scheduled_at.and_then(|text| moment(&text)),
            start_at: read.start_at.and_then(|text| moment(&text)),
            interval: read
                .interval
                .map(|interval| Fragment::of(|writer| write_interval(writer, &interval))),
            data: Fragment::optional_data(&read.data),
        }
    }
}

/// Reads a moment. A wrong text becomes a problem of the fragment, so that it is reported with its
/// path and with the other problems.
fn moment(text: &str) -> Option<Fragment> {
    match text.parse::<DateTime<FixedOffset>>() {
        Ok(moment) => encoded_moment(&moment),
        Err(_) => Some(Fragment::of(|writer| {
            writer.report(Violation::fixed(
                ProblemKind::OutOfRange,
                "not a moment in RFC 3339; write one such as `2030-01-02T03:04:05Z`",
            ));
        })),
    }
}
