//! What a value looks like on the wire.

use lunogram::subject::{Organization, User};
use lunogram::testing::Server;
use lunogram::{Client, Error, EventFor, OrganizationTraits, Schedule, UserTraits};
use serde_json::Value;

/// A client, and a server that keeps what it was sent.
#[derive(Debug)]
pub struct Wire {
    /// The server.
    pub server: Server,
    /// Its client.
    pub client: Client,
}

impl Wire {
    /// Starts the server.
    ///
    /// # Panics
    /// When there is no port.
    #[must_use]
    pub fn start() -> Self {
        let server = Server::start().expect("a port");
        let client = server.client();
        Self { server, client }
    }

    /// What is sent for an event about a user.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn event<E: EventFor<User>>(&self, event: E) -> Result<Value, Error> {
        self.client.post_user_events(&[event]).await?;
        Ok(self.last()[0].take())
    }

    /// What is sent for an event about an organization.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn organization_event<E: EventFor<Organization>>(
        &self,
        event: E,
    ) -> Result<Value, Error> {
        self.client.post_organization_events(&[event]).await?;
        Ok(self.last()[0].take())
    }

    /// What is sent for a user.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn user(&self, user: impl UserTraits) -> Result<Value, Error> {
        self.client.upsert_user(&user).await?;
        Ok(self.last())
    }

    /// What is sent for an organization.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn organization(
        &self,
        organization: impl OrganizationTraits,
    ) -> Result<Value, Error> {
        self.client.upsert_organization(&organization).await?;
        Ok(self.last())
    }

    /// What is sent for a schedule.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn schedule(&self, schedule: impl Schedule) -> Result<Value, Error> {
        self.client.schedule(&schedule).await?;
        Ok(self.last())
    }

    /// The last request's body.
    fn last(&self) -> Value {
        let requests = self.server.requests();
        requests
            .last()
            .and_then(|request| request.body.clone())
            .unwrap_or_default()
    }
}

/// The paths of everything that is wrong.
///
/// # Panics
/// When nothing is.
#[must_use]
pub fn paths<T>(outcome: &Result<T, Error>) -> Vec<String> {
    match outcome {
        Ok(_) => panic!("nothing is wrong"),
        Err(error) => error
            .problems()
            .iter()
            .map(|problem| problem.path().to_owned())
            .collect(),
    }
}
