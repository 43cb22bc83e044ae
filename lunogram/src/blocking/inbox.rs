//! The inboxes of users and organizations, waited for.

use super::Client;
use crate::error::Error;
use crate::model::{
    Channel, ExternalId, Identifiers, InboxCount, InboxPage, InboxQuery, NewInboxMessage,
};
use std::iter::FusedIterator;
use uuid::Uuid;

impl Client {
    /// As [`Client::post_user_inbox_messages`](crate::Client::post_user_inbox_messages).
    ///
    /// # Errors
    /// As there.
    pub fn post_user_inbox_messages(&self, messages: &[NewInboxMessage]) -> Result<(), Error> {
        let posted = self.client.post_user_inbox_messages(messages);
        self.driver.wait(posted)
    }

    /// As [`Client::post_organization_inbox_messages`](crate::Client::post_organization_inbox_messages).
    ///
    /// # Errors
    /// As there.
    pub fn post_organization_inbox_messages(
        &self,
        messages: &[NewInboxMessage],
    ) -> Result<(), Error> {
        let posted = self.client.post_organization_inbox_messages(messages);
        self.driver.wait(posted)
    }

    /// As [`Client::get_user_inbox`](crate::Client::get_user_inbox).
    ///
    /// # Errors
    /// As there.
    pub fn get_user_inbox(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.driver.wait(self.client.get_user_inbox(query))
    }

    /// As [`Client::get_organization_inbox`](crate::Client::get_organization_inbox).
    ///
    /// # Errors
    /// As there.
    pub fn get_organization_inbox(&self, query: &InboxQuery) -> Result<InboxPage, Error> {
        self.driver.wait(self.client.get_organization_inbox(query))
    }

    /// As [`Client::get_user_inbox_pages`](crate::Client::get_user_inbox_pages), for a loop.
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

    /// As [`Client::get_organization_inbox_pages`](crate::Client::get_organization_inbox_pages), for a loop.
    pub fn get_organization_inbox_pages(&self, query: InboxQuery) -> InboxPages {
        self.paging(self.client.get_organization_inbox_pages(query))
    }

    /// As [`Client::get_user_inbox_count`](crate::Client::get_user_inbox_count).
    ///
    /// # Errors
    /// As there.
    pub fn get_user_inbox_count(
        &self,
        user: impl Into<ExternalId>,
        channel: Channel,
    ) -> Result<InboxCount, Error> {
        let counted = self.client.get_user_inbox_count(user, channel);
        self.driver.wait(counted)
    }

    /// As [`Client::get_organization_inbox_count`](crate::Client::get_organization_inbox_count).
    ///
    /// # Errors
    /// As there.
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

    /// As [`Client::post_user_inbox_read`](crate::Client::post_user_inbox_read).
    ///
    /// # Errors
    /// As there.
    pub fn post_user_inbox_read(
        &self,
        user: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self.client.post_user_inbox_read(user, messages);
        self.driver.wait(marked)
    }

    /// As [`Client::post_organization_inbox_read`](crate::Client::post_organization_inbox_read).
    ///
    /// # Errors
    /// As there.
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

    /// As [`Client::post_user_inbox_archived`](crate::Client::post_user_inbox_archived).
    ///
    /// # Errors
    /// As there.
    pub fn post_user_inbox_archived(
        &self,
        user: impl Into<Identifiers>,
        messages: impl IntoIterator<Item: Into<Uuid>>,
    ) -> Result<(), Error> {
        let marked = self.client.post_user_inbox_archived(user, messages);
        self.driver.wait(marked)
    }

    /// As [`Client::post_organization_inbox_archived`](crate::Client::post_organization_inbox_archived).
    ///
    /// # Errors
    /// As there.
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

/// The pages of an inbox as an iterator, each waited for when it is wanted; an error is its last item.
///
/// For the rest it is [`InboxPages`](crate::InboxPages).
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
#[must_use = "pages are not asked for until they are wanted"]
pub struct InboxPages {
    client: Client,
    /// `None` behind the last page.
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
