//! Users.

use super::Client;
use crate::error::Error;
use crate::model::User;
use lunogram_core::{Identifiers, UserTraits};

impl Client {
    /// Creates or updates a user, and returns it.
    /// See [`Client::upsert_user`](crate::Client::upsert_user).
    ///
    /// # Errors
    /// The errors of [`Client::upsert_user`](crate::Client::upsert_user).
    pub fn upsert_user<U: UserTraits + ?Sized>(&self, user: &U) -> Result<User, Error> {
        self.driver.wait(self.client.upsert_user(user))
    }

    /// Deletes a user. See [`Client::delete_user`](crate::Client::delete_user).
    ///
    /// # Errors
    /// The errors of [`Client::delete_user`](crate::Client::delete_user).
    pub fn delete_user(&self, user: impl Into<Identifiers>) -> Result<(), Error> {
        self.driver.wait(self.client.delete_user(user))
    }
}
