//! The data of the embedded server, as JSON that patterns are compared with.

use chrono::{DateTime, Utc};
use lunogram::StoredIdentifier;
use lunogram::testing::{
    EventTarget, LostKind, Server, StoredInboxMessage, StoredOrganization, StoredPush, StoredUser,
};
use serde_json::{Value, json};

/// The items of one kind, such as `users` or `lost`, in the order of their arrival.
///
/// # Panics
/// If there is no such kind.
pub(super) fn state(server: &Server, name: &str) -> Value {
    match name {
        "users" => server.users().iter().map(user).collect(),
        "organizations" => server.organizations().iter().map(organization).collect(),
        "members" => members(server),
        "events" => events(server),
        "lost" => lost(server),
        "schedules" => schedules(server),
        "inboxes" => inboxes(server),
        "devices" => devices(server),
        "sessions" => sessions(server),
        other => panic!("the server has no {other:?}"),
    }
}

fn identifiers(identifiers: &[StoredIdentifier]) -> Value {
    let json = identifiers.iter().map(|identifier| {
        json!({
            "source": identifier.source,
            "external_id": identifier.external_id,
            "metadata": identifier.metadata,
        })
    });
    json.collect()
}

fn user(user: &StoredUser) -> Value {
    json!({
        "identifiers": identifiers(&user.identifiers),
        "email": user.email,
        "phone": user.phone,
        "timezone": user.timezone,
        "locale": user.locale,
        "data": user.data,
        "version": user.version,
        "updated": user.updated_at > user.created_at,
        "has_push_device": user.has_push_device,
    })
}

fn organization(organization: &StoredOrganization) -> Value {
    json!({
        "identifiers": identifiers(&organization.identifiers),
        "name": organization.name,
        "data": organization.data,
        "version": organization.version,
    })
}

/// The external ids of the source `default`, by which the look-ups find subjects.
fn user_ids(server: &Server) -> Vec<String> {
    let users = server.users().into_iter();
    users
        .filter_map(|user| user.external_id("default").map(str::to_owned))
        .collect()
}

fn organization_ids(server: &Server) -> Vec<String> {
    let organizations = server.organizations().into_iter();
    organizations
        .filter_map(|subject| subject.external_id("default").map(str::to_owned))
        .collect()
}

fn members(server: &Server) -> Value {
    let ids = organization_ids(server).into_iter();
    ids.flat_map(|organization| {
        let members = server.members(&organization).into_iter();
        members.map(move |member| {
            json!({
                "organization": organization,
                "user": member.user.external_id("default"),
                "data": member.data,
                "version": member.version,
            })
        })
    })
    .collect()
}

fn events(server: &Server) -> Value {
    let events = server.all_events().into_iter().map(|event| {
        let (target, matching) = match &event.target {
            EventTarget::Identifiers(sent) => (sent.first().map(|id| &id.external_id), None),
            EventTarget::Match(wanted) => (None, Some(wanted)),
            other => panic!("unknown target {other:?}"),
        };
        json!({
            "name": event.name,
            "subject": event.subject.as_str(),
            "to": target,
            "match": matching,
            "data": event.data,
            "reached": event.reached.len(),
        })
    });
    events.collect()
}

fn lost(server: &Server) -> Value {
    let lost = server.lost().into_iter().map(|lost| {
        let kind = match lost.kind {
            LostKind::Event => "event",
            LostKind::Schedule => "schedule",
            LostKind::InboxMessage => "message",
            LostKind::InboxMark => "mark",
            other => panic!("unknown kind {other:?}"),
        };
        json!({"kind": kind, "name": lost.name, "data": lost.data, "reason": lost.reason})
    });
    lost.collect()
}

fn moment(moment: Option<DateTime<Utc>>) -> Value {
    moment.map_or(Value::Null, |moment| {
        json!(moment.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    })
}

fn schedules(server: &Server) -> Value {
    let schedules = server.schedules().into_iter().map(|schedule| {
        json!({
            "id": schedule.id,
            "name": schedule.name,
            "subject": schedule.subject.as_str(),
            "scheduled_at": moment(schedule.scheduled_at),
            "start_at": moment(schedule.start_at),
            "interval": schedule.interval,
            "data": schedule.data,
        })
    });
    schedules.collect()
}

fn inboxes(server: &Server) -> Value {
    let users = user_ids(server).into_iter();
    let users = users.flat_map(|id| server.user_inbox(id));
    let organizations = organization_ids(server).into_iter();
    let organizations = organizations.flat_map(|id| server.organization_inbox(id));
    users
        .chain(organizations)
        .map(|sent| message(&sent))
        .collect()
}

fn message(message: &StoredInboxMessage) -> Value {
    json!({
        "id": message.identifier.external_id,
        "subject": message.subject.as_str(),
        "content": message.content,
        "priority": message.priority,
        "status": message.status().as_str(),
    })
}

fn devices(server: &Server) -> Value {
    let ids = user_ids(server).into_iter();
    let devices = ids.flat_map(|id| server.devices(id)).map(|device| {
        let os = match &device.push {
            StoredPush::Ios(_) => "ios",
            StoredPush::Android(_) => "android",
            StoredPush::Web(_) => "web",
            other => panic!("unknown kind {other:?}"),
        };
        json!({"device_id": device.device_id, "os": os, "data": device.data})
    });
    devices.collect()
}

fn sessions(server: &Server) -> Value {
    let sessions = server.sessions().into_iter();
    sessions
        .map(|session| json!({"policy": session.auth_method_id, "user_id": session.user_id}))
        .collect()
}
