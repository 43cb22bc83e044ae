//! Devices that receive push messages.

use super::Client;
use crate::error::Error;
use crate::model::{Device, VapidPublicKey};
use lunogram_core::Identifiers;

impl Client {
    /// Registers or updates a device of a user.
    /// See [`Client::register_device`](crate::Client::register_device).
    ///
    /// # Errors
    /// The errors of [`Client::register_device`](crate::Client::register_device).
    pub fn register_device(
        &self,
        user: impl Into<Identifiers>,
        device: &Device,
    ) -> Result<(), Error> {
        self.driver.wait(self.client.register_device(user, device))
    }

    /// The key that browsers need to subscribe to push messages.
    /// See [`Client::vapid_public_key`](crate::Client::vapid_public_key).
    ///
    /// # Errors
    /// The errors of [`Client::vapid_public_key`](crate::Client::vapid_public_key).
    pub fn vapid_public_key(&self) -> Result<VapidPublicKey, Error> {
        self.driver.wait(self.client.vapid_public_key())
    }
}
