//! Removes secrets from recorded requests, which end up in the output of failed tests.

use super::record::RecordedRequest;
use super::routes::{Route, Target, route};
use crate::wire::Operation;
use http::Method;
use serde_json::Value;

/// Replaces a secret. It is a string, as the contract requires at those places.
const REDACTED: &str = "[secret]";

/// The request without the secrets that its operation carries.
pub(super) fn redacted(method: &Method, mut request: RecordedRequest) -> RecordedRequest {
    let Route::To(Target { operation, .. }) = route(method, &request.path) else {
        return request;
    };
    let (part, name) = match operation {
        Operation::RegisterDevice => (request.body.as_mut(), "config"),
        Operation::CreateSession => (request.answer.as_mut(), "token"),
        _ => return request,
    };
    if let Some(secret) = part.and_then(|part| part.get_mut(name)) {
        redact(secret);
    }
    request
}

/// Replaces every value below `value` except `expiration_time`, also in a malformed body.
fn redact(value: &mut Value) {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| *name != "expiration_time")
            .for_each(|(_, value)| redact(value)),
        Value::Array(items) => items.iter_mut().for_each(redact),
        Value::Null => {}
        value => *value = REDACTED.into(),
    }
}
