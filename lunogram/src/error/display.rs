//! The text of an error.

use super::{Error, ErrorKind, Inner};
use crate::wire::{Credential, Family, Operation, Outcome, StatusMeaning};
use http::StatusCode;
use std::borrow::Cow;
use std::fmt;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{}: ", operation.id())?;
        }
        if let Some(invalid) = &inner.invalid {
            invalid.fmt(f)?;
            if !inner.message.is_empty() {
                write!(f, "; {}", inner.message)?;
            }
            return Ok(());
        }
        if let Some(status) = inner.outcome.status() {
            write!(f, "{status}")?;
            let code = StatusCode::from_u16(status).ok();
            if let Some(reason) = code.and_then(|code| code.canonical_reason()) {
                write!(f, " {reason}")?;
            }
        }
        let problem = [inner.title.as_deref(), inner.detail.as_deref()];
        let message = Some(&*inner.message).filter(|message| !message.is_empty());
        let has_status = inner.outcome.status().is_some();
        for (index, part) in message
            .into_iter()
            .chain(problem.into_iter().flatten())
            .enumerate()
        {
            let separator = if has_status || index > 0 { ": " } else { "" };
            write!(f, "{separator}{part}")?;
        }
        if let Some(advice) = advice(inner) {
            write!(f, "; {advice}")?;
        }
        if let Some(wait) = inner.retry_after {
            write!(
                f,
                "; the server asks to wait {} s",
                wait.as_secs_f32().ceil()
            )?;
        }
        if inner.accepted > 0 {
            write!(f, "; the first {} items were accepted", inner.accepted)?;
        }
        if inner.attempts > 1 {
            write!(f, " ({} attempts)", inner.attempts)?;
        }
        Ok(())
    }
}

/// Advice to append to the message.
fn advice(inner: &Inner) -> Option<Cow<'static, str>> {
    if inner.kind == ErrorKind::Unauthorized {
        // An error that an application makes from its kind alone is about no request.
        return (inner.outcome != Outcome::Unsent).then(|| advice_on_credential(inner));
    }
    general_advice(inner).map(Cow::Borrowed)
}

fn advice_on_credential(inner: &Inner) -> Cow<'static, str> {
    let server = match (inner.family, inner.credential) {
        (Some(Family::ProjectScoped(project)), Credential::ProjectKey) => {
            format!("project {project} of this server (LUNOGRAM_API_URL)")
        }
        (Some(Family::ProjectScoped(project)), _) => {
            format!("project {project} (LUNOGRAM_PROJECT_ID) of this server (LUNOGRAM_API_URL)")
        }
        _ => "this server (LUNOGRAM_API_URL)".to_owned(),
    };
    Cow::Owned(match inner.credential {
        Credential::Key => format!(
            "check that LUNOGRAM_API_KEY belongs to {server}, or that the session has not expired"
        ),
        Credential::ProjectKey => {
            format!("check that the key that was passed to `for_project` belongs to {server}")
        }
        Credential::SessionToken => format!(
            "check that the session has not expired, and that its token belongs to {server}"
        ),
    })
}

fn general_advice(inner: &Inner) -> Option<&'static str> {
    let meaning = inner.outcome.meaning();
    // Only the API itself responds with a problem object.
    let is_the_api = inner.title.is_some();
    match inner.kind {
        ErrorKind::Forbidden => Some(match inner.credential {
            Credential::Key | Credential::ProjectKey => {
                "check what the key is allowed to do, such as its list of events"
            }
            Credential::SessionToken => {
                "check what the session is allowed to do, such as its list of events"
            }
        }),
        ErrorKind::NotFound if is_the_api => match inner.operation {
            // These succeed for every subject.
            Some(
                Operation::UpsertUser
                | Operation::UpsertOrganization
                | Operation::PostUserEvents
                | Operation::PostOrganizationEvents,
            ) => Some(match inner.credential {
                Credential::ProjectKey => {
                    "check the base URL (LUNOGRAM_API_URL), and the project that was passed to `for_project`"
                }
                Credential::Key | Credential::SessionToken => {
                    "check the base URL (LUNOGRAM_API_URL), and the project (LUNOGRAM_PROJECT_ID) if it is set"
                }
            }),
            Some(Operation::CreateSession) => Some("check the id of the auth method"),
            Some(Operation::GetVapidPublicKey) => None,
            _ => Some("check the identifiers, and that the subject was upserted before"),
        },
        ErrorKind::NotFound => Some("check the base URL (LUNOGRAM_API_URL)"),
        ErrorKind::Refused if meaning == Some(StatusMeaning::WrongMethod) => {
            Some("check the base URL (LUNOGRAM_API_URL)")
        }
        ErrorKind::Connect => Some(
            "check that a server runs at the base URL (LUNOGRAM_API_URL), and that no firewall blocks it",
        ),
        ErrorKind::Redirected => Some(
            "redirects are not followed, to protect the key; set the base URL (LUNOGRAM_API_URL) to the server's own",
        ),
        // The newest servers answer key-scoped routes as any unknown path, with a web page.
        ErrorKind::Unreadable if inner.family == Some(Family::KeyScoped) => {
            Some(match inner.credential {
                Credential::ProjectKey => {
                    "check that the base URL (LUNOGRAM_API_URL) leads to a Lunogram server, and pass the project to `for_project` if the server requires it"
                }
                Credential::Key | Credential::SessionToken => {
                    "check that the base URL (LUNOGRAM_API_URL) leads to a Lunogram server, and set the project if the server requires it (`ClientBuilder::project`, LUNOGRAM_PROJECT_ID)"
                }
            })
        }
        ErrorKind::Unreadable => {
            Some("check that the base URL (LUNOGRAM_API_URL) leads to a Lunogram server")
        }
        // An error that an application makes from its kind alone is about no request.
        ErrorKind::Timeout | ErrorKind::Interrupted
            if inner.outcome == Outcome::Lost && inner.operation.is_some() =>
        {
            Some("the server may have processed the request")
        }
        ErrorKind::RateLimited => Some("send fewer requests, or send them later"),
        ErrorKind::TooLarge if meaning.is_some() => Some(match inner.operation {
            Some(Operation::PostUserEvents | Operation::PostOrganizationEvents) => {
                "send fewer or smaller events at a time"
            }
            _ => "send less data at a time",
        }),
        ErrorKind::Server => Some(match inner.operation {
            Some(Operation::UpsertUser | Operation::UpsertOrganization)
                if meaning == Some(StatusMeaning::Failed) =>
            {
                "try again later; if the error stays, the identifiers may belong to different subjects"
            }
            _ => "try again later",
        }),
        _ => None,
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        let mut fields = f.debug_struct("Error");
        fields.field("kind", &inner.kind);
        fields.field("message", &format_args!("{self}"));
        if let Some(source) = &inner.source {
            fields.field("source", source);
        }
        fields.finish_non_exhaustive()
    }
}
