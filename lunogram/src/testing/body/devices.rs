//! The shape of a device's registration.

use super::super::fields::{Fields, Malformed, Null, date_time, object, string, string_that};
use super::super::store::{RegisterDevice, StoredPush};
use super::identifiers;
use crate::model::WebPush;
use serde_json::Value;

pub(in super::super) fn register_device(body: &Value) -> Result<RegisterDevice, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(RegisterDevice {
        identifiers: fields.required("identifier", identifiers)?,
        device_id: fields.required("device_id", string)?,
        push: push(&fields)?,
        os_version: fields.optional("os_version", Null::Refused, string)?,
        model: fields.optional("model", Null::Refused, string)?,
        app_version: fields.optional("app_version", Null::Refused, string)?,
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

/// What the operating system says is needed to reach the device.
fn push(fields: &Fields<'_>) -> Result<StoredPush, Malformed> {
    let config = fields.required("config", Fields::of)?;
    let known = |os: &str| matches!(os, "ios" | "android" | "web");
    let os = fields.required("os", string_that(known, "must be ios, android or web"))?;
    let needed = |fields: &Fields<'_>, name| {
        let filled = string_that(|text: &str| !text.is_empty(), "must not be empty");
        fields.required(name, filled)
    };
    Ok(match os.as_str() {
        "ios" => StoredPush::Ios(needed(&config, "token")?),
        "android" => StoredPush::Android(needed(&config, "token")?),
        _ => {
            let keys = config.required("keys", Fields::of)?;
            StoredPush::Web(WebPush {
                endpoint: needed(&config, "endpoint")?,
                p256dh: needed(&keys, "p256dh")?,
                auth: needed(&keys, "auth")?,
                expiration_time: config.optional("expiration_time", Null::Refused, date_time)?,
            })
        }
    })
}
