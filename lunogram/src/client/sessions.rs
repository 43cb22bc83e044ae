//! Sessions: clients that act for one user.

use super::Client;
use crate::encode::{Writer, encoded};
use crate::error::Error;
use crate::model::SessionToken;
use crate::problem::Payload;
use crate::transport::{Key, Operation, Request};
use crate::typed::ToExternalId;
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// Mints a token for a user, by one of the project's auth methods for sessions, which says what the session may do and for
    /// how long. The user is the one of this external id; whether there is one is not looked at.
    ///
    /// It takes an API key: a session cannot mint another.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// # use uuid::Uuid;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let client = server.client();
    /// # let auth_method_id = Uuid::from_u128(7);
    /// let token = client.create_session(auth_method_id, "user_123").await?;
    /// // What the backend answers its frontend with:
    /// let answer = serde_json::json!({
    ///     "token": token.expose_secret(),
    ///     "expires_at": token.expires_at(),
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) when the external id is empty, [`Forbidden`](crate::ErrorKind::Forbidden) when
    /// the client's key is no API key, [`NotFound`](crate::ErrorKind::NotFound) when there is no such auth method, or what
    /// the server or the network did.
    pub fn create_session<U: ToExternalId>(
        &self,
        auth_method_id: Uuid,
        user_id: U,
    ) -> impl Future<Output = Result<SessionToken, Error>> + Send + use<U> {
        let body = encoded(Payload::Session, &|writer: &mut Writer| {
            writer.literal("{\"user_id\":");
            if user_id.write_external_id(writer) {
                writer.report_empty_external_id();
            }
            writer.literal("}");
        });
        let request = Request::encoded(Operation::CreateSession, body);
        self.ask(request.map(|request| request.at(auth_method_id)))
    }

    /// A client that acts with the token of a session, and is set up like this one otherwise: the same server, routes,
    /// connections, time-outs, retries and hooks. Its queue has the same bounds and is its own, as are its
    /// [`stats`](Self::stats); it waits in memory alone, whatever spool this client has.
    ///
    /// When the token has expired, the server refuses what the client sends
    /// ([`Unauthorized`](crate::ErrorKind::Unauthorized)); what is in its queue stays there, and goes with the client. Mint
    /// another token in time, and make a client of that one.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// # use lunogram::UpsertUserRequest;
    /// # use uuid::Uuid;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let client = server.client();
    /// # let auth_method_id = Uuid::from_u128(7);
    /// let token = client.create_session(auth_method_id, "user_123").await?;
    /// let jane = client.with_session(&token)?;
    /// jane.upsert_user(&UpsertUserRequest::new("user_123").locale("nl-NL")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) when the token is empty or has characters that no token has.
    pub fn with_session(&self, token: &SessionToken) -> Result<Self, Error> {
        let key = Key::new(token.expose_secret().to_owned()).map_err(|_| {
            Error::config(
                "the session token is empty or has a character that no token has; hand over the one that was minted, alone",
            )
        })?;
        Self::over(self.transport.with_key(key), Arc::clone(&self.setup), None)
    }
}
