//! A request, checked and handed to the store: every status comes from here.

use super::access::{Access, Caller};
use super::answer::{self, Answer};
use super::body;
use super::inbox;
use super::management;
use super::push::VAPID_PUBLIC_KEY;
use super::query::Query;
use super::routes::{Parameter, Route, Target, route};
use super::store::{Moment, Store, SubjectKind, as_doubles};
use crate::transport::Operation;
use http::{Method, StatusCode, request::Parts};
use serde_json::{Value, json};
use uuid::Uuid;

/// What was read of a request's body.
#[derive(Debug)]
pub(super) enum Body {
    /// A JSON text.
    Json(Value),
    /// Anything else, nothing included.
    NotJson,
    /// More than the server takes.
    TooLarge,
}

/// Answers one request.
pub(super) fn handle(
    store: &mut Store,
    access: &Access,
    request: &Parts,
    body: &Body,
    at: &mut Moment<'_>,
) -> Answer {
    if let Some(answer) = management::answer(store, access, request, at.now()) {
        return answer;
    }
    answer(store, access, request, body, at).unwrap_or_else(|refused| refused)
}

/// In the platform's order: the route, the key, the shape of the body, the operation itself.
fn answer(
    store: &mut Store,
    access: &Access,
    request: &Parts,
    body: &Body,
    at: &mut Moment<'_>,
) -> Result<Answer, Answer> {
    let target = match route(&request.method, request.uri.path()) {
        Route::To(target) => target,
        Route::Unknown => {
            return Err(unknown_path());
        }
        Route::WrongMethod(_) => {
            return Err(Answer::method_not_allowed());
        }
    };
    let caller = access.admit(target.family, &request.headers, store, at.now())?;
    let parameter = target.parameter.map(Parameter::uuid).transpose()?;
    let mut body = match body {
        // Whatever a `GET` may carry along, nobody asks for it.
        _ if request.method == Method::GET => Value::Null,
        Body::Json(body) => body.clone(),
        Body::NotJson => return Err(Answer::bad_request("invalid request body")),
        Body::TooLarge => {
            return Err(Answer::problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload too large",
                "the request body is larger than the server accepts",
            ));
        }
    };
    as_doubles(&mut body);
    let asked = Asked {
        target,
        caller,
        parameter,
        query: &Query::of(&request.uri),
        body: &body,
    };
    perform(store, access, asked, at)
}

/// Everything that an operation is told.
#[derive(Clone, Copy)]
struct Asked<'a> {
    target: Target<'a>,
    caller: Caller,
    /// What the path has in the place of its braces.
    parameter: Option<Uuid>,
    query: &'a Query,
    /// `null` where the operation takes none.
    body: &'a Value,
}

fn perform(
    store: &mut Store,
    access: &Access,
    asked: Asked<'_>,
    at: &mut Moment<'_>,
) -> Result<Answer, Answer> {
    let project_id = access.project_id;
    let Asked { target, body, .. } = asked;
    let operation = target.operation;
    match operation {
        Operation::UpsertUser => {
            let user = store.upsert_user(body::upsert_user(body)?, at)?;
            Ok(Answer::json(StatusCode::OK, answer::user(user, project_id)))
        }
        Operation::UpsertOrganization => {
            let sent = body::upsert_organization(body)?;
            let organization = store.upsert_organization(sent, at)?;
            let organization = answer::organization(organization, project_id);
            Ok(Answer::json(StatusCode::OK, organization))
        }
        Operation::DeleteUser => {
            store.delete_user(&body::delete(body)?)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        Operation::DeleteOrganization => {
            store.delete_organization(&body::delete(body)?)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        Operation::AddOrganizationUser => {
            let sent = body::membership(body)?;
            let data = body::membership_data(body)?;
            store.add_member(&sent.organization, &sent.user, data, at)?;
            Ok(Answer::empty(StatusCode::OK))
        }
        Operation::RemoveOrganizationUser => {
            let sent = body::membership(body)?;
            store.remove_member(&sent.organization, &sent.user)?;
            Ok(Answer::empty(StatusCode::NO_CONTENT))
        }
        Operation::PostUserEvents | Operation::PostOrganizationEvents => {
            let kind = subject(operation);
            let events = body::events(kind, body)?;
            access.allow_events(events.iter().map(|event| event.name.as_str()))?;
            store.post_events(kind, events, at)?;
            Ok(Answer::empty(StatusCode::ACCEPTED))
        }
        Operation::UpsertUserScheduled | Operation::UpsertOrganizationScheduled => {
            let sent = body::upsert_schedule(body)?;
            let assignments = target.family.assignments();
            let accepted = store.upsert_schedule(subject(operation), sent, assignments, at)?;
            Ok(Answer::json(
                StatusCode::ACCEPTED,
                answer::schedule(accepted),
            ))
        }
        Operation::DeleteUserScheduled | Operation::DeleteOrganizationScheduled => {
            let sent = body::delete_schedule(body)?;
            store.delete_schedule(subject(operation), &sent.name, &sent.identifiers)?;
            Ok(Answer::empty(StatusCode::OK))
        }
        Operation::RegisterDevice => {
            store.register_device(body::register_device(body)?, at)?;
            Ok(Answer::empty(StatusCode::CREATED))
        }
        Operation::GetVapidPublicKey => {
            let body = json!({"public_key": VAPID_PUBLIC_KEY});
            Ok(Answer::json(StatusCode::OK, body))
        }
        Operation::CreateSession => {
            let auth_method_id = asked.parameter.ok_or_else(unknown_path)?;
            access.allow_session(asked.caller, auth_method_id)?;
            let user_id = body::session_user(body)?;
            let (token, session) = store.create_session(auth_method_id, user_id, at);
            let session = answer::session(&token, &session);
            Ok(Answer::json(StatusCode::CREATED, session))
        }
        _ => {
            let asked = inbox::Asked {
                operation,
                kind: subject(operation),
                query: asked.query,
                body,
                project_id,
            };
            inbox::perform(store, asked, at)?.ok_or_else(unknown_path)
        }
    }
}

/// Whom an operation is about.
fn subject(operation: Operation) -> SubjectKind {
    if operation.route().path.starts_with("/organizations") {
        SubjectKind::Organization
    } else {
        SubjectKind::User
    }
}

fn unknown_path() -> Answer {
    Answer::not_found("the requested resource has not been found")
}
