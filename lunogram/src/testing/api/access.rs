//! Authorization: which bearers are accepted, and what they may do.

use super::management::Management;
use super::response::ApiResponse;
use super::routes::Family;
use super::settings::{Families, SessionData, UnknownPaths};
use crate::testing::store::{SentEvent, SentIdentifier, Store};
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};
use std::collections::BTreeSet;
use std::fmt;
use uuid::Uuid;

/// The sender of an authenticated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// The holder of the API key.
    Key,
    /// A session that sees all data.
    Session,
    /// A session that sees the data of the user with this identifier only.
    SessionOf(SentIdentifier),
}

impl Caller {
    /// The only identifier that the caller may name.
    pub(super) fn bound(&self) -> Option<&SentIdentifier> {
        match self {
            Self::SessionOf(identifier) => Some(identifier),
            Self::Key | Self::Session => None,
        }
    }

    /// Replaces the identifiers that a request names by the caller's own, if it has only that one.
    pub(super) fn bind(&self, identifiers: &mut Vec<SentIdentifier>) {
        if let Some(bound) = self.bound() {
            *identifiers = vec![bound.clone()];
        }
    }

    /// Checks that the caller may act for an organization.
    pub(super) fn allow_subject(&self, kind: SubjectKind) -> Result<(), ApiResponse> {
        match (self, kind) {
            (Self::SessionOf(_), SubjectKind::Organization) => Err(own_data_only()),
            _ => Ok(()),
        }
    }

    /// The events of a batch that the caller may send, with their recipients, and the response if
    /// there are others. As on the platform, the events before the first of those are processed.
    pub(super) fn own_events(
        &self,
        mut events: Vec<SentEvent>,
    ) -> (Vec<SentEvent>, Result<(), ApiResponse>) {
        let Some(bound) = self.bound() else {
            return (events, Ok(()));
        };
        let by_match = events.iter().position(|event| event.matching.is_some());
        events.truncate(by_match.unwrap_or(events.len()));
        for event in &mut events {
            event.identifiers = Some(vec![bound.clone()]);
        }
        (events, by_match.map_or(Ok(()), |_| Err(own_data_only())))
    }
}

/// The accepted keys.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::testing) enum Keys {
    /// This key only.
    Only(String),
    /// Every bearer.
    Any,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Only(_) => "Only(…)",
            Self::Any => "Any",
        })
    }
}

/// The access rules of one server.
#[derive(Clone, Debug)]
pub(in crate::testing) struct Access {
    pub(in crate::testing) keys: Keys,
    pub(in crate::testing) project_id: Uuid,
    pub(in crate::testing) families: Families,
    pub(in crate::testing) unknown_paths: UnknownPaths,
    /// The event names that the key may send; `None` allows every name.
    pub(in crate::testing) events: Option<BTreeSet<String>>,
    /// The event names that a session may send; `None` allows every name.
    pub(in crate::testing) session_events: Option<BTreeSet<String>>,
    pub(in crate::testing) session_data: SessionData,
    /// The auth methods that may mint sessions; `None` allows every id.
    pub(in crate::testing) auth_methods: Option<BTreeSet<Uuid>>,
    /// The generation of the management routes.
    pub(in crate::testing) management: Management,
}

impl Access {
    /// Authenticates the request, or answers with 401.
    pub(super) fn admit(
        &self,
        family: Family<'_>,
        headers: &HeaderMap,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Caller, ApiResponse> {
        let key = bearer(headers).ok_or_else(unauthorized)?;
        // A session's token is never accepted as a key, also not by a server that accepts every
        // key.
        let (caller, is_valid) = match (store.session(key), &self.keys) {
            (Some(session), _) => {
                let caller = match self.session_data {
                    SessionData::Own => Caller::SessionOf(session.identifier()),
                    SessionData::All => Caller::Session,
                };
                (caller, !session.is_expired_at(now))
            }
            (None, Keys::Only(only)) => (Caller::Key, key == only),
            (None, Keys::Any) => (Caller::Key, true),
        };
        if !is_valid || !self.opens(family) {
            return Err(unauthorized());
        }
        // Keys belong to backends, and only browsers send an origin.
        if caller == Caller::Key && headers.contains_key(header::ORIGIN) {
            return Err(unauthorized());
        }
        Ok(caller)
    }

    /// Checks that a session may be minted by this auth method.
    pub(super) fn allow_auth_method(&self, auth_method_id: Uuid) -> Result<(), ApiResponse> {
        match &self.auth_methods {
            Some(allowed) if !allowed.contains(&auth_method_id) => {
                Err(ApiResponse::not_found("session auth method not found"))
            }
            _ => Ok(()),
        }
    }

    /// The response to a path that the server does not have.
    pub(super) fn unknown_path(&self) -> ApiResponse {
        match self.unknown_paths {
            UnknownPaths::Console => ApiResponse::console(),
            UnknownPaths::NotFound => {
                ApiResponse::not_found("the requested resource has not been found")
            }
        }
    }

    /// Whether the server has the routes of this family.
    pub(super) fn has(&self, family: Family<'_>) -> bool {
        match self.families {
            Families::Both => true,
            Families::KeyScoped => family == Family::KeyScoped,
            Families::ProjectScoped => family != Family::KeyScoped,
        }
    }

    /// Whether the key belongs to the project in the path. A server that accepts every key accepts
    /// every project.
    fn opens(&self, family: Family<'_>) -> bool {
        match family {
            Family::KeyScoped => true,
            Family::ProjectScoped(project) => Uuid::try_parse(project)
                .is_ok_and(|project| self.keys == Keys::Any || project == self.project_id),
        }
    }

    /// Checks every name against the caller's allow-list.
    pub(super) fn allow_events<'a>(
        &self,
        caller: &Caller,
        mut names: impl Iterator<Item = &'a str>,
    ) -> Result<(), ApiResponse> {
        let allowed = match caller {
            Caller::Key => &self.events,
            Caller::Session | Caller::SessionOf(_) => &self.session_events,
        };
        let Some(allowed) = allowed else {
            return Ok(());
        };
        match names.find(|name| !allowed.contains(*name)) {
            None => Ok(()),
            Some(name) => Err(ApiResponse::forbidden(format!(
                "auth method may not create events {name:?}"
            ))),
        }
    }
}

/// The key or token, with or without `Bearer` before it.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let is_scheme = |word: &str| word.eq_ignore_ascii_case("bearer");
    let key = match value.split_once(' ') {
        Some((scheme, key)) => is_scheme(scheme).then(|| key.trim())?,
        None if is_scheme(value) => return None,
        None => value,
    };
    (!key.is_empty()).then_some(key)
}

fn own_data_only() -> ApiResponse {
    ApiResponse::forbidden("a session may only access its own data")
}

fn unauthorized() -> ApiResponse {
    ApiResponse::problem(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "you are unauthorized to access the given endpoint",
    )
}
