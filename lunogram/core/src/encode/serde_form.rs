//! Requests as serde values: they are written as JSON of the API, and checked when they are read.

use super::json::Json;
use super::{Encode, encoded};
use crate::problem::{Invalid, Payload};
use serde::{Serialize, Serializer, de, ser};

/// Serializes the JSON that `write` writes, to any format.
///
/// # Errors
/// Every problem of the payload: data that was refused could not be read again.
pub(crate) fn serialize<S: Serializer>(
    payload: Payload<'_>,
    write: Encode<'_>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let json =
        encoded(payload, write, None).map_err(|invalid| ser::Error::custom(describe(&invalid)))?;
    serde_json::from_slice::<Json>(&json)
        .map_err(ser::Error::custom)?
        .serialize(serializer)
}

/// Checks a payload that was read.
///
/// # Errors
/// Every problem of the payload.
pub(crate) fn check_read<E: de::Error>(payload: Payload<'_>, write: Encode<'_>) -> Result<(), E> {
    encoded(payload, write, None)
        .map(drop)
        .map_err(|invalid| E::custom(describe(&invalid)))
}

/// The problems as the text of an error. Here, nothing was going to be sent.
fn describe(invalid: &Invalid) -> String {
    let problems: Vec<_> = invalid.problems().iter().map(ToString::to_string).collect();
    format!("{} is invalid: {}", invalid.payload(), problems.join("; "))
}
