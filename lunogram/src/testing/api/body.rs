//! Parses request bodies into the store's types.

mod devices;

pub(super) use devices::{device_user, register_device};

use super::fields::{
    Fields, Malformed, Null, date_time, items, object, string, string_where, uuid,
};
use super::routes::Family;
use crate::testing::store::{
    Data, Profile, ScheduleSelection, SentEvent, SentIdentifier, Upsert, UpsertSchedule,
};
use crate::wire::SubjectKind;
use serde_json::Value;

/// An organization and one of its users, by their identifiers.
pub(super) struct Membership {
    pub(super) organization: Vec<SentIdentifier>,
    pub(super) user: Vec<SentIdentifier>,
}

/// The schedules to delete and the identifiers of their subject.
pub(super) struct DeleteSchedule {
    pub(super) selection: ScheduleSelection,
    pub(super) identifiers: Vec<SentIdentifier>,
}

/// An upsert of a user or an organization; the two differ in the profile.
pub(super) fn upsert(kind: SubjectKind, body: &Value) -> Result<Upsert, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(Upsert {
        identifiers: fields.required("identifier", identifiers)?,
        profile: match kind {
            SubjectKind::User => user_profile(&fields)?,
            SubjectKind::Organization => Profile {
                name: fields.optional("name", Null::Allowed, string)?,
                ..Profile::default()
            },
        },
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

fn user_profile(fields: &Fields<'_>) -> Result<Profile, Malformed> {
    Ok(Profile {
        email: fields.optional(
            "email",
            Null::Allowed,
            string_where(
                |email| lunogram_rules::email::pattern(email).is_ok(),
                "must be an e-mail address",
            ),
        )?,
        phone: fields.optional(
            "phone",
            Null::Allowed,
            string_where(
                |phone| lunogram_rules::phone::check(phone).is_ok(),
                "must be a telephone number in E.164 form",
            ),
        )?,
        timezone: fields.optional("timezone", Null::Allowed, string)?,
        locale: fields.optional("locale", Null::Allowed, string)?,
        name: None,
    })
}

/// The identifiers of the subject to delete.
pub(super) fn delete(body: &Value) -> Result<Vec<SentIdentifier>, Malformed> {
    Fields::of(body, "")?.required("identifier", identifiers)
}

pub(super) fn membership(body: &Value) -> Result<Membership, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(Membership {
        organization: fields.required("organization", member_identifiers)?,
        user: fields.required("user", member_identifiers)?,
    })
}

/// The data of a membership.
pub(super) fn membership_data(body: &Value) -> Result<Option<Data>, Malformed> {
    Fields::of(body, "")?.optional("data", Null::Allowed, object)
}

/// The events of a batch that this crate has encoded, and therefore checked.
pub(in crate::testing) fn sent_events(kind: SubjectKind, json: &[u8]) -> Vec<SentEvent> {
    let body: Value = serde_json::from_slice(json).unwrap_or_default();
    events(kind, &body).unwrap_or_default()
}

/// A batch of events. `data` is required in events about users.
pub(super) fn events(kind: SubjectKind, body: &Value) -> Result<Vec<SentEvent>, Malformed> {
    items(body, "", |event, path| {
        let fields = Fields::of(event, path)?;
        Ok(SentEvent {
            name: fields.required("name", string)?,
            identifiers: fields.optional("identifier", Null::Refused, identifiers)?,
            matching: fields.optional("match", Null::Allowed, object)?,
            data: match kind {
                SubjectKind::User => Some(fields.required("data", object)?),
                SubjectKind::Organization => fields.optional("data", Null::Allowed, object)?,
            },
        })
    })
}

pub(super) fn upsert_schedule(body: &Value) -> Result<UpsertSchedule, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(UpsertSchedule {
        id: fields.optional("id", Null::Allowed, uuid)?,
        name: fields.required("name", string)?,
        identifiers: fields.required("identifier", identifiers)?,
        scheduled_at: fields.optional("scheduled_at", Null::Allowed, date_time)?,
        start_at: fields.optional("start_at", Null::Allowed, date_time)?,
        interval: fields.optional("interval", Null::Allowed, string)?,
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

/// Key-scoped servers know schedules by name; project-scoped ones by `id`, by name, or by both.
pub(super) fn delete_schedule(
    family: Family<'_>,
    body: &Value,
) -> Result<DeleteSchedule, Malformed> {
    let fields = Fields::of(body, "")?;
    let selection = match family {
        Family::KeyScoped => ScheduleSelection::Named(fields.required("name", string)?),
        Family::ProjectScoped(_) => {
            let id = fields.optional("id", Null::Allowed, uuid)?;
            let name = fields.optional("name", Null::Allowed, string)?;
            match (id, name) {
                (Some(id), name) => ScheduleSelection::Assignment { id, name },
                (None, Some(name)) => ScheduleSelection::Named(name),
                (None, None) => {
                    return Err(Malformed::new("/name", "is missing, and so is \"/id\""));
                }
            }
        }
    };
    Ok(DeleteSchedule {
        selection,
        identifiers: fields.required("identifier", identifiers)?,
    })
}

/// The external id of the user to mint a session for.
pub(super) fn session_user(body: &Value) -> Result<String, Malformed> {
    Fields::of(body, "")?.required("user_id", string)
}

fn member_identifiers(value: &Value, path: String) -> Result<Vec<SentIdentifier>, Malformed> {
    Fields::of(value, path)?.required("identifier", identifiers)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "one signature for all readers of a field"
)]
pub(super) fn identifiers(value: &Value, path: String) -> Result<Vec<SentIdentifier>, Malformed> {
    items(value, &path, external_id)
}

pub(super) fn external_id(value: &Value, path: String) -> Result<SentIdentifier, Malformed> {
    let fields = Fields::of(value, path)?;
    Ok(SentIdentifier::new(
        fields.optional("source", Null::Refused, string)?,
        fields.required(
            "external_id",
            string_where(|id| !id.is_empty(), "must not be empty"),
        )?,
        fields
            .optional("metadata", Null::Allowed, object)?
            .unwrap_or_default(),
    ))
}
