//! Showing the payloads of answered calls to `before_send`, when the method is called.

use super::Client;
use crate::delivery::{Guarded, OutgoingKind, Withheld, entries};
use crate::encode::Payload;
use crate::error::Error;
use crate::transport::Request;
use crate::wire::{Operation, SubjectKind};
use lunogram_core::Invalid;
use std::borrow::Cow;

impl Client {
    /// The request with what `before_send` leaves of its payloads.
    ///
    /// Every request passes through here, so that no payload can leave without being shown.
    ///
    /// # Errors
    /// Those of the request, those of the hook, and [`Feedback`](crate::ErrorKind::Feedback) for a
    /// payload that a hook sends.
    pub(super) fn before_send(&self, request: Result<Request, Error>) -> Result<Request, Error> {
        let hooks = self.delivering.hooks();
        if hooks.has_any() {
            // A fork sends nothing, so the hook does not run there.
            request.and_then(|request| {
                let operation = request.operation();
                self.claim().map_err(|error| error.during(operation))?;
                shown(hooks, request)
            })
        } else {
            request
        }
    }
}

fn shown(hooks: &Guarded, request: Request) -> Result<Request, Error> {
    let operation = request.operation();
    let (Some((kind, subject)), Some(body)) = (payloads(operation), request.body()) else {
        return Ok(request);
    };
    hooks
        .check_outside()
        .map_err(|error| error.during(operation))?;
    if !hooks.has_before_send() {
        return Ok(request);
    }
    let changed = match kind {
        OutgoingKind::Event => events(hooks, subject, body),
        kind => hooks.before_send(kind, subject, body).map_err(Error::from),
    };
    match changed {
        Ok(None) => Ok(request),
        Ok(Some(body)) => Ok(request.with_body(body)),
        Err(error) => Err(error.during(operation)),
    }
}

/// The kind of the payloads in the body of an operation; `None` if they are not shown.
fn payloads(operation: Operation) -> Option<(OutgoingKind, SubjectKind)> {
    use OutgoingKind::{Event, Schedule, Traits};
    use SubjectKind::{Organization, User};
    // Without a wildcard, so that it is decided for each new operation.
    match operation {
        Operation::UpsertUser => Some((Traits, User)),
        Operation::UpsertOrganization => Some((Traits, Organization)),
        Operation::PostUserEvents => Some((Event, User)),
        Operation::PostOrganizationEvents => Some((Event, Organization)),
        Operation::UpsertUserScheduled => Some((Schedule, User)),
        Operation::UpsertOrganizationScheduled => Some((Schedule, Organization)),
        Operation::DeleteUser
        | Operation::DeleteUserScheduled
        | Operation::RegisterDevice
        | Operation::DeleteOrganization
        | Operation::AddOrganizationUser
        | Operation::RemoveOrganizationUser
        | Operation::DeleteOrganizationScheduled
        | Operation::GetVapidPublicKey
        | Operation::CreateSession
        | Operation::PostUserInboxMessages
        | Operation::GetUserInbox
        | Operation::GetUserInboxCount
        | Operation::PostUserInboxRead
        | Operation::PostUserInboxArchived
        | Operation::PostOrganizationInboxMessages
        | Operation::GetOrganizationInbox
        | Operation::GetOrganizationInboxCount
        | Operation::PostOrganizationInboxRead
        | Operation::PostOrganizationInboxArchived => None,
    }
}

/// Shows each event of a request. Dropped events are left out; `None` if nothing has changed.
///
/// # Errors
/// If the hook has dropped every event, or failed for one.
fn events(hooks: &Guarded, subject: SubjectKind, body: &[u8]) -> Result<Option<Vec<u8>>, Error> {
    let body = std::str::from_utf8(body).unwrap_or_default();
    let items: Vec<&str> = entries(body).map(|(_, event)| event).collect();
    let mut kept: Vec<Cow<'_, [u8]>> = Vec::new();
    let mut problems = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let event = item.as_bytes();
        match hooks.before_send(OutgoingKind::Event, subject, event) {
            Ok(None) => kept.push(event.into()),
            Ok(Some(changed)) => kept.push(changed.into()),
            Err(Withheld::Dropped) => {}
            Err(Withheld::Invalid(invalid)) if items.len() > 1 => {
                let path = format!("[{index}]");
                problems.extend(
                    invalid
                        .problems()
                        .iter()
                        .map(|problem| problem.under(&path)),
                );
            }
            Err(why) => return Err(why.into()),
        }
    }
    if !problems.is_empty() {
        return Err(Withheld::Invalid(Invalid::new(Payload::Events, problems)).into());
    }
    if kept.is_empty() {
        return Err(Withheld::Dropped.into());
    }
    let unchanged =
        kept.len() == items.len() && kept.iter().all(|event| matches!(event, Cow::Borrowed(_)));
    Ok((!unchanged).then(|| [b"[", &kept.join(&b","[..])[..], b"]"].concat()))
}
