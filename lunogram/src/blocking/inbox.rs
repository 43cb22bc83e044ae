//! The inboxes of users and organizations.

use super::Client;
use crate::client;
use crate::error::Error;
use crate::model::{Channel, InboxCount, InboxPage, InboxQuery, NewInboxMessage};
use lunogram_core::Identifier;
use std::iter::FusedIterator;
use uuid::Uuid;

impl Client {
    /// Puts messages into the inboxes of users and organizations. See
    /// [`Client::post_inbox_messages`](crate::Client::post_inbox_messages).
    ///
    /// # Errors
    /// The errors of [`Client::post_inbox_messages`](crate::Client::post_inbox_messages).
    pub fn post_inbox_messages(&self, messages: &[NewInboxMessage]) -> Result<(), Error> {
        self.driver.wait(self.client.post_inbox_messages(messages))
    }

    /// The inbox of a user. See [`Client::user_inbox`](crate::Client::user_inbox).
    pub fn user_inbox(&self, user: impl Into<Identifier>) -> Inbox {
        self.inbox(self.client.user_inbox(user))
    }

    /// The inbox of an organization. See
    /// [`Client::organization_inbox`](crate::Client::organization_inbox).
    pub fn organization_inbox(&self, organization: impl Into<Identifier>) -> Inbox {
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
    /// Reads one page. See [`Inbox::page`](crate::inbox::Inbox::page).
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
    /// The errors of [`Inbox::page`](crate::inbox::Inbox::page).
    pub fn page(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.client.driver.wait(self.inbox.page(query))
    }

    /// Reads the inbox to its end, page by page, as an iterator. See
    /// [`Inbox::pages`](crate::inbox::Inbox::pages).
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

    /// Counts the messages of a channel. See [`Inbox::count`](crate::inbox::Inbox::count).
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
    /// The errors of [`Inbox::count`](crate::inbox::Inbox::count).
    pub fn count(&self, channel: Channel) -> Result<InboxCount, Error> {
        self.client.driver.wait(self.inbox.count(channel))
    }

    /// Marks messages as read. See [`Inbox::mark_read`](crate::inbox::Inbox::mark_read).
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
    /// The errors of [`Inbox::mark_read`](crate::inbox::Inbox::mark_read).
    pub fn mark_read(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Result<(), Error> {
        self.client.driver.wait(self.inbox.mark_read(messages))
    }

    /// Archives messages. See [`Inbox::archive`](crate::inbox::Inbox::archive).
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
    /// The errors of [`Inbox::archive`](crate::inbox::Inbox::archive).
    pub fn archive(&self, messages: impl IntoIterator<Item: Into<Uuid>>) -> Result<(), Error> {
        self.client.driver.wait(self.inbox.archive(messages))
    }
}

/// An iterator over the pages of an inbox, each requested when [`next`](Iterator::next) is called.
/// It ends after an error.
///
/// See [`InboxPages`](crate::inbox::InboxPages) for what happens if the inbox changes meanwhile.
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
