//! Rows of what is as it is now. Their keys are the server's own ids.

use super::row::{NAMED, Row, identified, name};
use crate::model::InboxSource;
use crate::testing::answer::moment;
use crate::testing::store::{
    Data, StoredDevice, StoredIdentifier, StoredInboxMessage, StoredOrganization, StoredPush,
    StoredSchedule, StoredUser,
};
use serde_json::{Map, Value, json};

pub(super) fn user(user: &StoredUser, devices: &[StoredDevice]) -> Row {
    let first = user.identifiers.first().map(name).unwrap_or_default();
    let contact = user.email.as_deref().or(user.phone.as_deref());
    let mut row = Row::new(
        user.id.to_string(),
        user.updated_at,
        format!("v{}", user.version),
        &first,
    )
    .about(contact.unwrap_or_default())
    .identifiers(&user.identifiers)
    .fact("email", user.email.as_ref())
    .fact("phone", user.phone.as_ref())
    .fact("time zone", user.timezone.as_ref())
    .fact("locale", user.locale.as_ref())
    .fact("devices", Some(devices.len()).filter(|count| *count > 0))
    .fact("version", Some(user.version))
    .fact("created", Some(moment(user.created_at)))
    .fact("id", Some(user.id))
    .text("data", &user.data)
    .metadata(&user.identifiers);
    if !devices.is_empty() {
        let devices: Vec<_> = devices.iter().take(NAMED).map(device).collect();
        row = row.text("devices", &devices);
    }
    row
}

/// Without what it takes to send it a message.
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

pub(super) fn organization<'a>(
    organization: &StoredOrganization,
    members: impl ExactSizeIterator<Item = (&'a [StoredIdentifier], &'a Data)>,
) -> Row {
    let first = organization.identifiers.first().map(name);
    let count = members.len();
    let mut row = Row::new(
        organization.id.to_string(),
        organization.updated_at,
        format!("v{}", organization.version),
        &first.unwrap_or_default(),
    )
    .about(organization.name.as_deref().unwrap_or_default())
    .identifiers(&organization.identifiers)
    .fact("name", organization.name.as_ref())
    .fact("members", Some(count))
    .fact("version", Some(organization.version))
    .fact("created", Some(moment(organization.created_at)))
    .fact("id", Some(organization.id))
    .text("data", &organization.data)
    .metadata(&organization.identifiers);
    if count > 0 {
        let members: Map<_, _> = members
            .take(NAMED)
            .map(|(identifiers, data)| {
                let user = identifiers.first().map(name).unwrap_or_default();
                (user, Value::Object(data.clone()))
            })
            .collect();
        let heading = if count > NAMED {
            "the first members"
        } else {
            "members"
        };
        row = row.text(heading, &members);
    }
    row
}

pub(super) fn schedule(schedule: &StoredSchedule, subject: &[StoredIdentifier]) -> Row {
    let when = match (&schedule.interval, schedule.scheduled_at) {
        (Some(interval), _) => format!("every {interval}"),
        (None, Some(at)) => format!("once, {}", moment(at)),
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
    .fact("from", schedule.start_at.map(moment))
    .fact("fires", schedule.scheduled_at.map(moment))
    .fact("emits", Some(format!("scheduled.{}", schedule.name)))
    .fact("created", Some(moment(schedule.created_at)))
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
    .fact("due", Some(moment(message.scheduled_at)))
    .fact("expires", message.expires_at.map(moment))
    .fact("read", message.read_at.map(moment))
    .fact("archived", message.archived_at.map(moment))
    .fact("id", Some(message.id))
    .text("content", &message.content)
    .object("data", &message.data)
}
