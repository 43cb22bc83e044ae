//! Numbers as the platform keeps them: IEEE doubles.

use serde_json::{Number, Value};

/// Above this, neighbouring integers may share one double.
const EXACT: u64 = 1 << 53;

/// Turns every number below `value` into the double that the platform would decode.
///
/// A whole number is written without a fraction afterwards (`1.0` becomes `1`), and an integer beyond ±2^53
/// becomes its nearest double, so that a test sees what the platform would have made of it.
pub(crate) fn as_doubles(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(double) = rounded(number) {
                *number = double;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(as_doubles),
        Value::Object(fields) => fields.values_mut().for_each(as_doubles),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The number to store instead of `number`, where it is another one.
fn rounded(number: &Number) -> Option<Number> {
    if number
        .as_i64()
        .is_some_and(|integer| integer.unsigned_abs() <= EXACT)
    {
        return None;
    }
    let double = number.as_f64()?;
    whole(double)
        .and_then(Number::from_i128)
        .or_else(|| Number::from_f64(double))
}

/// `double` as an integer, when it is one that JSON integers of 64 bits can hold.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked before the cast"
)]
fn whole(double: f64) -> Option<i128> {
    (double.fract() == 0.0 && double.abs() < 2_f64.powi(63)).then_some(double as i128)
}

/// Whether two numbers are numerically the same, as `jsonb` compares them: `1` and `1.0` are.
pub(super) fn same(left: &Number, right: &Number) -> bool {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => left == right,
        (Some(integer), None) => equals_double(integer, right),
        (None, Some(integer)) => equals_double(integer, left),
        (None, None) => left.as_f64() == right.as_f64(),
    }
}

/// Compares without rounding the integer to a double first.
fn equals_double(integer: i128, double: &Number) -> bool {
    double.as_f64().and_then(whole) == Some(integer)
}
