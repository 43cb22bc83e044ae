//! Who may do what.

use super::answer::Answer;
use super::management::Management;
use super::routes::Family;
use super::store::Store;
use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode, header};
use std::collections::BTreeSet;
use std::fmt;
use uuid::Uuid;

/// The prefix of keys that must not be used from a browser.
const BACKEND: &str = "sk_";

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// Whoever has the API key.
    Key,
    /// Whoever has the token of a session.
    Session,
}

/// Which bearers are let in.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Keys {
    /// This one.
    Only(String),
    /// Whatever a request brings.
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

/// What the server's key opens.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) keys: Keys,
    pub(super) project_id: Uuid,
    /// The events that may be sent, if not all.
    pub(super) events: Option<BTreeSet<String>>,
    /// The auth methods that mint sessions, if not all.
    pub(super) auth_methods: Option<BTreeSet<Uuid>>,
    /// Which management routes there are.
    pub(super) management: Management,
}

impl Access {
    /// Whether the request may speak at all, and as whom.
    pub(super) fn admit(
        &self,
        family: Family<'_>,
        headers: &HeaderMap,
        store: &Store,
        now: DateTime<Utc>,
    ) -> Result<Caller, Answer> {
        let key = bearer(headers).ok_or_else(unauthorized)?;
        // A token that was a session's is no key afterwards, even where any key will do.
        let (caller, known) = match (store.session(key), &self.keys) {
            (Some(session), _) => (Caller::Session, !session.is_expired_at(now)),
            (None, Keys::Only(only)) => (Caller::Key, key == only),
            (None, Keys::Any) => (Caller::Key, true),
        };
        if !known || !self.opens(family) {
            return Err(unauthorized());
        }
        if key.starts_with(BACKEND) && headers.contains_key(header::ORIGIN) {
            return Err(unauthorized());
        }
        Ok(caller)
    }

    /// Whether the caller may mint a session by this auth method.
    pub(super) fn allow_session(&self, caller: Caller, auth_method_id: Uuid) -> Result<(), Answer> {
        if caller != Caller::Key {
            return Err(Answer::forbidden("an API key is required to mint sessions"));
        }
        match &self.auth_methods {
            Some(known) if !known.contains(&auth_method_id) => {
                Err(Answer::not_found("session auth method not found"))
            }
            _ => Ok(()),
        }
    }

    /// A key belongs to one project; where any key will do, so will any project.
    fn opens(&self, family: Family<'_>) -> bool {
        match family {
            Family::KeyScoped => true,
            Family::ProjectScoped(project) => Uuid::try_parse(project)
                .is_ok_and(|project| self.keys == Keys::Any || project == self.project_id),
        }
    }

    /// Whether every name is on the allow-list.
    pub(super) fn allow_events<'a>(
        &self,
        mut names: impl Iterator<Item = &'a str>,
    ) -> Result<(), Answer> {
        let Some(allowed) = &self.events else {
            return Ok(());
        };
        match names.find(|name| !allowed.contains(*name)) {
            None => Ok(()),
            Some(name) => Err(Answer::forbidden(format!(
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

fn unauthorized() -> Answer {
    Answer::problem(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "you are unauthorized to access the given endpoint",
    )
}
