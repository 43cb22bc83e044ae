//! Parses the body of a device's registration.

use super::identifiers;
use crate::model::WebPush;
use crate::testing::api::fields::{
    Fields, Malformed, Null, date_time, object, string, string_where,
};
use crate::testing::store::{RegisterDevice, SentIdentifier, StoredPush};
use serde_json::Value;

/// The identifiers of the device's user, who is looked up before anything else is checked.
pub(in crate::testing::api) fn device_user(body: &Value) -> Result<Vec<SentIdentifier>, Malformed> {
    Fields::of(body, "")?.required("identifier", identifiers)
}

/// A registration for the user with these identifiers.
pub(in crate::testing::api) fn register_device(
    identifiers: Vec<SentIdentifier>,
    body: &Value,
) -> Result<RegisterDevice, Malformed> {
    let fields = Fields::of(body, "")?;
    Ok(RegisterDevice {
        identifiers,
        device_id: fields.required("device_id", string)?,
        push: push(&fields)?,
        os_version: fields.optional("os_version", Null::Refused, string)?,
        model: fields.optional("model", Null::Refused, string)?,
        app_version: fields.optional("app_version", Null::Refused, string)?,
        data: fields.optional("data", Null::Allowed, object)?,
    })
}

/// The push credentials, whose fields depend on the operating system.
fn push(fields: &Fields<'_>) -> Result<StoredPush, Malformed> {
    let config = fields.required("config", Fields::of)?;
    let is_known = |os: &str| matches!(os, "ios" | "android" | "web");
    let os = fields.required("os", string_where(is_known, "must be ios, android or web"))?;
    let non_empty = |fields: &Fields<'_>, name| {
        let non_empty = string_where(|text: &str| !text.is_empty(), "must not be empty");
        fields.required(name, non_empty)
    };
    Ok(match os.as_str() {
        "ios" => StoredPush::Ios(non_empty(&config, "token")?),
        "android" => StoredPush::Android(non_empty(&config, "token")?),
        _ => {
            let keys = config.required("keys", Fields::of)?;
            StoredPush::Web(WebPush {
                endpoint: non_empty(&config, "endpoint")?,
                p256dh: non_empty(&keys, "p256dh")?,
                auth: non_empty(&keys, "auth")?,
                expiration_time: config.optional("expiration_time", Null::Refused, date_time)?,
            })
        }
    })
}
