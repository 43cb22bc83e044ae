//! Authorization: which bearers are accepted, and what they may do.

use super::management::Management;
use super::response::ApiResponse;
use super::routes::Family;
use crate::testing::store::Store;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};
use std::collections::BTreeSet;
use std::fmt;
use uuid::Uuid;

/// The prefix of secret keys, which are refused in requests from a browser.
const SECRET_PREFIX: &str = "sk_";

/// The kind of credential that a request carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// The API key.
    Key,
    /// The token of a session.
    Session,
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
    /// The allowed event names; `None` allows every name.
    pub(in crate::testing) events: Option<BTreeSet<String>>,
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
            (Some(session), _) => (Caller::Session, !session.is_expired_at(now)),
            (None, Keys::Only(only)) => (Caller::Key, key == only),
            (None, Keys::Any) => (Caller::Key, true),
        };
        if !is_valid || !self.opens(family) {
            return Err(unauthorized());
        }
        if key.starts_with(SECRET_PREFIX) && headers.contains_key(header::ORIGIN) {
            return Err(unauthorized());
        }
        Ok(caller)
    }

    /// Checks that the caller may mint a session by this auth method.
    pub(super) fn allow_session(
        &self,
        caller: Caller,
        auth_method_id: Uuid,
    ) -> Result<(), ApiResponse> {
        if caller != Caller::Key {
            return Err(ApiResponse::forbidden(
                "an API key is required to mint sessions",
            ));
        }
        match &self.auth_methods {
            Some(allowed) if !allowed.contains(&auth_method_id) => {
                Err(ApiResponse::not_found("session auth method not found"))
            }
            _ => Ok(()),
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

    /// Checks every name against the allow-list.
    pub(super) fn allow_events<'a>(
        &self,
        mut names: impl Iterator<Item = &'a str>,
    ) -> Result<(), ApiResponse> {
        let Some(allowed) = &self.events else {
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

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .split_once(' ')?;
    let key = key.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !key.is_empty()).then_some(key)
}

fn unauthorized() -> ApiResponse {
    ApiResponse::problem(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "you are unauthorized to access the given endpoint",
    )
}
