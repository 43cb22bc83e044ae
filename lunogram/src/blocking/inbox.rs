//! The inboxes of users and organizations.

use super::Client;
use crate::client;
use crate::error::Error;
use crate::model::{Channel, InboxCount, InboxPage, InboxQuery, NewInboxMessage};
use lunogram_core::ToIdentifier;
use std::iter::FusedIterator;
use uuid::Uuid;

impl Client {
    /// Puts messages into the inboxes of users and organizations.
    ///
    /// They are sent in order, in sequential requests of up to 100 messages to the same kind of
    /// recipient. Each request has the timeout of a whole call. If one fails, [`Error::accepted`]
    /// returns how many messages, counted from the first, were accepted; some of the others may
    /// have been. Because the server recognises a message by its own id, the same call can be
    /// repeated as it is. Without messages nothing is sent.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, NewInboxMessage};
    /// use serde_json::json;
    ///
    /// let shipped = NewInboxMessage::new("order_1042_shipped", Channel::Inbox)
    ///     .to("user_123")
    ///     .content(json!({"title": "On its way"}));
    /// let invoice = NewInboxMessage::new("invoice_2026_11", Channel::Inbox)
    ///     .to("org_456")
    ///     .organization()
    ///     .content(json!({"title": "Your invoice"}));
    /// client.post_inbox_messages(&[shipped, invoice])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every message, each path
    /// starting with the position of its message (`[3].content.amount`), before the first request.
    /// Otherwise an error of the server or the network. The server accepts a message to a recipient
    /// that it does not know, and loses it.
    #[doc(alias("post_user_inbox_messages", "post_organization_inbox_messages"))]
    pub fn post_inbox_messages(&self, messages: &[NewInboxMessage]) -> Result<(), Error> {
        self.driver.wait(self.client.post_inbox_messages(messages))
    }

    /// The inbox of the user with this identifier. Nothing is sent yet.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let page = client.user_inbox("user_123").page(&InboxQuery::new(Channel::Inbox))?;
    /// for message in &page.results {
    ///     println!("{}: {}", message.scheduled_at, message.content["title"]);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("get_user_inbox"))]
    pub fn user_inbox(&self, user: impl ToIdentifier) -> Inbox {
        self.inbox(self.client.user_inbox(user))
    }

    /// The inbox of the organization with this identifier. Nothing is sent yet.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let invoices = InboxQuery::new(Channel::Inbox).tags(["invoices"]);
    /// let page = client.organization_inbox("org_456").page(&invoices)?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("get_organization_inbox"))]
    pub fn organization_inbox(&self, organization: impl ToIdentifier) -> Inbox {
        self.inbox(self.client.organization_inbox(organization))
    }

    pub(super) fn inbox(&self, inbox: client::Inbox) -> Inbox {
        Inbox {
            client: self.clone(),
            inbox,
        }
    }
}

/// The inbox of one user or organization: [`Client::user_inbox`] and
/// [`Client::organization_inbox`].
///
/// ```
/// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
/// use lunogram::inbox::{Channel, InboxQuery};
///
/// let inbox = client.user_inbox("user_123");
/// let page = inbox.page(&InboxQuery::new(Channel::Inbox))?;
/// inbox.mark_read(&page.results)?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "an inbox does nothing until one of its methods is called"]
pub struct Inbox {
    client: Client,
    inbox: client::Inbox,
}

impl Inbox {
    /// Reads one page, sorted by due time, the latest first. [`pages`](Self::pages) reads them all.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let page = client.user_inbox("user_123").page(&InboxQuery::new(Channel::Inbox))?;
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
    pub fn page(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.client.driver.wait(self.inbox.page(query))
    }

    /// Reads the inbox to its end, page by page; see [`InboxPages`]. A page has 100 messages unless
    /// the query sets a limit.
    ///
    /// The inbox may change while it is read: every message is returned once, even if new messages
    /// arrive at the front, and even if each page is marked as read or archived before the next one
    /// is requested. For this, the ids of all returned messages are kept in memory.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// for page in client.user_inbox("user_123").pages(InboxQuery::new(Channel::Inbox)) {
    ///     for message in page?.results {
    ///         println!("{}", message.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(&self, query: InboxQuery) -> InboxPages {
        InboxPages {
            client: self.client.clone(),
            pages: Some(self.inbox.pages(query)),
        }
    }

    /// Counts the messages of a channel.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::Channel;
    ///
    /// let count = client.user_inbox("user_123").count(Channel::Inbox)?;
    /// println!("{} unread", count.unread);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if the subject does not exist, or an error of the
    /// server or the network.
    #[doc(alias("get_user_inbox_count", "get_organization_inbox_count"))]
    pub fn count(&self, channel: Channel) -> Result<InboxCount, Error> {
        self.client.driver.wait(self.inbox.count(channel))
    }

    /// Marks messages as read. It takes messages of a page, or their ids.
    ///
    /// The marks are sent in sequential requests of up to 100. Messages that are already read, and
    /// ids that are not in the inbox (any more, or yet), are ignored.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// # let id = uuid::Uuid::nil();
    /// client.user_inbox("user_123").mark_read([id])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) if the identifier is empty, or an error of the server
    /// or the network. The server does not report unknown subjects or messages.
    #[doc(alias("post_user_inbox_read", "post_organization_inbox_read"))]
    pub fn mark_read(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Result<(), Error> {
        self.client.driver.wait(self.inbox.mark_read(messages))
    }

    /// Archives messages, like [`mark_read`](Self::mark_read).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// # let id = uuid::Uuid::nil();
    /// client.user_inbox("user_123").archive([id])?;
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
    pub fn archive(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Result<(), Error> {
        self.client.driver.wait(self.inbox.archive(messages))
    }
}

/// An iterator over the pages of an inbox, from [`Inbox::pages`]. Each page is requested when
/// [`next`](Iterator::next) is called. It ends after an error.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery};
/// use lunogram::{Error, blocking};
///
/// fn titles(client: &blocking::Client) -> Result<Vec<String>, Error> {
///     let mut titles = Vec::new();
///     for page in client.user_inbox("user_123").pages(InboxQuery::new(Channel::Inbox)) {
///         titles.extend(page?.results.iter().map(|message| message.content["title"].to_string()));
///     }
///     Ok(titles)
/// }
/// ```
#[derive(Debug)]
#[must_use = "no page is requested before `next` is called"]
pub struct InboxPages {
    client: Client,
    /// `None` after the last page, or after an error.
    pages: Option<client::InboxPages>,
}

impl Iterator for InboxPages {
    type Item = Result<InboxPage, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let page = self.client.driver.wait(self.pages.as_mut()?.next_page());
        if !matches!(page, Ok(Some(_))) {
            self.pages = None;
        }
        page.transpose()
    }
}

impl FusedIterator for InboxPages {}
