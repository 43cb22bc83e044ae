//! The JSON that is sent for a value.

use lunogram::testing::Server;
use lunogram::{AnyEvent, AnySchedule, Client, Error, OrganizationTraits, UserTraits};
use serde_json::Value;

/// A client, and a server that records its requests.
#[derive(Debug)]
pub struct Wire {
    /// The recording server.
    pub server: Server,
    /// Its client.
    pub client: Client,
}

impl Wire {
    /// Starts the server.
    ///
    /// # Panics
    /// If no port is free.
    #[must_use]
    pub fn start() -> Self {
        let server = Server::start().expect("a port");
        let client = server.client();
        Self { server, client }
    }

    /// The JSON sent for an event.
    ///
    /// # Errors
    /// The client's error.
    pub async fn event<E: AnyEvent>(&self, event: E) -> Result<Value, Error> {
        self.client.send_all(&[event]).await?;
        Ok(self.last()[0].take())
    }

    /// The JSON sent for a user.
    ///
    /// # Errors
    /// The client's error.
    pub async fn user(&self, user: impl UserTraits) -> Result<Value, Error> {
        self.client.upsert_user(&user).await?;
        Ok(self.last())
    }

    /// The JSON sent for an organization.
    ///
    /// # Errors
    /// The client's error.
    pub async fn organization(
        &self,
        organization: impl OrganizationTraits,
    ) -> Result<Value, Error> {
        self.client.upsert_organization(&organization).await?;
        Ok(self.last())
    }

    /// The JSON sent for a schedule.
    ///
    /// # Errors
    /// The client's error.
    pub async fn schedule(&self, schedule: impl AnySchedule) -> Result<Value, Error> {
        self.client.schedule(&schedule).await?;
        Ok(self.last())
    }

    /// The body of the last request.
    fn last(&self) -> Value {
        let requests = self.server.requests();
        requests
            .last()
            .and_then(|request| request.body.clone())
            .unwrap_or_default()
    }
}

/// The paths of all problems of an error.
///
/// # Panics
/// If there is no error.
#[must_use]
pub fn paths<T>(outcome: &Result<T, Error>) -> Vec<String> {
    match outcome {
        Ok(_) => panic!("no error"),
        Err(error) => error
            .problems()
            .iter()
            .map(|problem| problem.path().to_owned())
            .collect(),
    }
}
