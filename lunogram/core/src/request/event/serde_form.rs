//! Events as serde values.

use super::Event;
use crate::encode::{Fragment, Json, Writer, check_read, serialize};
use crate::problem::Payload;
use crate::request::name_rule::NameRule;
use crate::request::serde_head;
use crate::subject_kind::SubjectKind;
use crate::typed::{AnyEvent, Identifiers, ReadIdentifiers};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Event {
    /// Writes the event as the API has it, after the part that only the serde value has.
    fn write_serde_form(&self, writer: &mut Writer<'_>) {
        serde_head::write(writer, self.subject, self.name_rule);
        if self.identifier.is_some() || self.matching.is_some() {
            self.write_target(writer);
        }
        self.write_after_subject(writer);
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |writer: &mut Writer<'_>| self.write_serde_form(writer);
        serialize(Payload::Event(AnyEvent::name(self)), &write, serializer)
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Self::from(ReadEvent::deserialize(deserializer)?);
        let write = |writer: &mut Writer<'_>| event.write_serde_form(writer);
        check_read(Payload::Event(AnyEvent::name(&event)), &write)?;
        Ok(event)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an event: an object with `name`, `identifier` or `match`, and `data`"
)]
struct ReadEvent {
    subject: Option<SubjectKind>,
    #[serde(default)]
    raw_name: bool,
    identifier: Option<ReadIdentifiers>,
    #[serde(rename = "match")]
    matching: Option<Json>,
    name: String,
    data: Option<Json>,
}

impl From<ReadEvent> for Event {
    fn from(read: ReadEvent) -> Self {
        let subject = read.subject.unwrap_or(SubjectKind::User);
        let data = Fragment::optional_data(&read.data);
        Self {
            name: read.name.into(),
            name_rule: NameRule::raw_if(read.raw_name),
            subject,
            identifier: read.identifier.map(Identifiers::from),
            matching: read.matching.as_ref().map(Fragment::object),
            // An event about a user without data is written with empty data, which the API
            // requires.
            data: data.filter(|data| subject != SubjectKind::User || !data.is_empty()),
        }
    }
}
