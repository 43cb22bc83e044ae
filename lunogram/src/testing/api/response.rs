//! Responses as the contract defines them: entities and problems.

use super::fields::Malformed;
use crate::model::StoredIdentifier;
use crate::testing::store::{AcceptedSchedule, StoreError, StoredSession, StoredSubject};
use crate::wire::SubjectKind;
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

/// The page that stands for the platform's console.
const CONSOLE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lunogram</title></head>\n\
    <body><p>The platform answers paths that are not the API's with its console. This page stands for it.</p></body></html>\n";

/// A status and a body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ApiResponse {
    pub(super) status: StatusCode,
    pub(super) body: ResponseBody,
    /// Why the request had no effect; the log of requests shows it.
    pub(super) detail: Option<String>,
    /// The whole seconds of the header `Retry-After`.
    pub(super) retry_after: Option<u64>,
}

/// A wait as the header `Retry-After` has it: in whole seconds, rounded up.
pub(super) fn whole_seconds(wait: Duration) -> u64 {
    let partial = u64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(partial)
}

/// The body of a response.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ResponseBody {
    Empty,
    Json(Value),
    Html(&'static str),
}

impl ApiResponse {
    pub(super) fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: ResponseBody::Empty,
            detail: None,
            retry_after: None,
        }
    }

    pub(super) fn json(status: StatusCode, body: Value) -> Self {
        Self {
            status,
            body: ResponseBody::Json(body),
            detail: None,
            retry_after: None,
        }
    }

    pub(super) fn problem(status: StatusCode, title: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            status,
            body: ResponseBody::Json(json!({"title": title, "detail": detail})),
            detail: Some(detail),
            retry_after: None,
        }
    }

    /// The page that answers unknown paths.
    pub(super) fn console() -> Self {
        Self {
            status: StatusCode::OK,
            body: ResponseBody::Html(CONSOLE),
            detail: Some("not a path of the API, and answered with a web page".to_owned()),
            retry_after: None,
        }
    }

    /// An internal error. As on the platform, the body does not report the reason.
    pub(super) fn internal(reason: impl Into<String>) -> Self {
        let response = Self::problem(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal server error",
            "an internal server error has occurred",
        );
        Self {
            detail: Some(reason.into()),
            ..response
        }
    }

    pub(super) fn too_many_requests(seconds: u64) -> Self {
        let response = Self::problem(
            StatusCode::TOO_MANY_REQUESTS,
            "too many requests",
            "the key has used its requests of the last minute",
        );
        Self {
            retry_after: Some(seconds),
            ..response
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
            StoreError::Conflict => {
                Self::internal("the identifiers belong to more than one subject")
            }
            StoreError::Unstorable(unstorable) => Self::internal(unstorable.into_reason()),
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
