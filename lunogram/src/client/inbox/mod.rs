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

/// The largest number of items that the server accepts in one request.
const LARGEST_BATCH: usize = 100;

impl Client {
    /// Puts messages into the inboxes of their recipients, who are users.
    ///
    /// The messages are sent in sequential requests of 100, and each request has the time-out of a
    /// whole call. If a request fails, [`Error::accepted`] returns how many messages were accepted
    /// before it; the server may also have accepted some of the rest. The same call can be
    /// repeated, since the server recognises a message by its identifier. Without messages nothing
    /// is sent.
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
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every message, each with a path
    /// that starts with the message's index (`[3].content.amount`), before anything is sent; or an
    /// error of the server or the network. The server accepts a message to a user that it does not
    /// know, and loses it.
    pub fn post_user_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.send_in_sequence(Operation::PostUserInboxMessages, message_bodies(messages))
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
    /// The errors of [`post_user_inbox_messages`](Self::post_user_inbox_messages).
    pub fn post_organization_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> impl Future<Output = Result<(), Error>> + Send + use<> {
        self.send_in_sequence(
            Operation::PostOrganizationInboxMessages,
            message_bodies(messages),
        )
    }

    /// Marks messages in a user's inbox as read. It takes messages of a page, or their ids.
    ///
    /// The marks are sent in requests of 100, as
    /// [messages are](Self::post_user_inbox_messages). Messages that are already read, and ids that
    /// are not in the inbox (any more, or yet), are ignored.
    ///
    /// ```
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
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
    /// [`Invalid`](crate::ErrorKind::Invalid) if the user has no identifier, or an error of the
    /// server or the network. The server does not report unknown users or messages.
    pub fn post_user_inbox_read<U: Into<Identifiers>, I: IntoIterator<Item: Into<Uuid>>>(
        &self,
        user: U,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<U, I> {
        self.mark(Operation::PostUserInboxRead, &user.into(), &ids(messages))
    }

    /// Marks messages in an organization's inbox as read, like
    /// [`post_user_inbox_read`](Self::post_user_inbox_read).
    ///
    /// ```
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
    /// client.post_organization_inbox_read("org_456", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`post_user_inbox_read`](Self::post_user_inbox_read).
    pub fn post_organization_inbox_read<O: Into<Identifiers>, I: IntoIterator<Item: Into<Uuid>>>(
        &self,
        organization: O,
        messages: I,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<O, I> {
        let operation = Operation::PostOrganizationInboxRead;
        self.mark(operation, &organization.into(), &ids(messages))
    }

    /// Archives messages in a user's inbox: they are no longer counted, and listed only with
    /// [`InboxStatus::Archived`](crate::InboxStatus::Archived). Otherwise it works like
    /// [`post_user_inbox_read`](Self::post_user_inbox_read).
    ///
    /// ```
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
    /// client.post_user_inbox_archived("user_123", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`post_user_inbox_read`](Self::post_user_inbox_read).
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
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
    /// client.post_organization_inbox_archived("org_456", [id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`post_user_inbox_read`](Self::post_user_inbox_read).
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
        self.send_in_sequence(operation, mark_bodies(&target, messages))
    }

    /// Sends the bodies in sequence, and stops at the first failure.
    fn send_in_sequence(
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

fn message_bodies(messages: &[NewInboxMessage]) -> Result<Vec<Vec<u8>>, Invalid> {
    let encode = NewInboxMessage::encode;
    arrays(Payload::InboxMessages, messages, LARGEST_BATCH, &encode)
}

fn mark_bodies(target: &Fragment, messages: &[Uuid]) -> Result<Vec<Vec<u8>>, Invalid> {
    let encode = |message: &Uuid, writer: &mut Writer<'_>| {
        writer.literal("{\"target\":");
        writer.fragment(target);
        writer.property(",\"message_id\":", message);
        writer.literal("}");
    };
    arrays(Payload::InboxMarks, messages, LARGEST_BATCH, &encode)
}
