//! Devices that take push messages.

use super::Client;
use crate::error::Error;
use crate::model::{Device, Identifiers, VapidPublicKey};

impl Client {
    /// As [`Client::register_device`](crate::Client::register_device).
    ///
    /// # Errors
    /// As there.
    pub fn register_device(
        &self,
        user: impl Into<Identifiers>,
        device: &Device,
    ) -> Result<(), Error> {
        self.driver.wait(self.client.register_device(user, device))
    }

    /// As [`Client::vapid_public_key`](crate::Client::vapid_public_key).
    ///
    /// # Errors
    /// As there.
    pub fn vapid_public_key(&self) -> Result<VapidPublicKey, Error> {
        self.driver.wait(self.client.vapid_public_key())
    }
}
