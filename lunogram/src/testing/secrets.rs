//! What a recorded request must not show: whoever reads it, in the output of a failed test say, could use it.

use super::record::RecordedRequest;
use super::routes::{Route, Target, route};
use crate::transport::Operation;
use http::Method;
use serde_json::Value;

/// What stands in the place of a secret, which keeps the shape that the contract gives it.
const CONCEALED: &str = "[secret]";

/// The request without the secrets that its operation carries.
pub(super) fn concealed(method: &Method, mut request: RecordedRequest) -> RecordedRequest {
    let Route::To(Target { operation, .. }) = route(method, &request.path) else {
        return request;
    };
    let (part, name) = match operation {
        Operation::RegisterDevice => (request.body.as_mut(), "config"),
        Operation::CreateSession => (request.answer.as_mut(), "token"),
        _ => return request,
    };
    if let Some(secret) = part.and_then(|part| part.get_mut(name)) {
        conceal(secret);
    }
    request
}

/// Everything in it but a moment, malformed or not.
fn conceal(value: &mut Value) {
    match value {
        Value::Object(fields) => fields
            .iter_mut()
            .filter(|(name, _)| *name != "expiration_time")
            .for_each(|(_, value)| conceal(value)),
        Value::Array(items) => items.iter_mut().for_each(conceal),
        Value::Null => {}
        value => *value = CONCEALED.into(),
    }
}
