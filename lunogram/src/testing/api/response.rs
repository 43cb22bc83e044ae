//! Responses as the contract defines them: entities and problems.

use super::fields::Malformed;
use crate::model::StoredIdentifier;
use crate::testing::store::{AcceptedSchedule, StoreError, StoredSession, StoredSubject};
use crate::wire::SubjectKind;
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

/// A status and an optional JSON body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ApiResponse {
    pub(super) status: StatusCode,
    pub(super) body: Option<Value>,
    /// The detail of a problem.
    pub(super) detail: Option<String>,
}

impl ApiResponse {
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
            "the requested resource does not support this method",
        )
    }

    pub(super) fn not_found(detail: &str) -> Self {
        Self::problem(StatusCode::NOT_FOUND, "resource not found", detail)
    }
}

impl From<Malformed> for ApiResponse {
    fn from(malformed: Malformed) -> Self {
        Self::bad_request(malformed.to_string())
    }
}

impl From<StoreError> for ApiResponse {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownSubject(SubjectKind::User) => Self::not_found("user not found"),
            StoreError::UnknownSubject(SubjectKind::Organization) => {
                Self::not_found("organization not found")
            }
            StoreError::UnknownSchedule => Self::not_found("schedule not found"),
            StoreError::Conflict => Self::problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "internal server error",
                "an internal server error has occurred",
            ),
            StoreError::BothTargets => {
                Self::bad_request("match and identifier are mutually exclusive")
            }
            StoreError::NoTarget => Self::bad_request("one of match or identifier is required"),
            StoreError::InvalidInterval => Self::bad_request("invalid interval"),
            StoreError::MissingScheduledAt => {
                Self::bad_request("scheduled_at is required for single schedules")
            }
        }
    }
}

/// A user or an organization.
pub(super) fn subject(subject: &StoredSubject, project_id: Uuid) -> Value {
    let mut body = json!({
        "id": subject.id,
        "project_id": project_id,
        "identifier": identifiers(&subject.identifiers),
        "data": subject.data,
        "version": subject.version,
        "created_at": timestamp(subject.created_at),
        "updated_at": timestamp(subject.updated_at),
    });
    if subject.kind == SubjectKind::User {
        body["has_push_device"] = json!(subject.has_push_device);
    }
    for (name, value) in subject.profile.columns() {
        body[name] = json!(value);
    }
    body
}

pub(super) fn schedule(accepted: AcceptedSchedule) -> Value {
    let mut body = json!({
        "id": accepted.id,
        "name": accepted.name,
        "scheduled_at": timestamp(accepted.scheduled_at),
    });
    if let Some(data) = accepted.data {
        body["data"] = Value::Object(data);
    }
    body
}

pub(super) fn session(token: &str, session: &StoredSession) -> Value {
    json!({"token": token, "expires_at": timestamp(session.expires_at)})
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
                "created_at": timestamp(identifier.created_at),
                "updated_at": timestamp(identifier.updated_at),
            })
        })
        .collect()
}

/// RFC 3339 in UTC, with only as many fractional digits as the value needs.
pub(in crate::testing) fn timestamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
