//! The containment operator of `PostgreSQL`'s `jsonb`: `stored @> wanted`.

use super::{Data, number};
use serde_json::Value;

/// Whether `stored` contains `wanted`.
///
/// Objects are compared by key, arrays as sets, scalars by equality; an object never contains an
/// array, or the reverse. `PostgreSQL`'s one exception, a top-level array that contains a bare
/// scalar, cannot occur here: both sides are objects at the top, and the exception does not apply
/// below it (`{"a": [1]}` does not contain `{"a": 1}`).
pub(super) fn contains(stored: &Data, wanted: &Data) -> bool {
    wanted.iter().all(|(key, wanted)| {
        stored
            .get(key)
            .is_some_and(|stored| value_contains(stored, wanted))
    })
}

fn value_contains(stored: &Value, wanted: &Value) -> bool {
    match (stored, wanted) {
        (Value::Object(stored), Value::Object(wanted)) => contains(stored, wanted),
        (Value::Array(stored), Value::Array(wanted)) => wanted
            .iter()
            .all(|wanted| stored.iter().any(|stored| value_contains(stored, wanted))),
        (Value::Number(stored), Value::Number(wanted)) => number::same(stored, wanted),
        (Value::String(stored), Value::String(wanted)) => stored == wanted,
        (Value::Bool(stored), Value::Bool(wanted)) => stored == wanted,
        (Value::Null, Value::Null) => true,
        _ => false,
    }
}
