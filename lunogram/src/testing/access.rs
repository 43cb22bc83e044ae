//! Who may do what.

use super::answer::Answer;
use super::routes::Family;
use http::{HeaderMap, StatusCode, header};
use std::collections::BTreeSet;
use std::fmt;
use uuid::Uuid;

/// The prefix of keys that must not be used from a browser.
const BACKEND: &str = "sk_";

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
}

impl Access {
    /// Whether the request may speak at all.
    pub(super) fn admit(&self, family: Family<'_>, headers: &HeaderMap) -> Result<(), Answer> {
        let key = bearer(headers).ok_or_else(unauthorized)?;
        let known = match &self.keys {
            Keys::Only(only) => key == only,
            Keys::Any => true,
        };
        if !known || !self.opens(family) {
            return Err(unauthorized());
        }
        if key.starts_with(BACKEND) && headers.contains_key(header::ORIGIN) {
            return Err(unauthorized());
        }
        Ok(())
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
            Some(name) => Err(Answer::problem(
                StatusCode::FORBIDDEN,
                "forbidden",
                format!("auth method may not create events {name:?}"),
            )),
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
