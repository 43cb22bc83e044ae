//! An inbox, page by page.

use super::{Call, Inbox};
use crate::error::Error;
use crate::model::{InboxPage, InboxQuery, LARGEST_PAGE};
use std::collections::HashSet;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use uuid::Uuid;

/// The pages of an inbox, from [`Inbox::pages`](crate::inbox::Inbox::pages). Each
/// page is requested when [`next_page`](Self::next_page) is called.
///
/// After an error, `next_page` requests the same page again. A `next_page` that is dropped before
/// its answer, for example by a time-out, loses nothing: the next one goes on with that request.
///
/// With the feature `futures-core-0_3`, the pages are a `Stream` of results, for the combinators of
/// `futures` and `tokio-stream`. It ends after an error, as the iterator of the blocking client
/// does.
///
/// ```
/// use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
/// let message = |id: &'static str| NewInboxMessage::new(id, Channel::Inbox).to("user_123");
/// client.post_inbox_messages(&[message("1"), message("2"), message("3")]).await?;
///
/// let query = InboxQuery::new(Channel::Inbox).limit(2);
/// let mut pages = client.user_inbox("user_123").pages(query);
/// let mut sizes = Vec::new();
/// while let Some(page) = pages.next_page().await? {
///     sizes.push(page.results.len());
/// }
/// assert_eq!(sizes, [2, 1]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[must_use = "no page is requested before `next_page` is called"]
pub struct InboxPages {
    inbox: Inbox,
    query: InboxQuery,
    cursor: Cursor,
    /// The request whose answer is awaited.
    call: Option<Call<InboxPage>>,
    /// The stream has returned an error, and has ended.
    #[cfg(feature = "futures-core-0_3")]
    failed: bool,
}

impl InboxPages {
    pub(super) fn new(inbox: Inbox, query: InboxQuery) -> Self {
        Self {
            inbox,
            cursor: Cursor::new(query.first()),
            query: query.or_limit(LARGEST_PAGE),
            call: None,
            #[cfg(feature = "futures-core-0_3")]
            failed: false,
        }
    }

    /// The next page of messages that were not returned before; `None` after the last one.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::inbox::{Channel, InboxQuery};
    ///
    /// let mut pages = client.user_inbox("user_123").pages(InboxQuery::new(Channel::Inbox));
    /// while let Some(page) = pages.next_page().await? {
    ///     for message in page.results {
    ///         println!("{}", message.id);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Inbox::page`](crate::inbox::Inbox::page).
    pub async fn next_page(&mut self) -> Result<Option<InboxPage>, Error> {
        poll_fn(|context| self.poll_page(context)).await
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<InboxPage>, Error>> {
        while !self.cursor.at_end {
            let call = self.call.get_or_insert_with(|| {
                let query = self.query.clone().offset(self.cursor.offset);
                self.inbox.page(&query)
            });
            let page = ready!(Pin::new(call).poll(context));
            self.call = None;
            let page = self.cursor.take(page?);
            if page.is_some() {
                return Poll::Ready(Ok(page));
            }
        }
        Poll::Ready(Ok(None))
    }
}

/// The pages as a stream, which ends after the last page, or after an error.
///
/// ```
/// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
/// use futures_util::TryStreamExt;
/// use lunogram::inbox::{Channel, InboxQuery};
///
/// let pages = client.user_inbox("user_123").pages(InboxQuery::new(Channel::Inbox));
/// let messages = pages.map_ok(|page| page.results).try_concat().await?;
/// # Ok(())
/// # }
/// ```
#[cfg(feature = "futures-core-0_3")]
impl futures_core::Stream for InboxPages {
    type Item = Result<InboxPage, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.failed {
            return Poll::Ready(None);
        }
        let page = ready!(self.poll_page(context));
        self.failed = page.is_err();
        Poll::Ready(page.transpose())
    }
}

/// A stream that has ended can be polled again, as `select!` of `futures` does.
#[cfg(feature = "futures-core-0_3")]
impl futures_core::FusedStream for InboxPages {
    fn is_terminated(&self) -> bool {
        self.failed || self.cursor.at_end
    }
}

/// The reading position.
#[derive(Debug)]
struct Cursor {
    /// The offset of the first page.
    first: u64,
    offset: u64,
    /// The size of the inbox at the time of the last page.
    total: u64,
    seen: HashSet<Uuid>,
    at_end: bool,
}

impl Cursor {
    fn new(first: u64) -> Self {
        Self {
            first,
            offset: first,
            total: 0,
            seen: HashSet::new(),
            at_end: false,
        }
    }

    /// Removes messages that were returned before from the page at the offset, and advances. `None`
    /// if no message remains.
    fn take(&mut self, mut page: InboxPage) -> Option<InboxPage> {
        let gone = self.total.saturating_sub(page.total);
        self.total = page.total;
        if gone > 0 && self.offset > self.first {
            // The messages after the removed ones have moved up, perhaps before this page: go back.
            self.offset = self.offset.saturating_sub(gone).max(self.first);
            return None;
        }
        self.offset += page.results.len() as u64;
        self.at_end = page.results.is_empty() || self.offset >= page.total;
        page.results.retain(|message| self.seen.insert(message.id));
        (!page.results.is_empty()).then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::json;

    fn page(inbox: &[u128], offset: u64, limit: usize) -> InboxPage {
        let now = "2026-01-01T00:00:00Z";
        let start = usize::try_from(offset)
            .expect("it is small")
            .min(inbox.len());
        let results: Vec<_> = inbox
            .iter()
            .skip(start)
            .take(limit)
            .map(|number| {
                json!({
                    "id": Uuid::from_u128(*number), "project_id": Uuid::nil(), "channel": "inbox", "priority": 3,
                    "scheduled_at": now, "created_at": now, "updated_at": now,
                })
            })
            .collect();
        // Some servers take the total from the rows of the page, and return 0 after the end.
        let total = if results.is_empty() { 0 } else { inbox.len() };
        let page = json!({"results": results, "total": total, "limit": limit, "offset": offset});
        serde_json::from_value(page).expect("a page")
    }

    proptest! {
        #[test]
        fn messages_that_stay_are_returned_once(
            count in 0..60_u128,
            limit in 1..12_usize,
            changes in prop::collection::vec((prop::collection::vec(any::<Index>(), 0..8), 0..3_u128), 0..40),
        ) {
            let mut inbox: Vec<_> = (0..count).collect();
            let mut next = count;
            let mut changes = changes.into_iter();
            let mut cursor = Cursor::new(0);
            let mut seen = Vec::new();
            while !cursor.at_end {
                let Some(new) = cursor.take(page(&inbox, cursor.offset, limit)) else {
                    continue;
                };
                prop_assert!(!new.results.is_empty());
                seen.extend(new.results.iter().map(|message| message.id.as_u128()));
                let (gone, arrived) = changes.next().unwrap_or_default();
                // A reader removes only messages that it has seen.
                let mut gone: Vec<_> = gone.iter().map(|index| *index.get(&seen)).collect();
                gone.sort_unstable();
                inbox.retain(|number| gone.binary_search(number).is_err());
                for _ in 0..arrived {
                    inbox.insert(0, next);
                    next += 1;
                }
            }
            let mut once = seen.clone();
            once.sort_unstable();
            once.dedup();
            prop_assert_eq!(once.len(), seen.len(), "no message is returned twice");
            for number in inbox.into_iter().filter(|number| *number < count) {
                prop_assert!(once.binary_search(&number).is_ok(), "{} was skipped", number);
            }
        }
    }
}
