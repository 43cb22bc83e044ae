//! Devices that take push messages.

use crate::encode::{Fragment, Writer};
use chrono::{DateTime, Utc};
use lunogram_rules::device;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// A device of a user's, for [`Client::register_device`](crate::Client::register_device).
///
/// What push messages need to reach it goes into its constructor: a token where an app is installed, a [`WebPush`]
/// subscription in a browser. `Debug` shows none of it.
///
/// ```
/// use lunogram::{Device, WebPush};
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

/// How a push message reaches the device, which also says what its operating system is.
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

    /// An iPhone or iPad by the id that the application gives it, with the token that the app got from Apple's push service.
    pub fn ios(id: impl Into<String>, token: impl Into<String>) -> Self {
        Self::new(id.into(), Push::Ios(token.into()))
    }

    /// An Android device by the id that the application gives it, with the token that the app got from Firebase.
    pub fn android(id: impl Into<String>, token: impl Into<String>) -> Self {
        Self::new(id.into(), Push::Android(token.into()))
    }

    /// A browser by the id that the application gives it, with its push subscription.
    pub fn web(id: impl Into<String>, push: WebPush) -> Self {
        Self::new(id.into(), Push::Web(push))
    }

    /// The version of the operating system, or of the browser.
    pub fn os_version(mut self, version: impl Into<String>) -> Self {
        self.os_version = Some(version.into());
        self
    }

    /// What the manufacturer calls it: `iPhone16,1`.
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// The version of the application on it.
    pub fn app_version(mut self, version: impl Into<String>) -> Self {
        self.app_version = Some(version.into());
        self
    }

    /// Whatever else is known: a map, or a struct with named fields.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Some(Fragment::object(&data));
        self
    }

    /// Writes the device's part of its registration, behind the user's.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal(",\"device_id\":");
        writer.named(&self.id, device::id);
        writer.literal(",\"os\":\"");
        writer.literal(self.push.os());
        writer.literal("\"");
        writer.property(",\"os_version\":", &self.os_version);
        writer.property(",\"model\":", &self.model);
        writer.property(",\"app_version\":", &self.app_version);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal(",\"config\":");
        self.push.encode(writer);
    }
}

/// Shows what is no secret.
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
/// It can be read from what the browser makes of its `PushSubscription`, when that is turned into JSON:
///
/// ```
/// let subscription = r#"{
///     "endpoint": "https://push.example/send/4f7a",
///     "expirationTime": null,
///     "keys": {"p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQ…", "auth": "tBHItJI5svbpez7KI4CCXg"}
/// }"#;
/// let push: lunogram::WebPush = serde_json::from_str(subscription)?;
/// assert_eq!(push.endpoint, "https://push.example/send/4f7a");
/// assert_eq!(push.expiration_time, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Whoever knows it can send messages to the browser, so `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct WebPush {
    /// The address at the browser's push service that messages are sent to.
    pub endpoint: String,
    /// The browser's public key, which messages are encrypted for, in base64url.
    pub p256dh: String,
    /// The secret that messages are authenticated by, in base64url.
    pub auth: String,
    /// When the subscription ends, where the browser says so: few do.
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
