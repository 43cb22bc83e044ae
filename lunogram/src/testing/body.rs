//! The shapes of request bodies: JSON in, the store's own types out.

mod devices;

pub(super) use devices::register_device;

use super::fields::{Fields, Malformed, Null, date_time, items, object, string, string_that, uuid};
use super::store::{
    Data, SentEvent, SentIdentifier, SubjectKind, UpsertOrganization, UpsertSchedule, UpsertUser,
};
use serde_json::Value;

/// An organization and one of its users, by their identifiers.
pub(super) struct Membership {
    pub(super) organization: Vec<SentIdentifier>,
    pub(super) user: Vec<SentIdentifier>,
}

/// A schedule's name and whose it is.
pub(super) struct DeleteSchedule {
    pub(super) name: String,
    pub(super) identifiers: Vec<SentIdentifier>,
}

pub(super) fn upsert_user(body: &Value) -> Result<UpsertUser, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(UpsertUser {
        identifiers: fields.required("identifier", identifiers)?,
        email: fields.optional(
            "email",
            Null::Allowed,
            string_that(
                |email| lunogram_rules::email::check(email).is_ok(),
                "must be an e-mail address",
            ),
        )?,
        phone: fields.optional(
            "phone",
            Null::Allowed,
            string_that(
                |phone| lunogram_rules::phone::check(phone).is_ok(),
                "must be a telephone number in E.164 form",
            ),
        )?,
        timezone: fields.optional("timezone", Null::Allowed, string)?,
        locale: fields.optional("locale", Null::Allowed, string)?,
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

pub(super) fn upsert_organization(body: &Value) -> Result<UpsertOrganization, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(UpsertOrganization {
        identifiers: fields.required("identifier", identifiers)?,
        name: fields.optional("name", Null::Allowed, string)?,
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

/// The body of a deletion.
pub(super) fn delete(body: &Value) -> Result<Vec<SentIdentifier>, Malformed> {
    Fields::of(body, "")?.required("identifier", identifiers)
}

pub(super) fn membership(body: &Value) -> Result<Membership, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(Membership {
        organization: fields.required("organization", party)?,
        user: fields.required("user", party)?,
    })
}

/// What is said of a membership, beside the two parties.
pub(super) fn membership_data(body: &Value) -> Result<Option<Data>, Malformed> {
    Fields::of(body, "")?.optional("data", Null::Allowed, object)
}

/// A batch of events; those about users must carry `data`.
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

pub(super) fn delete_schedule(body: &Value) -> Result<DeleteSchedule, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(DeleteSchedule {
        name: fields.required("name", string)?,
        identifiers: fields.required("identifier", identifiers)?,
    })
}

/// The user that a session is for.
pub(super) fn session_user(body: &Value) -> Result<String, Malformed> {
    Fields::of(body, "")?.required("user_id", string)
}

fn party(value: &Value, path: String) -> Result<Vec<SentIdentifier>, Malformed> {
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
            string_that(|id| !id.is_empty(), "must not be empty"),
        )?,
        fields
            .optional("metadata", Null::Allowed, object)?
            .unwrap_or_default(),
    ))
}
