//! The inboxes of users and organizations.

mod pages;
mod post;

pub use pages::InboxPages;

use super::batches::array;
use super::{Call, Client, exchange};
use crate::encode::{Fragment, Payload, Writer};
use crate::error::Error;
use crate::model::{Channel, InboxCount, InboxPage, InboxQuery, LARGEST_BATCH, inbox_parameters};
use crate::transport::{Request, Transport};
use crate::wire::{Operation, SubjectKind};
use lunogram_core::{Identifier, Invalid, Problem, ToIdentifier};
use std::sync::Arc;
use uuid::Uuid;

/// The inbox of one user or organization: [`Client::user_inbox`] and
/// [`Client::organization_inbox`].
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let message = NewInboxMessage::new("order_1042_shipped", Channel::Inbox).to("user_123");
/// client.post_inbox_messages(&[message]).await?;
///
/// let inbox = client.user_inbox("user_123");
/// assert_eq!(inbox.count(Channel::Inbox).await?.unread, 1);
/// let page = inbox.page(&InboxQuery::new(Channel::Inbox)).await?;
/// inbox.mark_read(&page.results).await?;
/// assert_eq!(inbox.count(Channel::Inbox).await?.unread, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an inbox does nothing until one of its methods is called"]
pub struct Inbox {
    client: Client,
    subject: SubjectKind,
    identifier: Identifier,
}

impl Client {
    /// The inbox of the user with this identifier. Nothing is sent yet.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let page = client.user_inbox("user_123").page(&InboxQuery::new(Channel::Inbox)).await?;
    /// for message in &page.results {
    ///     println!("{}: {}", message.scheduled_at, message.content["title"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("get_user_inbox"))]
    pub fn user_inbox(&self, user: impl ToIdentifier) -> Inbox {
        self.inbox(SubjectKind::User, user.into_identifier())
    }

    /// The inbox of the organization with this identifier. Nothing is sent yet.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let invoices = InboxQuery::new(Channel::Inbox).tags(["invoices"]);
    /// let page = client.organization_inbox("org_456").page(&invoices).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("get_organization_inbox"))]
    pub fn organization_inbox(&self, organization: impl ToIdentifier) -> Inbox {
        self.inbox(SubjectKind::Organization, organization.into_identifier())
    }

    fn inbox(&self, subject: SubjectKind, identifier: Identifier) -> Inbox {
        Inbox {
            client: self.clone(),
            subject,
            identifier,
        }
    }
}

impl Inbox {
    /// Reads one page, sorted by due time, the latest first. [`pages`](Self::pages) reads them all.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let page = client.user_inbox("user_123").page(&InboxQuery::new(Channel::Inbox)).await?;
    /// println!("{} of {}", page.results.len(), page.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the query,
    /// [`NotFound`](crate::ErrorKind::NotFound) if the subject does not exist, or an error of the
    /// server or the network.
    #[doc(alias("get_user_inbox", "get_organization_inbox"))]
    pub fn page(&self, query: &InboxQuery) -> Call<InboxPage> {
        let operation = match self.subject {
            SubjectKind::User => Operation::GetUserInbox,
            SubjectKind::Organization => Operation::GetOrganizationInbox,
        };
        let parameters = query.parameters(&self.identifier);
        self.client
            .send_and_decode(Request::queried(operation, parameters))
    }

