//! Devices that receive push messages.

use super::{Call, Client};
use crate::encode::{Payload, Writer, encoded};
use crate::model::{Device, VapidPublicKey};
use crate::transport::Request;
use crate::wire::Operation;
use lunogram_core::ToIdentifiers;

impl Client {
    /// Registers a device of a user, or updates it: a device replaces the one with the same id.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::push::Device;
    ///
    /// let phone = Device::android("b3f1c2", "fcm-token-of-the-app").app_version("4.1.0");
    /// client.register_device("user_123", &phone).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the device,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user, or an error of
    /// the server or the network.
    pub fn register_device<I: ToIdentifiers>(&self, user: I, device: &Device) -> Call<()> {
        let user = user.into_identifiers();
        let body = encoded(Payload::Device, &|writer: &mut Writer| {
            writer.literal("{\"identifier\":");
            user.encode(writer);
            device.encode(writer);
            writer.literal("}");
        });
        self.send_and_discard(Request::encoded(Operation::RegisterDevice, body))
    }

    /// The key that browsers need to subscribe to push messages: see [`Device::web`].
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// let key = client.vapid_public_key().await?;
    /// println!("<meta name=\"vapid-public-key\" content=\"{key}\">");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the server has no such key, or an error of the
    /// server or the network.
    #[doc(alias("get_vapid_public_key"))]
    pub fn vapid_public_key(&self) -> Call<VapidPublicKey> {
        self.send_and_decode(Ok(Request::new(Operation::GetVapidPublicKey)))
    }
}
