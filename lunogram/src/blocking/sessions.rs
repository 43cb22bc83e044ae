//! Sessions: clients that act for one user.

use super::Client;
use crate::error::Error;
use crate::model::SessionToken;
use crate::typed::ToExternalId;
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// As [`Client::create_session`](crate::Client::create_session).
    ///
    /// # Errors
    /// As there.
    pub fn create_session(
        &self,
        auth_method_id: Uuid,
        user_id: impl ToExternalId,
    ) -> Result<SessionToken, Error> {
        let created = self.client.create_session(auth_method_id, user_id);
        self.driver.wait(created)
    }

    /// As [`Client::with_session`](crate::Client::with_session); it shares this client's thread.
    ///
    /// # Errors
    /// As there.
    pub fn with_session(&self, token: &SessionToken) -> Result<Self, Error> {
        Ok(Self {
            client: self.client.with_session(token)?,
            driver: Arc::clone(&self.driver),
        })
    }
}
