//! Batches of events: how many of them the server publishes, and the response.

use super::access::{Access, Caller, bearer};
use super::body;
use super::handler::{Body, is_json, subject_kind};
use super::response::ApiResponse;
use super::routes::{Route, route};
use crate::testing::store::{Context, SentEvent, Store};
use crate::wire::{Operation, SubjectKind};
use chrono::{DateTime, Utc};
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

/// The key or token of a request, if the API accepts it.
pub(super) fn accepted_key<'a>(
    store: &Store,
    access: &Access,
    request: &'a Parts,
    now: DateTime<Utc>,
) -> Option<&'a str> {
    let Route::To(target) = route(&request.method, request.uri.path()) else {
        return None;
    };
    let admitted = access.admit(target.family, &request.headers, store, now);
    admitted.ok().and_then(|_| bearer(&request.headers))
}

/// How many events of a request will be published: those before the first one that the server
/// refuses or cannot publish.
pub(super) fn published(
    store: &Store,
    access: &Access,
    request: &Parts,
    body: &Body,
    largest_event: Option<usize>,
    now: DateTime<Utc>,
) -> usize {
    let (Route::To(target), Body::Json(body)) = (route(&request.method, request.uri.path()), body)
    else {
        return 0;
    };
    if !is_events(target.operation) || !is_json(&request.headers) {
        return 0;
    }
    let Ok(caller) = access.admit(target.family, &request.headers, store, now) else {
        return 0;
    };
    let kind = subject_kind(target.operation);
    let Ok((events, _)) = accepted_events(access, &caller, kind, body) else {
        return 0;
    };
    let fits = first_too_large(body, largest_event).unwrap_or(events.len());
    let has_one_target =
        |event: &&SentEvent| event.identifiers.is_some() != event.matching.is_some();
    events.iter().take(fits).take_while(has_one_target).count()
}

fn is_events(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::PostUserEvents | Operation::PostOrganizationEvents
    )
}

/// The events of a batch that the caller may send, and the response if there are others.
fn accepted_events(
    access: &Access,
    caller: &Caller,
    kind: SubjectKind,
    body: &Value,
) -> Result<(Vec<SentEvent>, Result<(), ApiResponse>), ApiResponse> {
    caller.allow_subject(kind)?;
    let events = body::events(kind, body)?;
    access.allow_events(caller, events.iter().map(|event| event.name.as_str()))?;
    Ok(caller.own_events(events))
}

/// The index of the first event whose message is larger than the server can publish.
fn first_too_large(batch: &Value, largest_event: Option<usize>) -> Option<usize> {
    let largest = largest_event?;
    let events = batch.as_array()?.iter();
    events
        .map(|event| event.to_string().len())
        .position(|length| length > largest)
}

/// Processes a batch, up to the first event that the server cannot publish.
pub(super) fn post_events(
    store: &mut Store,
    access: &Access,
    caller: &Caller,
    kind: SubjectKind,
    body: &Value,
    context: &Context<'_>,
) -> Result<ApiResponse, ApiResponse> {
    let (mut events, outcome) = accepted_events(access, caller, kind, body)?;
    let too_large = first_too_large(body, context.largest_event);
    if let Some(index) = too_large.filter(|index| *index < events.len()) {
        events.truncate(index);
        store.post_events(kind, events, context)?;
        return Err(ApiResponse::internal(format!(
            "the message of event {index} is larger than the server can publish"
        )));
    }
    store.post_events(kind, events, context)?;
    outcome?;
    Ok(ApiResponse::empty(StatusCode::ACCEPTED))
}
