//! Making sessions, which act for one user.

use super::{Call, Client, Session};
use crate::delivery::MadeBy;
use crate::encode::{ExternalIdField as _, Payload, Writer, encoded};
use crate::error::Error;
use crate::model::{SessionToken, ToSessionToken};
use crate::transport::{Key, Request};
use crate::wire::Operation;
use lunogram_core::{Identifier, Invalid, ToExternalId};
use uuid::Uuid;

impl Client {
    /// Creates a session token for the user with this external id. The project's auth method
    /// determines what the session may do and when it expires. The server does not check that the
    /// user exists.
    ///
    /// The client needs an API key: a session cannot create another session.
    ///
    /// By default, a session sees the data of the user with the identifier
    /// [`Identifier::session`](crate::Identifier::session) only. Add it to the user first;
    /// otherwise the first request of the session makes a second user.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// use lunogram::{Identifier, UpsertUserRequest};
    /// # use uuid::Uuid;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let client = server.client();
    /// # let auth_method_id = Uuid::from_u128(7);
    /// let ids = [Identifier::new("user_123"), Identifier::session(auth_method_id, "user_123")];
    /// client.upsert_user(&UpsertUserRequest::new(ids)).await?;
    /// let token = client.create_session(auth_method_id, "user_123").await?;
    /// // The backend's response to its frontend:
    /// let response = serde_json::json!({
    ///     "token": token.expose_secret(),
    ///     "expires_at": token.expires_at(),
    /// });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if the external id is empty,
    /// [`Forbidden`](crate::ErrorKind::Forbidden) if the client's key is not an API key,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such auth method, or an error of the
    /// server or the network.
    pub fn create_session<U: ToExternalId>(
        &self,
        auth_method_id: Uuid,
        user_id: U,
    ) -> Call<SessionToken> {
        let request = Request::encoded(Operation::CreateSession, body(&user_id));
        self.send_and_decode(request.map(|request| request.at(auth_method_id)))
    }

    /// A session that acts for one user with a session token, or with the text of one, such as from
    /// a cookie. `user_id` is the external id for which the token was created.
    ///
    /// The session shares this client's server, routes, connections, time-outs, retries, hooks and
    /// delivery thread, and [`shutdown`](Self::shutdown) covers it. It has its own queue, with the
    /// same bounds, and its own [`stats`](Session::stats). Its queue is in memory only, even if
    /// this client has a spool.
    ///
    /// After the token has expired, the server refuses requests
    /// ([`Unauthorized`](crate::ErrorKind::Unauthorized)); queued events stay queued, and are
    /// dropped with the session. Create another token in time, and another session with it.
    ///
    /// A program that has no API key, such as one on the user's own device, makes its client from
    /// the token, too: `Client::new(token)?.with_session(token, user_id)?` with its text.
    ///
    /// ```
    /// # use lunogram::testing::Server;
    /// use lunogram::Event;
    /// # use uuid::Uuid;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = Server::start()?;
    /// # let client = server.client();
    /// # let auth_method_id = Uuid::from_u128(7);
    /// let token = client.create_session(auth_method_id, "user_123").await?;
    /// let session = client.with_session(&token, "user_123")?;
    /// session.send(&Event::new("page_viewed")).await?;
    ///
    /// // Another process, which receives the text of the token.
    /// # let cookie = token.expose_secret();
    /// let session = client.with_session(cookie, "user_123")?;
    /// session.send(&Event::new("page_viewed")).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if the token is empty or has characters that no token
    /// has, [`Invalid`](crate::ErrorKind::Invalid) if the external id is empty, or
    /// [`Forked`](crate::ErrorKind::Forked) in a fork of the client's process.
    pub fn with_session(
        &self,
        token: impl ToSessionToken,
        user_id: impl ToExternalId,
    ) -> Result<Session, Error> {
        body(&user_id)?;
        let key = Key::of_session(token.token_text()).map_err(Error::config)?;
        let client = self.child(MadeBy::WithSession, |transport| transport.with_key(key))?;
        Ok(Session::new(client, Identifier::new(user_id)))
    }
}

/// The request for a session of this user.
fn body(user_id: &impl ToExternalId) -> Result<Vec<u8>, Invalid> {
    encoded(Payload::Session, &|writer: &mut Writer| {
        user_id.write_identifier(&["{\"user_id\":", ""], writer);
        writer.literal("}");
    })
}
