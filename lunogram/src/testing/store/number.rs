//! Numbers as the platform stores them: IEEE 754 doubles.

use serde_json::{Number, Value};

/// The largest magnitude up to which every integer has a double of exactly its value.
const EXACT: u64 = 1 << 53;

/// Replaces every number in `value` by the double that the platform decodes.
///
/// Afterwards, a whole number has no fraction (`1.0` becomes `1`), and an integer beyond ±2^53 is
/// its nearest double: a test sees the value that the platform stores.
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

/// The number that replaces `number`; `None` if it stays as it is.
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

/// `double` as an integer, if it is whole and fits a 64-bit JSON integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked before the cast"
)]
fn whole(double: f64) -> Option<i128> {
    (double.fract() == 0.0 && double.abs() < 2_f64.powi(63)).then_some(double as i128)
}

/// Whether two numbers are numerically equal, as `jsonb` compares them: `1` equals `1.0`.
pub(super) fn same(left: &Number, right: &Number) -> bool {
    match (left.as_i128(), right.as_i128()) {
        (Some(left), Some(right)) => left == right,
        (Some(integer), None) => equals_double(integer, right),
        (None, Some(integer)) => equals_double(integer, left),
        (None, None) => left.as_f64() == right.as_f64(),
    }
}

/// Compares without rounding the integer to a double.
fn equals_double(integer: i128, double: &Number) -> bool {
    double.as_f64().and_then(whole) == Some(integer)
}
