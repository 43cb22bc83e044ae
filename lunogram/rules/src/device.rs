//! Fields of devices that receive push messages. Push services and browsers issue opaque values, so
//! their only rule is that they are not empty.

use crate::{ProblemKind, Violation, column};

/// Checks that a device id has at least one character.
///
/// # Errors
/// If it is empty.
pub const fn id(id: &str) -> Result<(), Violation> {
    not_empty(
        id,
        "empty device id; pass the id that your application uses for the device",
    )
}

/// Checks that a push token has at least one character.
///
/// # Errors
/// If it is empty.
pub const fn token(token: &str) -> Result<(), Violation> {
    not_empty(
        token,
        "empty push token; pass the token that the app received from its push service",
    )
}

/// Checks that the endpoint of a push subscription has at least one character.
///
/// # Errors
/// If it is empty.
pub const fn endpoint(endpoint: &str) -> Result<(), Violation> {
    not_empty(
        endpoint,
        "empty endpoint; pass the endpoint of the browser's push subscription",
    )
}

/// Checks that a key of a push subscription has at least one character.
///
/// # Errors
/// If it is empty.
pub const fn key(key: &str) -> Result<(), Violation> {
    not_empty(
        key,
        "empty key; pass the key of the browser's push subscription",
    )
}

/// Checks the version of the operating system.
///
/// # Errors
/// If it has more than 255 characters or contains U+0000.
pub fn os_version(version: &str) -> Result<(), Violation> {
    column::OS_VERSION.check(version)
}

/// Checks the device's model.
///
/// # Errors
/// If it has more than 255 characters or contains U+0000.
pub fn model(model: &str) -> Result<(), Violation> {
    column::DEVICE_MODEL.check(model)
}

/// Checks the version of the app on the device.
///
/// # Errors
/// If it has more than 255 characters or contains U+0000.
pub fn app_version(version: &str) -> Result<(), Violation> {
    column::APP_VERSION.check(version)
}

const fn not_empty(text: &str, message: &'static str) -> Result<(), Violation> {
    if text.is_empty() {
        return Err(Violation::fixed(ProblemKind::Missing, message));
    }
    Ok(())
}
