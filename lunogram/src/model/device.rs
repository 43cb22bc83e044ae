//! Devices that receive push messages.

use crate::encode::{Fragment, Writer};
use chrono::{DateTime, Utc};
use lunogram_core::values::OptionalText;
use lunogram_rules::device;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A device of a user, for [`Client::register_device`](crate::Client::register_device).
///
/// The constructors take what push messages need to reach the device: a token for an installed app,
/// or a [`WebPush`] subscription for a browser. `Debug` shows neither.
///
/// ```
/// use lunogram::push::{Device, WebPush};
/// use serde_json::json;
///
/// let phone = Device::ios("6D92078A-8246-4BA4", "740f4707bebcf74f")
///     .os_version("18.2")
///     .model("iPhone16,1")
///     .app_version("4.1.0")
///     .data(json!({"beta": true}));
///
/// let browser = Device::web("b3f1c2", WebPush {
///     endpoint: "https://push.example/send/4f7a".to_owned(),
///     p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQ…".to_owned(),
///     auth: "tBHItJI5svbpez7KI4CCXg".to_owned(),
///     expiration_time: None,
/// });
/// ```
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a device is not registered until it is sent"]
pub struct Device {
    id: String,
    push: Push,
    os_version: Option<String>,
    model: Option<String>,
    app_version: Option<String>,
    data: Option<Fragment>,
}

/// How a push message reaches the device. The variant also determines its operating system.
#[derive(Clone, PartialEq, Eq)]
enum Push {
    Ios(String),
    Android(String),
    Web(WebPush),
}

impl Device {
    fn new(id: String, push: Push) -> Self {
        Self {
            id,
            push,
            os_version: None,
            model: None,
            app_version: None,
            data: None,
        }
    }

    /// An iPhone or iPad, with an id chosen by the application, and the token that the app received
    /// from Apple's push service.
    pub fn ios(id: impl Into<String>, token: impl Into<String>) -> Self {
        Self::new(id.into(), Push::Ios(token.into()))
    }

    /// An Android device, with an id chosen by the application, and the token that the app received
    /// from Firebase.
    pub fn android(id: impl Into<String>, token: impl Into<String>) -> Self {
        Self::new(id.into(), Push::Android(token.into()))
    }

    /// A browser, with an id chosen by the application, and its push subscription.
    pub fn web(id: impl Into<String>, push: WebPush) -> Self {
        Self::new(id.into(), Push::Web(push))
    }

    /// The version of the operating system, or of the browser.
    pub fn os_version(mut self, version: impl OptionalText) -> Self {
        self.os_version = version.into_text();
        self
    }

    /// The manufacturer's name of the model: `iPhone16,1`.
    pub fn model(mut self, model: impl OptionalText) -> Self {
        self.model = model.into_text();
        self
    }

    /// The version of the installed application.
    pub fn app_version(mut self, version: impl OptionalText) -> Self {
        self.app_version = version.into_text();
        self
    }

    /// Additional data: a map, or a struct with named fields.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_object(&data);
        self
    }

    /// Writes the device's part of a registration, after the user's identifiers.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal(",\"device_id\":");
        writer.named(&self.id, device::id);
        writer.literal(",\"os\":\"");
        writer.literal(self.push.os());
        writer.literal("\"");
        writer.text(",\"os_version\":", &self.os_version, device::os_version);
        writer.text(",\"model\":", &self.model, device::model);
        writer.text(",\"app_version\":", &self.app_version, device::app_version);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal(",\"config\":");
        self.push.encode(writer);
    }
}

/// Shows everything but the secrets.
impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("id", &self.id)
            .field("os", &self.push.os())
            .field("os_version", &self.os_version)
            .field("model", &self.model)
            .field("app_version", &self.app_version)
            .finish_non_exhaustive()
    }
}

impl Push {
    fn os(&self) -> &'static str {
        match self {
            Self::Ios(_) => "ios",
            Self::Android(_) => "android",
            Self::Web(_) => "web",
        }
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        match self {
            Self::Ios(token) | Self::Android(token) => {
                writer.literal("{\"token\":");
                writer.named(token, device::token);
            }
            Self::Web(push) => {
                writer.literal("{\"endpoint\":");
                writer.named(&push.endpoint, device::endpoint);
                writer.moment(",\"expiration_time\":", &push.expiration_time);
                writer.literal(",\"keys\":{\"p256dh\":");
                writer.named(&push.p256dh, device::key);
                writer.literal(",\"auth\":");
                writer.named(&push.auth, device::key);
                writer.literal("}");
            }
        }
        writer.literal("}");
    }
}

/// A browser's push subscription.
///
/// Deserialize it from the JSON of the browser's `PushSubscription`:
///
/// ```
/// let subscription = r#"{
///     "endpoint": "https://push.example/send/4f7a",
///     "expirationTime": null,
///     "keys": {
///         "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQ…",
///         "auth": "tBHItJI5svbpez7KI4CCXg"
///     }
/// }"#;
/// let push: lunogram::push::WebPush = serde_json::from_str(subscription)?;
/// assert_eq!(push.endpoint, "https://push.example/send/4f7a");
/// assert_eq!(push.expiration_time, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Its fields are those that browsers have, so it can also be written as a literal.
///
/// A subscription is enough to send messages to the browser, so `Debug` shows only when it expires.
#[derive(Clone, PartialEq, Eq)]
pub struct WebPush {
    /// The URL at the browser's push service that messages are sent to.
    pub endpoint: String,
    /// The browser's public key for encrypting messages, in base64url.
    pub p256dh: String,
    /// The secret for authenticating messages, in base64url.
    pub auth: String,
    /// When the subscription expires. Few browsers report it.
    pub expiration_time: Option<DateTime<Utc>>,
}

impl fmt::Debug for WebPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebPush")
            .field("expiration_time", &self.expiration_time)
            .finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for WebPush {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct PushSubscription {
            endpoint: String,
            #[serde(default, with = "chrono::serde::ts_milliseconds_option")]
            expiration_time: Option<DateTime<Utc>>,
            keys: Keys,
        }
        #[derive(Deserialize)]
        struct Keys {
            p256dh: String,
            auth: String,
        }
        let subscription = PushSubscription::deserialize(deserializer)?;
        Ok(Self {
            endpoint: subscription.endpoint,
            p256dh: subscription.keys.p256dh,
            auth: subscription.keys.auth,
            expiration_time: subscription.expiration_time,
        })
    }
}
