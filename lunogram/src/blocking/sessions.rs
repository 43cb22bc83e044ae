//! Making sessions, which act for one user.

use super::{Client, Session};
use crate::error::Error;
use crate::model::SessionToken;
use lunogram_core::ToExternalId;
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// Creates a session token for a user.
    /// See [`Client::create_session`](crate::Client::create_session).
    ///
    /// # Errors
    /// The errors of [`Client::create_session`](crate::Client::create_session).
    pub fn create_session(
        &self,
        auth_method_id: Uuid,
        user_id: impl ToExternalId,
    ) -> Result<SessionToken, Error> {
        let created = self.client.create_session(auth_method_id, user_id);
        self.driver.wait(created)
    }

    /// A session that acts for one user with a session token. It shares this client's thread. See
    /// [`Client::with_session`](crate::Client::with_session).
    ///
    /// # Errors
    /// The errors of [`Client::with_session`](crate::Client::with_session).
    pub fn with_session(
        &self,
        token: &SessionToken,
        user_id: impl ToExternalId,
    ) -> Result<Session, Error> {
        let session = self.client.with_session(token, user_id)?;
        Ok(Session::new(session, Arc::clone(&self.driver)))
    }
}
