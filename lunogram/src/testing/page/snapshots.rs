//! Rows of the sections that show current state. A row's key is the server's id.

use super::row::{MAX_NAMED, Row, identified, name};
use crate::model::InboxSource;
use crate::model::StoredIdentifier;
use crate::testing::api::timestamp;
use crate::testing::store::{
    Data, StoredDevice, StoredInboxMessage, StoredPush, StoredSchedule, StoredSubject,
};
use serde_json::{Map, Value, json};

pub(super) fn user(user: &StoredSubject, devices: &[StoredDevice]) -> Row {
    let profile = &user.profile;
    let contact = profile.email.as_deref().or(profile.phone.as_deref());
    let count = Some(devices.len()).filter(|count| *count > 0);
    let row = subject(user, contact, ("devices", count));
    if devices.is_empty() {
        return row;
    }
    let devices: Vec<_> = devices.iter().take(MAX_NAMED).map(device).collect();
    row.text("devices", &devices)
}

pub(super) fn organization<'a>(
    organization: &StoredSubject,
    members: impl ExactSizeIterator<Item = (&'a [StoredIdentifier], &'a Data)>,
) -> Row {
    let count = members.len();
    let company = organization.profile.name.as_deref();
    let row = subject(organization, company, ("members", Some(count)));
    if count == 0 {
        return row;
    }
    let members: Map<_, _> = members
        .take(MAX_NAMED)
        .map(|(identifiers, data)| {
            let user = identifiers.first().map(name).unwrap_or_default();
            (user, Value::Object(data.clone()))
        })
        .collect();
    let heading = if count > MAX_NAMED {
        "the first members"
    } else {
        "members"
    };
    row.text(heading, &members)
}

/// The row that users and organizations share; `related` is a count of their devices or members.
fn subject(
    subject: &StoredSubject,
    about: Option<&str>,
    related: (&'static str, Option<usize>),
) -> Row {
    let first = subject.identifiers.first().map(name).unwrap_or_default();
    let mut row = Row::new(
        subject.id.to_string(),
        subject.updated_at,
        format!("v{}", subject.version),
        &first,
    )
    .about(about.unwrap_or_default())
    .identifiers(&subject.identifiers);
    for (column, value) in subject.profile.columns() {
        let label = if column == "timezone" {
            "time zone"
        } else {
            column
        };
        row = row.fact(label, Some(value));
    }
    row.fact(related.0, related.1)
        .fact("version", Some(subject.version))
        .fact("created", Some(timestamp(subject.created_at)))
        .fact("id", Some(subject.id))
        .text("data", &subject.data)
        .metadata(&subject.identifiers)
}

/// A device without its push credentials.
fn device(device: &StoredDevice) -> Value {
    let os = match &device.push {
        StoredPush::Ios(_) => "ios",
        StoredPush::Android(_) => "android",
        StoredPush::Web(_) => "web",
    };
    json!({
        "device_id": device.device_id,
        "os": os,
        "os_version": device.os_version,
        "model": device.model,
        "app_version": device.app_version,
        "data": device.data,
    })
}

pub(super) fn schedule(schedule: &StoredSchedule, subject: &[StoredIdentifier]) -> Row {
    let when = match (&schedule.interval, schedule.scheduled_at) {
        (Some(interval), _) => format!("every {interval}"),
        (None, Some(at)) => format!("once, {}", timestamp(at)),
        (None, None) => String::new(),
    };
    let subject_name = subject.first().map(name).unwrap_or_default();
    Row::new(
        schedule.id.to_string(),
        schedule.updated_at,
        schedule.subject.as_str(),
        &schedule.name,
    )
    .about(format!("{subject_name} · {when}"))
    .fact(schedule.subject.as_str(), Some(subject_name))
    .fact("interval", schedule.interval.as_ref())
    .fact("from", schedule.start_at.map(timestamp))
    .fact("fires", schedule.scheduled_at.map(timestamp))
    .fact("emits", Some(format!("scheduled.{}", schedule.name)))
    .fact("created", Some(timestamp(schedule.created_at)))
    .fact("id", Some(schedule.id))
    .text("data", &schedule.data)
}

pub(super) fn message(message: &StoredInboxMessage, subject: &[StoredIdentifier]) -> Row {
    let subject_name = subject.first().map(name).unwrap_or_default();
    let channel = message.channel.as_str();
    let tags = Some(message.tags.join(", ")).filter(|tags| !tags.is_empty());
    Row::new(
        message.id.to_string(),
        message.updated_at,
        message.status().as_str(),
        &identified(&message.identifier.source, &message.identifier.external_id),
    )
    .about(format!("{subject_name} · {channel}"))
    .fact(message.subject.as_str(), Some(subject_name))
    .fact("channel", Some(channel))
    .fact("priority", Some(message.priority))
    .fact("tags", tags)
    .fact("source", message.source.map(InboxSource::as_str))
    .fact("due", Some(timestamp(message.scheduled_at)))
    .fact("expires", message.expires_at.map(timestamp))
    .fact("read", message.read_at.map(timestamp))
    .fact("archived", message.archived_at.map(timestamp))
    .fact("id", Some(message.id))
    .text("content", &message.content)
    .object("data", &message.data)
}
