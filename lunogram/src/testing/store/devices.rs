//! Registered devices.

use super::{Context, Data, SentIdentifier, Store, StoreError, columns};
use crate::model::WebPush;
use crate::wire::SubjectKind;
use chrono::{DateTime, Utc};
use lunogram_rules::column;
use std::fmt;

/// A user's device as the server stores it.
///
/// ```
/// use lunogram::push::Device;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let phone = Device::ios("6D92078A", "740f4707").app_version("4.1.0");
/// client.register_device("user_123", &phone).await?;
///
/// let device = &server.devices("user_123")[0];
/// assert_eq!(device.device_id, "6D92078A");
/// assert_eq!(device.app_version.as_deref(), Some("4.1.0"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredDevice {
    /// The application's id of the device.
    pub device_id: String,
    /// The push credentials; the variant is the operating system.
    pub push: StoredPush,
    /// The version of the operating system, if it was sent.
    pub os_version: Option<String>,
    /// The manufacturer's name of the model, if it was sent.
    pub model: Option<String>,
    /// The version of the application, if it was sent.
    pub app_version: Option<String>,
    /// The data of the last registration.
    pub data: Data,
    /// When the device was first registered.
    pub created_at: DateTime<Utc>,
    /// When the device was last registered.
    pub updated_at: DateTime<Utc>,
}

/// The push credentials of a device. `Debug` does not show them.
///
/// ```
/// use lunogram::push::Device;
/// use lunogram::testing::StoredPush;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client.register_device("user_123", &Device::android("b3f1c2", "fcm-token")).await?;
///
/// let device = &server.devices("user_123")[0];
/// assert_eq!(device.push, StoredPush::Android("fcm-token".to_owned()));
/// assert_eq!(format!("{:?}", device.push), "Android(…)");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredPush {
    /// A token of Apple's push service.
    Ios(String),
    /// A token of Firebase Cloud Messaging.
    Android(String),
    /// A browser's push subscription.
    Web(WebPush),
}

impl fmt::Debug for StoredPush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ios(_) => f.write_str("Ios(…)"),
            Self::Android(_) => f.write_str("Android(…)"),
            Self::Web(push) => f.debug_tuple("Web").field(push).finish(),
        }
    }
}

/// The body of a registration.
#[derive(Clone, Debug)]
pub(crate) struct RegisterDevice {
    pub(crate) identifiers: Vec<SentIdentifier>,
    pub(crate) device_id: String,
    pub(crate) push: StoredPush,
    pub(crate) os_version: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) app_version: Option<String>,
    pub(crate) data: Option<Data>,
}

impl RegisterDevice {
    fn check_columns(&self) -> Result<(), columns::Unstorable> {
        columns::unlimited("device_id", &self.device_id)?;
        match &self.push {
            StoredPush::Ios(token) | StoredPush::Android(token) => {
                columns::unlimited("config.token", token)?;
            }
            StoredPush::Web(push) => {
                columns::unlimited("config.endpoint", &push.endpoint)?;
                columns::unlimited("config.keys.p256dh", &push.p256dh)?;
                columns::unlimited("config.keys.auth", &push.auth)?;
            }
        }
        for (path, value, column) in [
            ("os_version", &self.os_version, column::OS_VERSION),
            ("model", &self.model, column::DEVICE_MODEL),
            ("app_version", &self.app_version, column::APP_VERSION),
        ] {
            columns::optional(path, value.as_deref(), column)?;
        }
        self.data
            .as_ref()
            .map_or(Ok(()), |data| columns::json("data", data))
    }
}

impl Store {
    /// Registers the device. A device of the same user with the same id is replaced.
    pub(crate) fn register_device(
        &mut self,
        sent: RegisterDevice,
        context: &Context<'_>,
    ) -> Result<(), StoreError> {
        let user = self.find(SubjectKind::User, &sent.identifiers)?;
        sent.check_columns()?;
        let mut device = StoredDevice {
            device_id: sent.device_id,
            push: sent.push,
            os_version: sent.os_version,
            model: sent.model,
            app_version: sent.app_version,
            data: sent.data.unwrap_or_default(),
            created_at: context.now(),
            updated_at: context.now(),
        };
        let devices = self.devices.get_mut(user);
        let registered = devices
            .iter_mut()
            .find(|registered| registered.device_id == device.device_id);
        if let Some(registered) = registered {
            device.created_at = registered.created_at;
            device.updated_at = context.later_than(registered.updated_at);
            *registered = device;
        } else {
            devices.push(device);
        }
        if let Some(user) = self.subjects.get_mut(user) {
            user.has_push_device = true;
        }
        Ok(())
    }

    /// The user's devices, the oldest first.
    pub(crate) fn devices(&self, source: &str, external_id: &str) -> &[StoredDevice] {
        self.subjects
            .row_of(SubjectKind::User, source, external_id)
            .map_or(&[], |user| self.devices.get(user))
    }
}
