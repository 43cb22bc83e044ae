//! Clients of several projects of one server.

use super::Client;
use crate::error::Error;
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// A client of another project of the same server. It shares this client's threads. See
    /// [`Client::for_project`](crate::Client::for_project).
    ///
    /// # Errors
    /// The errors of [`Client::for_project`](crate::Client::for_project).
    pub fn for_project(
        &self,
        key: impl Into<String>,
        project: impl Into<Option<Uuid>>,
    ) -> Result<Self, Error> {
        Ok(Self {
            client: self.client.for_project(key, project)?,
            driver: Arc::clone(&self.driver),
        })
    }
}
