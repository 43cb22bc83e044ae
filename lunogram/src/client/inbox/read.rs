//! Reading and counting the messages of an inbox.

use super::InboxPages;
use crate::client::Client;
use crate::error::Error;
use crate::model::{Channel, ExternalId, InboxCount, InboxPage, InboxQuery, inbox_parameters};
use crate::transport::{Operation, Request};

impl Client {
    /// Reads one page of a user's inbox, sorted by due time, the latest first.
    /// [`get_user_inbox_pages`](Self::get_user_inbox_pages) reads them all.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery};
    ///
    /// let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
    /// for message in &page.results {
    ///     println!("{}: {}", message.scheduled_at, message.content["title"]);
    /// }
    /// println!("{} of {}", page.results.len(), page.total);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the query,
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user, or an error of the server
    /// or the network.
    pub fn get_user_inbox(
        &self,
        query: &InboxQuery,
    ) -> impl Future<Output = Result<InboxPage, Error>> + Send + use<> {
        self.send_and_decode(Request::queried(
            Operation::GetUserInbox,
            query.parameters(),
        ))
    }

    /// Reads one page of an organization's inbox, like [`get_user_inbox`](Self::get_user_inbox).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery};
    ///
    /// let query = InboxQuery::new("org_456", Channel::Inbox).tags(["invoices"]);
    /// let page = client.get_organization_inbox(&query).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`get_user_inbox`](Self::get_user_inbox).
    pub fn get_organization_inbox(
        &self,
        query: &InboxQuery,
    ) -> impl Future<Output = Result<InboxPage, Error>> + Send + use<> {
        self.send_and_decode(Request::queried(
            Operation::GetOrganizationInbox,
            query.parameters(),
        ))
    }

    /// Reads a user's inbox to its end, page by page; see [`InboxPages`]. A page has 100 messages
    /// unless the query sets a limit.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery, InboxStatus};
    ///
    /// let unread = InboxQuery::new("user_123", Channel::Inbox).status(InboxStatus::Unread);
    /// let mut pages = client.get_user_inbox_pages(unread);
    /// while let Some(page) = pages.next_page().await? {
    ///     client.post_user_inbox_read("user_123", &page.results).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_user_inbox_pages(&self, query: InboxQuery) -> InboxPages {
        InboxPages::new(self.clone(), Operation::GetUserInbox, query)
    }

    /// Reads an organization's inbox to its end, page by page, like
    /// [`get_user_inbox_pages`](Self::get_user_inbox_pages).
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Channel, InboxQuery};
    ///
    /// let query = InboxQuery::new("org_456", Channel::Email);
    /// let mut pages = client.get_organization_inbox_pages(query);
    /// while let Some(page) = pages.next_page().await? {
    ///     println!("{} more", page.results.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn get_organization_inbox_pages(&self, query: InboxQuery) -> InboxPages {
        InboxPages::new(self.clone(), Operation::GetOrganizationInbox, query)
    }

    /// Counts the messages of a channel in a user's inbox.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Channel;
    ///
    /// let count = client.get_user_inbox_count("user_123", Channel::Inbox).await?;
    /// println!("{} unread", count.unread);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`NotFound`](crate::ErrorKind::NotFound) if there is no such user, or an error of the server
    /// or the network.
    pub fn get_user_inbox_count<U: Into<ExternalId>>(
        &self,
        user: U,
        channel: Channel,
    ) -> impl Future<Output = Result<InboxCount, Error>> + Send + use<U> {
        let parameters = inbox_parameters(&user.into(), channel);
        self.send_and_decode(Request::queried(Operation::GetUserInboxCount, parameters))
    }

    /// Counts the messages of a channel in an organization's inbox.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Channel;
    ///
    /// let count = client.get_organization_inbox_count("org_456", Channel::Inbox).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`get_user_inbox_count`](Self::get_user_inbox_count).
    pub fn get_organization_inbox_count<O: Into<ExternalId>>(
        &self,
        organization: O,
        channel: Channel,
    ) -> impl Future<Output = Result<InboxCount, Error>> + Send + use<O> {
        let parameters = inbox_parameters(&organization.into(), channel);
        self.send_and_decode(Request::queried(
            Operation::GetOrganizationInboxCount,
            parameters,
        ))
    }
}
