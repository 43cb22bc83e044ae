//! Devices that receive push messages.

use super::Client;
use crate::error::Error;
use crate::model::{Device, VapidPublicKey};
use lunogram_core::ToIdentifiers;

impl Client {
    /// Registers a device of a user, or updates it: a device replaces the one with the same id.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::push::Device;
    ///
    /// let phone = Device::android("b3f1c2", "fcm-token-of-the-app").app_version("4.1.0");
    /// client.register_device("user_123", &phone)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the device,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user, or an error of
    /// the server or the network.
    pub fn register_device(&self, user: impl ToIdentifiers, device: &Device) -> Result<(), Error> {
        self.driver.wait(self.client.register_device(user, device))
    }

    /// The key that browsers need to subscribe to push messages: see [`Device::web`].
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// let key = client.vapid_public_key()?;
    /// println!("<meta name=\"vapid-public-key\" content=\"{key}\">");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the server has no such key, or an error of the
    /// server or the network.
    #[doc(alias("get_vapid_public_key"))]
    pub fn vapid_public_key(&self) -> Result<VapidPublicKey, Error> {
        self.driver.wait(self.client.vapid_public_key())
    }
}
