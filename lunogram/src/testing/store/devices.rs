//! Devices that take push messages.

use super::identity::Row;
use super::{Data, Moment, Refused, SentIdentifier, Store, StoredUser, SubjectKind};
use crate::model::WebPush;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fmt;

/// A user's device as the server keeps it.
///
/// ```
/// use lunogram::Device;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// client.register_device("user_123", &Device::ios("6D92078A", "740f4707").app_version("4.1.0")).await?;
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
    /// What the application knows it by.
    pub device_id: String,
    /// How a push message reaches it, which also says what its operating system is.
    pub push: StoredPush,
    /// The version of its operating system, if that was sent.
    pub os_version: Option<String>,
    /// What its manufacturer calls it, if that was sent.
    pub model: Option<String>,
    /// The version of the application on it, if that was sent.
    pub app_version: Option<String>,
    /// Whatever else was sent with its last registration.
    pub data: Data,
    /// When it was first registered.
    pub created_at: DateTime<Utc>,
    /// When it was last registered.
    pub updated_at: DateTime<Utc>,
}

/// How a push message reaches a device. `Debug` shows no token.
///
/// ```
/// use lunogram::Device;
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
    /// By this token of Apple's push service.
    Ios(String),
    /// By this token of Firebase.
    Android(String),
    /// By a browser's push subscription.
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

/// By user, the oldest device first.
#[derive(Debug, Default)]
pub(super) struct Devices(BTreeMap<Row, Vec<StoredDevice>>);

impl Devices {
    pub(super) fn remove_user(&mut self, user: Row) {
        self.0.remove(&user);
    }
}

impl Store {
    /// Registers the device, in the place of the user's device of the same id where there is one.
    pub(crate) fn register_device(
        &mut self,
        sent: RegisterDevice,
        at: &Moment<'_>,
    ) -> Result<(), Refused> {
        let user = self.subject(SubjectKind::User, &sent.identifiers)?;
        let mut device = StoredDevice {
            device_id: sent.device_id,
            push: sent.push,
            os_version: sent.os_version,
            model: sent.model,
            app_version: sent.app_version,
            data: sent.data.unwrap_or_default(),
            created_at: at.now(),
            updated_at: at.now(),
        };
        let devices = self.devices.0.entry(user).or_default();
        let known = devices
            .iter_mut()
            .find(|known| known.device_id == device.device_id);
        if let Some(known) = known {
            device.created_at = known.created_at;
            device.updated_at = at.later_than(known.updated_at);
            *known = device;
        } else {
            devices.push(device);
        }
        if let Some(user) = self.users.get_mut(user) {
            user.has_push_device = true;
        }
        Ok(())
    }

    /// Every user with its devices, the oldest first.
    pub(crate) fn users_and_devices(&self) -> impl Iterator<Item = (&StoredUser, &[StoredDevice])> {
        self.users.iter().map(|(row, user)| {
            let devices = self.devices.0.get(&row);
            (user, devices.map_or(&[][..], Vec::as_slice))
        })
    }

    /// The user's devices, the oldest first.
    pub(crate) fn devices(&self, source: &str, external_id: &str) -> &[StoredDevice] {
        self.users
            .row_of(source, external_id)
            .and_then(|user| self.devices.0.get(&user))
            .map_or(&[], Vec::as_slice)
    }
}
