//! The inboxes of users and organizations.

mod pages;
mod read;

pub use pages::InboxPages;

use super::batches::arrays;
use super::{Client, exchange};
use crate::encode::{Fragment, Writer};
use crate::error::Error;
use crate::model::{Identifiers, NewInboxMessage};
use crate::problem::{Invalid, Payload};
use crate::transport::{Operation, Request};
use std::sync::Arc;
use uuid::Uuid;

/// The most items that the server takes in one request.
const LARGEST_BATCH: usize = 100;

impl Client {
    /// Puts messages into the inboxes of users, each into that of its recipient.
    ///
    /// They are sent in requests of 100, one after the other, and each has the time of a whole call. When one of them fails,
    /// [`Error::accepted`] tells how many messages are in; the rest may be in part. Since the server recognises a message by
    /// its identifier, the same call can be made again as it is. Without messages nothing is sent.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, NewInboxMessage};
    /// use serde_json::json;
    ///
    /// let message = NewInboxMessage::to("user_123", Channel::Inbox, "order_1042_shipped")
    ///     .content(json!({"title": "On its way"}));
    /// client.post_user_inbox_messages(&[message]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every message, its place in front (`[3].content.amount`),
    /// before the first is sent; or what the server or the network did. A message to a user that the server does not know is
    /// accepted, and lost.
    pub fn post_user_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.tell_in_turn(Operation::PostUserInboxMessages, created(messages))
    }

    /// Puts messages into the inboxes of organizations, like
    /// [`post_user_inbox_messages`](Self::post_user_inbox_messages).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, NewInboxMessage};
    /// use serde_json::json;
    ///
    /// let message = NewInboxMessage::to("org_456", Channel::Inbox, "invoice_2026_11")
    ///     .content(json!({"title": "Your invoice"}));
    /// client.post_organization_inbox_messages(&[message]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of [`post_user_inbox_messages`](Self::post_user_inbox_messages).
    pub fn post_organization_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.tell_in_turn(Operation::PostOrganizationInboxMessages, created(messages))
    }

    /// Marks messages in a user's inbox as read: listed ones, or their ids.
    ///
    /// They are sent in requests of 100, as
    /// [messages are](Self::post_user_inbox_messages); what is read already stays as it is, and so does what is not in the
    /// inbox (any more, or not yet).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client, id: uuid::Uuid) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery};
    ///
    /// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
    /// client.post_user_inbox_read("user_123", &page.results).await?;
    /// client.post_user_inbox_read("user_123", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) when the user has no identifier, or what the server or the network did. A user
    /// or a message that the server does not know goes unnoticed.
    pub fn post_user_inbox_read<U: Into<Identifiers>, I: IntoIterator<Item: Into<Uuid>>>(
        &self,
        user: U,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<U, I> {
        self.mark(Operation::PostUserInboxRead, &user.into(), &ids(messages))
    }

    /// Marks messages in an organization's inbox as read, like [`post_user_inbox_read`](Self::post_user_inbox_read).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client, id: uuid::Uuid) -> Result<(), lunogram::Error> {
    /// client.post_organization_inbox_read("org_456", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of [`post_user_inbox_read`](Self::post_user_inbox_read).
    pub fn post_organization_inbox_read<O: Into<Identifiers>, I: IntoIterator<Item: Into<Uuid>>>(
        &self,
        organization: O,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<O, I> {
        let operation = Operation::PostOrganizationInboxRead;
        self.mark(operation, &organization.into(), &ids(messages))
    }

    /// Archives messages in a user's inbox: they are neither counted nor listed any more, but for
    /// [`InboxStatus::Archived`](crate::InboxStatus::Archived). For the rest like
    /// [`post_user_inbox_read`](Self::post_user_inbox_read).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client, id: uuid::Uuid) -> Result<(), lunogram::Error> {
    /// client.post_user_inbox_archived("user_123", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of [`post_user_inbox_read`](Self::post_user_inbox_read).
    pub fn post_user_inbox_archived<U: Into<Identifiers>, I: IntoIterator<Item: Into<Uuid>>>(
        &self,
        user: U,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<U, I> {
        self.mark(
            Operation::PostUserInboxArchived,
            &user.into(),
            &ids(messages),
        )
    }

    /// Archives messages in an organization's inbox, like
    /// [`post_user_inbox_archived`](Self::post_user_inbox_archived).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client, id: uuid::Uuid) -> Result<(), lunogram::Error> {
    /// client.post_organization_inbox_archived("org_456", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As those of [`post_user_inbox_read`](Self::post_user_inbox_read).
    pub fn post_organization_inbox_archived<
        O: Into<Identifiers>,
        I: IntoIterator<Item: Into<Uuid>>,
    >(
        &self,
        organization: O,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<O, I> {
        let operation = Operation::PostOrganizationInboxArchived;
        self.mark(operation, &organization.into(), &ids(messages))
    }

    fn mark(
        &self,
        operation: Operation,
        subject: &Identifiers,
        messages: &[Uuid],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let target = Fragment::of(|writer| subject.encode(writer));
        self.tell_in_turn(operation, marked(&target, messages))
    }

    /// Sends one body after the other, up to the first that fails.
    fn tell_in_turn(
        &self,
        operation: Operation,
        bodies: Result<Vec<Vec<u8>>, Invalid>,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        let transport = Arc::clone(&self.transport);
        async move {
            let bodies = bodies.map_err(|invalid| Error::from(invalid).during(operation))?;
            for (number, body) in bodies.into_iter().enumerate() {
                let sent = exchange(&transport, &Request::with(operation, body)).await;
                sent.map_err(|error| error.past(number * LARGEST_BATCH))?;
            }
            Ok(())
        }
    }
}

fn ids(messages: impl IntoIterator<Item: Into<Uuid>>) -> Vec<Uuid> {
    messages.into_iter().map(Into::into).collect()
}

fn created(messages: &[NewInboxMessage]) -> Result<Vec<Vec<u8>>, Invalid> {
    let encode = NewInboxMessage::encode;
    arrays(Payload::InboxMessages, messages, LARGEST_BATCH, &encode)
}

fn marked(target: &Fragment, messages: &[Uuid]) -> Result<Vec<Vec<u8>>, Invalid> {
    let encode = |message: &Uuid, writer: &mut Writer<'_>| {
        writer.literal("{\"target\":");
        writer.fragment(target);
        writer.property(",\"message_id\":", message);
        writer.literal("}");
    };
    arrays(Payload::InboxMarks, messages, LARGEST_BATCH, &encode)
}
