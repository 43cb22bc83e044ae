//! What goes back: entities as the contract spells them, and problems.

use super::fields::Malformed;
use super::store::{
    AcceptedSchedule, Refused, StoredIdentifier, StoredOrganization, StoredSession, StoredUser,
    SubjectKind,
};
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

/// A status, and a JSON body where there is one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Option<Value>,
    /// The detail of a problem.
    pub(super) detail: Option<String>,
}

impl Answer {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            detail: None,
        }
    }

    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            body: Some(body),
            detail: None,
        }
    }

    pub(super) fn problem(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            status,
            body: Some(json!({"title": title, "detail": detail})),
            detail: Some(detail),
        }
    }

    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::problem(StatusCode::BAD_REQUEST, "bad request", detail)
    }

    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::problem(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub(super) fn method_not_allowed() -> Self {
        Self::problem(
            StatusCode::METHOD_NOT_ALLOWED,
            "method not allowed",
            "the requested resource does not answer to this method",
        )
    }

    pub(super) fn not_found(detail: &str) -> Self {
        Self::problem(StatusCode::NOT_FOUND, "resource not found", detail)
    }
}

impl From<Malformed> for Answer {
    fn from(malformed: Malformed) -> Self {
        Self::bad_request(malformed.to_string())
    }
}

impl From<Refused> for Answer {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NoSubject(SubjectKind::User) => Self::not_found("user not found"),
            Refused::NoSubject(SubjectKind::Organization) => {
                Self::not_found("organization not found")
            }
            Refused::NoSchedule => Self::not_found("schedule not found"),
            Refused::Conflict => Self::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal server error",
                "an internal server error has occurred",
            ),
            Refused::BothTargets => {
                Self::bad_request("match and identifier are mutually exclusive")
            }
            Refused::NoTarget => Self::bad_request("one of match or identifier is required"),
            Refused::BadInterval => Self::bad_request("invalid interval"),
            Refused::NoMoment => Self::bad_request("scheduled_at is required for single schedules"),
        }
    }
}

pub(super) fn user(user: &StoredUser, project_id: Uuid) -> Value {
    let mut body = json!({
        "id": user.id,
        "project_id": project_id,
        "identifier": identifiers(&user.identifiers),
        "data": user.data,
        "has_push_device": user.has_push_device,
        "version": user.version,
        "created_at": moment(user.created_at),
        "updated_at": moment(user.updated_at),
    });
    for (name, value) in [
        ("email", &user.email),
        ("phone", &user.phone),
        ("timezone", &user.timezone),
        ("locale", &user.locale),
    ] {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    body
}

pub(super) fn organization(organization: &StoredOrganization, project_id: Uuid) -> Value {
    let mut body = json!({
        "id": organization.id,
        "project_id": project_id,
        "identifier": identifiers(&organization.identifiers),
        "data": organization.data,
        "version": organization.version,
        "created_at": moment(organization.created_at),
        "updated_at": moment(organization.updated_at),
    });
    if let Some(name) = &organization.name {
        body["name"] = json!(name);
    }
    body
}

pub(super) fn schedule(accepted: AcceptedSchedule) -> Value {
    let mut body = json!({
        "id": accepted.id,
        "name": accepted.name,
        "scheduled_at": moment(accepted.scheduled_at),
    });
    if let Some(data) = accepted.data {
        body["data"] = Value::Object(data);
    }
    body
}

pub(super) fn session(token: &str, session: &StoredSession) -> Value {
    json!({"token": token, "expires_at": moment(session.expires_at)})
}

fn identifiers(identifiers: &[StoredIdentifier]) -> Value {
    identifiers
        .iter()
        .map(|identifier| {
            json!({
                "id": identifier.id,
                "source": identifier.source,
                "external_id": identifier.external_id,
                "metadata": identifier.metadata,
                "created_at": moment(identifier.created_at),
                "updated_at": moment(identifier.updated_at),
            })
        })
        .collect()
}

/// No more digits of a second than needed.
pub(super) fn moment(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
