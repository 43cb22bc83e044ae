//! Checks a request, performs it on the store, and chooses the response's status.

use super::access::{Access, Caller};
use super::body;
use super::inbox;
use super::management;
use super::publish;
use super::query::Query;
use super::response::{self, ApiResponse};
use super::routes::{Parameter, Route, Target, route};
use super::vapid::VAPID_PUBLIC_KEY;
use crate::testing::store::{Context, Store, as_doubles};
use crate::wire::{Operation, SubjectKind};
use http::header::{CONTENT_TYPE, HeaderMap};
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
        Route::To(target) if access.has(target.family) => target,
        Route::WrongMethod(family, _) if access.has(family) => {
            return Err(ApiResponse::method_not_allowed());
        }
        Route::To(_) | Route::WrongMethod(..) | Route::Unknown => {
            return Err(access.unknown_path());
        }
    };
    let caller = access.admit(target.family, &request.headers, store, context.now())?;
    let parameter = target.parameter.map(Parameter::uuid).transpose()?;
    caller.allow_subject(subject_kind(target.operation))?;
    let mut body = match body {
        // The body of a `GET` is ignored.
        _ if request.method == Method::GET => Value::Null,
        _ if !is_json(&request.headers) => {
            return Err(ApiResponse::bad_request(
                "the content-type must be application/json",
            ));
        }
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
        caller: &caller,
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
    caller: &'a Caller,
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
    let OperationRequest {
        target,
        caller,
        body,
        ..
    } = request;
    let operation = target.operation;
    match operation {
        Operation::UpsertUser | Operation::UpsertOrganization => {
            let kind = subject_kind(operation);
            let mut sent = body::upsert(kind, body)?;
            caller.bind(&mut sent.identifiers);
            let subject = store.upsert(kind, sent, context)?;
            let subject = response::subject(subject, project_id);
            Ok(ApiResponse::json(StatusCode::OK, subject))
        }
        Operation::DeleteUser | Operation::DeleteOrganization => {
            let mut identifiers = body::delete(body)?;
            caller.bind(&mut identifiers);
            store.delete(subject_kind(operation), &identifiers)?;
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
            publish::post_events(store, access, caller, kind, body, context)
        }
        Operation::UpsertUserScheduled | Operation::UpsertOrganizationScheduled => {
            let mut sent = body::upsert_schedule(body)?;
            caller.bind(&mut sent.identifiers);
            let identity = target.family.schedule_identity();
            let accepted =
                store.upsert_schedule(subject_kind(operation), sent, identity, context)?;
            Ok(ApiResponse::json(
                StatusCode::ACCEPTED,
                response::schedule(accepted),
            ))
        }
        Operation::DeleteUserScheduled | Operation::DeleteOrganizationScheduled => {
            let mut sent = body::delete_schedule(target.family, body)?;
            caller.bind(&mut sent.identifiers);
            store.delete_schedule(subject_kind(operation), &sent.selection, &sent.identifiers)?;
            Ok(ApiResponse::empty(StatusCode::OK))
        }
        Operation::RegisterDevice => {
            let mut user = body::device_user(body)?;
            caller.bind(&mut user);
            store.require(SubjectKind::User, &user)?;
            store.register_device(body::register_device(user, body)?, context)?;
            Ok(ApiResponse::empty(StatusCode::CREATED))
        }
        Operation::GetVapidPublicKey => {
            let body = json!({"public_key": VAPID_PUBLIC_KEY});
            Ok(ApiResponse::json(StatusCode::OK, body))
        }
        Operation::CreateSession => {
            if *caller != Caller::Key {
                return Err(ApiResponse::forbidden(
                    "an API key is required to mint sessions",
                ));
            }
            let auth_method_id = request.parameter.ok_or_else(|| access.unknown_path())?;
            let user_id = body::session_user(body)?;
            access.allow_auth_method(auth_method_id)?;
            let (token, session) = store.create_session(auth_method_id, user_id, context);
            let session = response::session(&token, &session);
            Ok(ApiResponse::json(StatusCode::CREATED, session))
        }
        _ => {
            let request = inbox::InboxRequest {
                operation,
                kind: subject_kind(operation),
                caller,
                query: request.query,
                body,
                project_id,
            };
            inbox::perform(store, request, context)?.ok_or_else(|| access.unknown_path())
        }
    }
}

/// The kind of subject that an operation is about.
pub(super) fn subject_kind(operation: Operation) -> SubjectKind {
    if operation.route().path.starts_with("/organizations") {
        SubjectKind::Organization
    } else {
        SubjectKind::User
    }
}

/// Whether the body is sent as JSON. Parameters of the type, such as a charset, are ignored.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        let (media_type, _) = value.split_once(';').unwrap_or((value, ""));
        media_type.trim().eq_ignore_ascii_case("application/json")
    })
}
