//! Devices that take push messages. What a push service or a browser made up is opaque: all that can be said of it here is
//! that it is there.

use crate::Violation;

/// A device's id has at least one character.
///
/// # Errors
/// Says that it is empty.
pub const fn id(id: &str) -> Result<(), Violation> {
    filled(
        id,
        "empty device id; give the id that your application knows the device by",
    )
}

/// A push token has at least one character.
///
/// # Errors
/// Says that it is empty.
pub const fn token(token: &str) -> Result<(), Violation> {
    filled(
        token,
        "empty push token; give the one that the app got from its push service",
    )
}

/// A push subscription's endpoint has at least one character.
///
/// # Errors
/// Says that it is empty.
pub const fn endpoint(endpoint: &str) -> Result<(), Violation> {
    filled(
        endpoint,
        "empty endpoint; give the one of the browser's push subscription",
    )
}

/// A push subscription's key has at least one character.
///
/// # Errors
/// Says that it is empty.
pub const fn key(key: &str) -> Result<(), Violation> {
    filled(
        key,
        "empty key; give the one of the browser's push subscription",
    )
}

const fn filled(text: &str, message: &'static str) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::fixed(message));
    }
    Ok(())
}
