//! Users.

use super::{Client, deletion};
use crate::encode::{Writer, encoded};
use crate::error::Error;
use crate::model::{Identifiers, User};
use crate::problem::Payload;
use crate::transport::{Operation, Request};
use crate::typed::UserTraits;

impl Client {
    /// Creates the user, or updates it: fields that are absent keep what the server has, and each key of the data
    /// replaces the stored one whole.
    ///
    /// Takes a type with `#[derive(UserTraits)]`, or an [`UpsertUserRequest`](crate::UpsertUserRequest).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UserTraits;
    ///
    /// #[derive(UserTraits)]
    /// struct Customer {
    ///     #[lunogram(external_id)]
    ///     id: u64,
    ///     #[lunogram(email)]
    ///     email: Option<String>,
    ///     plan: &'static str,
    /// }
    ///
    /// let customer = Customer { id: 123, email: None, plan: "pro" };
    /// let user = client.upsert_user(&customer).await?;
    /// assert_eq!(user.data["plan"], "pro");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits, or what the server or the network did.
    /// Identifiers that belong to different users make the server fail (500).
    pub fn upsert_user<U: UserTraits + ?Sized>(
        &self,
        user: &U,
    ) -> impl Future<Output = Result<User, Error>> + Send + use<U> {
        let body = encoded(Payload::User, &|writer: &mut Writer| user.encode(writer));
        self.ask(Request::encoded(Operation::UpsertUser, body))
    }

    /// Deletes the user with these identifiers.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.delete_user("user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) when there is no such user, or what the server or the network did.
    pub fn delete_user<U: Into<Identifiers>>(
        &self,
        user: U,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<U> {
        self.tell(Request::encoded(
            Operation::DeleteUser,
            deletion(Payload::User, &user.into()),
        ))
    }
}
