//! The inboxes of users and organizations.

use super::Client;
use crate::error::Error;
use crate::model::{
    Channel, ExternalId, Identifiers, InboxCount, InboxPage, InboxQuery, NewInboxMessage,
};
use std::iter::FusedIterator;
use uuid::Uuid;

impl Client {
    /// Puts messages into the inboxes of users.
    /// See [`Client::post_user_inbox_messages`](crate::Client::post_user_inbox_messages).
    ///
    /// # Errors
    /// The errors of [`Client::post_user_inbox_messages`](crate::Client::post_user_inbox_messages).
    pub fn post_user_inbox_messages(&self, messages: &[NewInboxMessage]) -> Result<(), Error> {
        let posted = self.client.post_user_inbox_messages(messages);
        self.driver.wait(posted)
    }

    /// Puts messages into the inboxes of organizations.
    /// See the
    /// [asynchronous method](crate::Client::post_organization_inbox_messages).
    ///
    /// # Errors
    /// The errors of the
    /// [asynchronous method](crate::Client::post_organization_inbox_messages).
    pub fn post_organization_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> Result<(), Error> {
        let posted = self.client.post_organization_inbox_messages(messages);
        self.driver.wait(posted)
    }

    /// Reads one page of a user's inbox.
    /// See [`Client::get_user_inbox`](crate::Client::get_user_inbox).
    ///
    /// # Errors
    /// The errors of [`Client::get_user_inbox`](crate::Client::get_user_inbox).
    pub fn get_user_inbox(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.driver.wait(self.client.get_user_inbox(query))
    }

    /// Reads one page of an organization's inbox.
    /// See [`Client::get_organization_inbox`](crate::Client::get_organization_inbox).
    ///
    /// # Errors
    /// The errors of [`Client::get_organization_inbox`](crate::Client::get_organization_inbox).
    pub fn get_organization_inbox(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.driver.wait(self.client.get_organization_inbox(query))
    }

    /// Reads a user's inbox to its end, page by page. See
    /// [`Client::get_user_inbox_pages`](crate::Client::get_user_inbox_pages).
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery};
    ///
    /// for page in client.get_user_inbox_pages(InboxQuery::new("user_123", Channel::Inbox)) {
    ///     for message in page?.results {
    ///         println!("{}", message.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_user_inbox_pages(&self, query: InboxQuery) -> InboxPages {
        self.paging(self.client.get_user_inbox_pages(query))
    }

    /// Reads an organization's inbox to its end, page by page. See
    /// [`Client::get_organization_inbox_pages`](crate::Client::get_organization_inbox_pages).
    pub fn get_organization_inbox_pages(&self, query: InboxQuery) -> InboxPages {
        self.paging(self.client.get_organization_inbox_pages(query))
    }

    /// Counts the messages of a channel in a user's inbox.
    /// See [`Client::get_user_inbox_count`](crate::Client::get_user_inbox_count).
    ///
    /// # Errors
    /// The errors of [`Client::get_user_inbox_count`](crate::Client::get_user_inbox_count).
    pub fn get_user_inbox_count(
        &self,
        user: impl Into<ExternalId>,
        channel: Channel,
    ) -> Result<InboxCount, Error> {
        let counted = self.client.get_user_inbox_count(user, channel);
        self.driver.wait(counted)
    }

    /// Counts the messages of a channel in an organization's inbox.
    /// See [`Client::get_organization_inbox_count`](crate::Client::get_organization_inbox_count).
    ///
    /// # Errors
    /// The errors of
    /// [`Client::get_organization_inbox_count`](crate::Client::get_organization_inbox_count).
    pub fn get_organization_inbox_count(
        &self,
        organization: impl Into<ExternalId>,
        channel: Channel,
    ) -> Result<InboxCount, Error> {
        let counted = self
            .client
            .get_organization_inbox_count(organization, channel);
        self.driver.wait(counted)
    }

    /// Marks messages in a user's inbox as read.
    /// See [`Client::post_user_inbox_read`](crate::Client::post_user_inbox_read).
    ///
    /// # Errors
    /// The errors of [`Client::post_user_inbox_read`](crate::Client::post_user_inbox_read).
    pub fn post_user_inbox_read(
        &self,
        user: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self.client.post_user_inbox_read(user, messages);
        self.driver.wait(marked)
    }

    /// Marks messages in an organization's inbox as read.
    /// See [`Client::post_organization_inbox_read`](crate::Client::post_organization_inbox_read).
    ///
    /// # Errors
    /// The errors of
    /// [`Client::post_organization_inbox_read`](crate::Client::post_organization_inbox_read).
    pub fn post_organization_inbox_read(
        &self,
        organization: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self
            .client
            .post_organization_inbox_read(organization, messages);
        self.driver.wait(marked)
    }

    /// Archives messages in a user's inbox.
    /// See [`Client::post_user_inbox_archived`](crate::Client::post_user_inbox_archived).
    ///
    /// # Errors
    /// The errors of [`Client::post_user_inbox_archived`](crate::Client::post_user_inbox_archived).
    pub fn post_user_inbox_archived(
        &self,
        user: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self.client.post_user_inbox_archived(user, messages);
        self.driver.wait(marked)
    }

    /// Archives messages in an organization's inbox.
    /// See the
    /// [asynchronous method](crate::Client::post_organization_inbox_archived).
    ///
    /// # Errors
    /// The errors of the
    /// [asynchronous method](crate::Client::post_organization_inbox_archived).
    pub fn post_organization_inbox_archived(
        &self,
        organization: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self
            .client
            .post_organization_inbox_archived(organization, messages);
        self.driver.wait(marked)
    }

    fn paging(&self, pages: crate::InboxPages) -> InboxPages {
        InboxPages {
            client: self.clone(),
            pages: Some(pages),
        }
    }
}

/// An iterator over the pages of an inbox, each requested when [`next`](Iterator::next) is called.
/// It ends after an error.
///
/// See [`InboxPages`](crate::InboxPages) for what happens if the inbox changes meanwhile.
///
/// ```
/// use lunogram::{Channel, Error, InboxQuery, blocking};
///
/// fn titles(client: &blocking::Client) -> Result<Vec<String>, Error> {
///     let mut titles = Vec::new();
///     for page in client.get_user_inbox_pages(InboxQuery::new("user_123", Channel::Inbox)) {
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
    pages: Option<crate::InboxPages>,
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