    /// Reads the inbox to its end, page by page; see [`InboxPages`]. A page has 100 messages unless
    /// the query sets a limit.
    ///
    /// The inbox may change while it is read: every message is returned once, even if new messages
    /// arrive at the front, and even if each page is marked as read or archived before the next one
    /// is requested. For this, the ids of all returned messages are kept in memory.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery, InboxStatus};
    ///
    /// let inbox = client.user_inbox("user_123");
    /// let unread = InboxQuery::new(Channel::Inbox).status(InboxStatus::Unread);
    /// let mut pages = inbox.pages(unread);
    /// while let Some(page) = pages.next_page().await? {
    ///     inbox.mark_read(&page.results).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self, query: InboxQuery) -> InboxPages {
        InboxPages::new(self.clone(), query)
    }

    /// Counts the messages of a channel.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::Channel;
    ///
    /// let count = client.user_inbox("user_123").count(Channel::Inbox).await?;
    /// println!("{} unread", count.unread);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the subject does not exist, or an error of the
    /// server or the network.
    #[doc(alias("get_user_inbox_count", "get_organization_inbox_count"))]
    pub fn count(&self, channel: Channel) -> Call<InboxCount> {
        let operation = match self.subject {
            SubjectKind::User => Operation::GetUserInboxCount,
            SubjectKind::Organization => Operation::GetOrganizationInboxCount,
        };
        let parameters = inbox_parameters(&self.identifier, channel);
        self.client
            .send_and_decode(Request::queried(operation, parameters))
    }

    /// Marks messages as read. It takes messages of a page, or their ids.
    ///
    /// The marks are sent in sequential requests of up to 100. Messages that are already read, and
    /// ids that are not in the inbox (any more, or yet), are ignored.
    ///
    /// ```
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let inbox = client.user_inbox("user_123");
    /// let page = inbox.page(&InboxQuery::new(Channel::Inbox)).await?;
    /// inbox.mark_read(&page.results).await?;
    /// inbox.mark_read([id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if the identifier is empty, or an error of the server
    /// or the network. The server does not report unknown subjects or messages.
    #[doc(alias("post_user_inbox_read", "post_organization_inbox_read"))]
    pub fn mark_read(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Call<()> {
        let operation = match self.subject {
            SubjectKind::User => Operation::PostUserInboxRead,
            SubjectKind::Organization => Operation::PostOrganizationInboxRead,
        };
        self.mark(operation, messages)
    }

    /// Archives messages, like [`mark_read`](Self::mark_read).
    ///
    /// ```
    /// # use lunogram::{Client, Error};
    /// # async fn example(client: Client, id: uuid::Uuid) -> Result<(), Error> {
    /// client.user_inbox("user_123").archive([id]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`mark_read`](Self::mark_read).
    #[doc(alias(
        "mark_archived",
        "post_user_inbox_archived",
        "post_organization_inbox_archived"
    ))]
    pub fn archive(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Call<()> {
        let operation = match self.subject {
            SubjectKind::User => Operation::PostUserInboxArchived,
            SubjectKind::Organization => Operation::PostOrganizationInboxArchived,
        };
        self.mark(operation, messages)
    }

    fn mark(
        &self,
        operation: Operation,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Call<()> {
        let messages: Vec<Uuid> = messages.into_iter().map(Into::into).collect();
        let requests = self
            .marks(operation, &messages)
            .map_err(|problems| refused(operation, Payload::InboxMarks, problems));
        send_in_sequence(operation.id(), self.client.transport.clone(), requests)
    }

    fn marks(
        &self,
        operation: Operation,
        messages: &[Uuid],
    ) -> Result<Vec<(Request, usize)>, Vec<Problem>> {
        let target = Fragment::of(|writer| {
            writer.literal("[");
            self.identifier.encode(writer);
            writer.literal("]");
        });
        let encode = |message: &Uuid, writer: &mut Writer<'_>| {
            writer.literal("{\"target\":");
            writer.fragment(&target);
            writer.property(",\"message_id\":", message);
            writer.literal("}");
        };
        let chunks = messages.chunks(LARGEST_BATCH).enumerate();
        chunks
            .map(|(number, chunk)| {
                let body = array(chunk, number * LARGEST_BATCH, &encode)?;
                Ok((Request::with(operation, body), chunk.len()))
            })
            .collect()
    }
}

fn refused(operation: Operation, payload: Payload<'_>, problems: Vec<Problem>) -> Error {
    Error::from(Invalid::new(payload, problems)).during(operation)
}

/// Sends requests in sequence, each with the number of its items, and stops at the first failure.
fn send_in_sequence(
    name: &'static str,
    transport: Option<Arc<Transport>>,
    requests: Result<Vec<(Request, usize)>, Error>,
) -> Call<()> {
    Call::new(name, async move {
        let mut accepted = 0;
        for (request, items) in requests? {
            let sent = exchange(transport.as_deref(), &request).await;
            sent.map_err(|error| error.past(accepted))?;
            accepted += items;
        }
        Ok(())
    })
}
