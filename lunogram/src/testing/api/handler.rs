//! Checks a request, performs it on the store, and chooses the response's status.

use super::access::{Access, Caller};
use super::body;
use super::inbox;
use super::management;
use super::query::Query;
use super::response::{self, ApiResponse};
use super::routes::{Parameter, Route, Target, route};
use super::vapid::VAPID_PUBLIC_KEY;
use crate::testing::store::{Context, Store, as_doubles};
use crate::wire::{Operation, SubjectKind};
use http::{Method, StatusCode, request::Parts};
use serde_json::{Value, json};
use uuid::Uuid;

/// A request's body.
#[derive(Debug)]
pub(super) enum Body {
    /// Valid JSON.
    Json(Value),
    /// Anything else, also an empty body.
    NotJson,
    /// Larger than the server accepts.
    TooLarge,
}

/// Performs one request and returns its response, whatever its status.
pub(super) fn handle(
    store: &mut Store,
    access: &Access,
    request: &Parts,
    body: &Body,
    context: &mut Context<'_>,
) -> ApiResponse {
    if let Some(response) = management::answer(store, access, request, context.now()) {
        return response;
    }
    answer(store, access, request, body, context).unwrap_or_else(|error| error)
}

/// Checks in the platform's order: route, key, path parameter, body, operation.
fn answer(
    store: &mut Store,
    access: &Access,
    request: &Parts,
    body: &Body,
    context: &mut Context<'_>,
) -> Result<ApiResponse, ApiResponse> {
    let target = match route(&request.method, request.uri.path()) {
        Route::To(target) => target,
        Route::Unknown => {
            return Err(unknown_path());
        }
        Route::WrongMethod(_) => {
            return Err(ApiResponse::method_not_allowed());
        }
    };
    let caller = access.admit(target.family, &request.headers, store, context.now())?;
    let parameter = target.parameter.map(Parameter::uuid).transpose()?;
    let mut body = match body {
        // The body of a `GET` is ignored.
        _ if request.method == Method::GET => Value::Null,
        Body::Json(body) => body.clone(),
        Body::NotJson => return Err(ApiResponse::bad_request("invalid request body")),
        Body::TooLarge => {
            return Err(ApiResponse::problem(
                StatusCode::PAYLOAD_TOO_LARGE,
                "payload too large",
                "the request body is larger than the server accepts",
            ));
        }
    };
    as_doubles(&mut body);
    let request = OperationRequest {
        target,
        caller,
        parameter,
        query: &Query::of(&request.uri),
        body: &body,
    };
    perform(store, access, request, context)
}

/// A routed and authenticated request: the input of an operation.
#[derive(Clone, Copy)]
struct OperationRequest<'a> {
    target: Target<'a>,
    caller: Caller,
    /// The parameter in the path.
    parameter: Option<Uuid>,
    query: &'a Query,
    /// `null` for an operation without a body.
    body: &'a Value,
}

fn perform(
    store: &mut Store,
    access: &Access,
    request: OperationRequest<'_>,
    context: &mut Context<'_>,
) -> Result<ApiResponse, ApiResponse> {
    let project_id = access.project_id;
    let OperationRequest { target, body, .. } = request;
    let operation = target.operation;
    match operation {
        Operation::UpsertUser | Operation::UpsertOrganization => {
            let kind = subject_kind(operation);
            let subject = store.upsert(kind, body::upsert(kind, body)?, context)?;
            let subject = response::subject(subject, project_id);
            Ok(ApiResponse::json(StatusCode::OK, subject))
        }
        Operation::DeleteUser | Operation::DeleteOrganization => {
            store.delete(subject_kind(operation), &body::delete(body)?)?;
            Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
        }
        Operation::AddOrganizationUser => {
            let sent = body::membership(body)?;
            let data = body::membership_data(body)?;
            store.add_member(&sent.organization, &sent.user, data, context)?;
            Ok(ApiResponse::empty(StatusCode::OK))
        }
        Operation::RemoveOrganizationUser => {
            let sent = body::membership(body)?;
            store.remove_member(&sent.organization, &sent.user)?;
            Ok(ApiResponse::empty(StatusCode::NO_CONTENT))
        }
        Operation::PostUserEvents | Operation::PostOrganizationEvents => {
            let kind = subject_kind(operation);
            let events = body::events(kind, body)?;
            access.allow_events(events.iter().map(|event| event.name.as_str()))?;
            store.post_events(kind, events, context)?;
            Ok(ApiResponse::empty(StatusCode::ACCEPTED))
        }
        Operation::UpsertUserScheduled | Operation::UpsertOrganizationScheduled => {
            let sent = body::upsert_schedule(body)?;
            let identity = target.family.schedule_identity();
            let accepted =
                store.upsert_schedule(subject_kind(operation), sent, identity, context)?;
            Ok(ApiResponse::json(
                StatusCode::ACCEPTED,
                response::schedule(accepted),
            ))
        }
        Operation::DeleteUserScheduled | Operation::DeleteOrganizationScheduled => {
            let sent = body::delete_schedule(body)?;
            store.delete_schedule(subject_kind(operation), &sent.name, &sent.identifiers)?;
            Ok(ApiResponse::empty(StatusCode::OK))
        }
        Operation::RegisterDevice => {
            store.register_device(body::register_device(body)?, context)?;
            Ok(ApiResponse::empty(StatusCode::CREATED))
        }
        Operation::GetVapidPublicKey => {
            let body = json!({"public_key": VAPID_PUBLIC_KEY});
            Ok(ApiResponse::json(StatusCode::OK, body))
        }
        Operation::CreateSession => {
            let auth_method_id = request.parameter.ok_or_else(unknown_path)?;
            access.allow_session(request.caller, auth_method_id)?;
            let user_id = body::session_user(body)?;
            let (token, session) = store.create_session(auth_method_id, user_id, context);
            let session = response::session(&token, &session);
            Ok(ApiResponse::json(StatusCode::CREATED, session))
        }
        _ => {
            let request = inbox::InboxRequest {
                operation,
                kind: subject_kind(operation),
                query: request.query,
                body,
                project_id,
            };
            inbox::perform(store, request, context)?.ok_or_else(unknown_path)
        }
    }
}

/// The kind of subject that an operation is about.
fn subject_kind(operation: Operation) -> SubjectKind {
    if operation.route().path.starts_with("/organizations") {
        SubjectKind::Organization
    } else {
        SubjectKind::User
    }
}

fn unknown_path() -> ApiResponse {
    ApiResponse::not_found("the requested resource has not been found")
}
