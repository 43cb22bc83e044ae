//! Users.

use super::{Call, Client, deletion};
use crate::encode::{Payload, Writer, encoded};
use crate::model::User;
use crate::transport::Request;
use crate::wire::{Operation, SubjectKind};
use lunogram_core::{ToIdentifiers, UserTraits};

impl Client {
    /// Creates or updates a user, and returns it. Fields that are absent keep their stored values;
    /// a key of the data replaces the stored key with its whole value.
    ///
    /// It takes a type with `#[derive(UserTraits)]`, or an
    /// [`UpsertUserRequest`](crate::UpsertUserRequest).
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
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the traits,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops them, or an
    /// error of the server or the network. If the identifiers belong to different users, the server
    /// fails with 500.
    pub fn upsert_user<U: UserTraits + ?Sized>(&self, user: &U) -> Call<User> {
        let body = encoded(Payload::User, &|writer: &mut Writer| user.encode(writer));
        self.send_and_decode(Request::encoded(Operation::UpsertUser, body))
    }

    /// Deletes the user that has these identifiers, and keeps it deleted: the payloads about any of
    /// them that [`track`](Self::track) and [`identify`](Self::identify) have queued, in memory and
    /// in the spool, wait for the answer.
    ///
    /// | answer | payloads queued before it |
    /// |---|---|
    /// | deleted, or no such user | dropped: [`Deleted`](crate::queue::DropReason::Deleted) |
    /// | refused, or not sent | sent, in order |
    /// | not known: time-out, 5xx, or the call is dropped | wait; the queue repeats the request |
    ///
    /// The queue repeats it until the server judges it, or fails again and again while it answers
    /// other requests: then it counts as refused.
    ///
    /// Payloads that are queued after the answer belong to a new user. With a spool, the next
    /// process repeats a deletion with an unknown outcome before it sends payloads about the user.
    ///
    /// The request leaves after the upserts of the user that are on their way. Events on their way
    /// are not held back; they find no user. Neither are payloads that wait elsewhere: under other
    /// identifiers of the user, in the queues of sessions, of clients of other projects and of
    /// other processes, or in an outbox.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// client.delete_user("user_123").await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user,
    /// [`Spool`](crate::ErrorKind::Spool) if the deletion cannot be recorded in the spool and is
    /// therefore not sent, or an error of the server or the network.
    pub fn delete_user<U: ToIdentifiers>(&self, user: U) -> Call<()> {
        let body = deletion(Payload::User, &user.into_identifiers());
        let request = Request::encoded(Operation::DeleteUser, body);
        self.delete(SubjectKind::User, request)
    }
}
