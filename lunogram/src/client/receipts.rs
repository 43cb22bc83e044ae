//! Events and upserts that are queued with a receipt.

use super::queue::{encoded_event, encoded_traits};
use super::{Call, Client, Session, Waiting};
use crate::delivery::Receipt;
use crate::error::Error;
use lunogram_core::session::{SessionEvent, SessionTraits};
use lunogram_core::{AnyEvent, AnyTraits};
use std::sync::Arc;

impl Client {
    /// The same queue for callers that need the outcome of each payload: its
    /// [`track`](Receipts::track) and [`identify`](Receipts::identify) return a [`Receipt`].
    ///
    /// ```
    /// use lunogram::queue::{DropReason, Fate};
    /// use lunogram::testing::{Fault, Server};
    /// use lunogram::LunogramEvent;
    ///
    /// #[derive(LunogramEvent)]
    /// struct Paid<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     cents: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client();
    /// let receipt = client.receipts().track(&Paid { user: "user_123", cents: 1450 })?;
    /// client.flush().await?;
    /// assert_eq!(receipt.await, Fate::Delivered);
    ///
    /// server.inject(Fault::status(422)); // refused
    /// let receipt = client.receipts().track(&Paid { user: "user_123", cents: 0 })?;
    /// client.flush().await?;
    /// assert_eq!(receipt.await, Fate::Dropped(DropReason::Refused));
    /// # Ok(())
    /// # }
    /// ```
    pub fn receipts(&self) -> Receipts<'_> {
        Receipts { client: self }
    }
}

impl<'c> Waiting<'c> {
    /// The same queue for callers that also need the outcome of each payload: its
    /// [`track`](WaitingReceipts::track) and [`identify`](WaitingReceipts::identify) return a
    /// [`Receipt`].
    ///
    /// ```
    /// use lunogram::Event;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// let queue = client.waiting().receipts();
    /// let mut receipts = Vec::new();
    /// for id in ["user_123", "user_124"] {
    ///     receipts.push(queue.track(&Event::new("imported").to(id)).await?);
    /// }
    /// client.flush().await?;
    /// for receipt in receipts {
    ///     assert!(receipt.await.is_delivered());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn receipts(self) -> WaitingReceipts<'c> {
        WaitingReceipts {
            client: self.client,
        }
    }
}

impl Session {
    /// The same queue for callers that need the outcome of each payload: its
    /// [`track`](OwnReceipts::track) and [`identify`](OwnReceipts::identify) return a [`Receipt`].
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = session.receipts().track(&Event::new("page_viewed"))?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    pub fn receipts(&self) -> OwnReceipts<'_> {
        OwnReceipts { session: self }
    }
}

/// The queue of a [`Client`] for callers that need the outcome of each payload; see
/// [`Client::receipts`].
///
/// A receipt takes one allocation, and encoding its payload another one. Payloads without a receipt
/// cost nothing more.
///
/// ```
/// use lunogram::queue::Fate;
/// use lunogram::{Client, Error, Event};
///
/// /// Whether the row of an outbox can be removed.
/// async fn relay(client: &Client, user: &str) -> Result<bool, Error> {
///     let receipt = client.receipts().track(&Event::new("invoice_paid").to(user))?;
///     Ok(match receipt.await {
///         Fate::Delivered => true,
///         // The next client with the same spool delivers it.
///         Fate::LeftInSpool => true,
///         _ => false,
///     })
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it does nothing until `track` or `identify` is called"]
pub struct Receipts<'c> {
    client: &'c Client,
}

impl Receipts<'_> {
    /// Queues an event like [`Client::track`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = client.receipts().track(&Event::new("page_viewed").to("user_123"))?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Result<Receipt, Error> {
        let delivering = &self.client.delivering;
        delivering.track_with_receipt(event.subject(), encoded_event(event))
    }

    /// Queues an upsert like [`Client::identify`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertUserRequest;
    ///
    /// let receipt = client.receipts().identify(&UpsertUserRequest::new("user_123"))?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn identify<T: AnyTraits + ?Sized>(self, traits: &T) -> Result<Receipt, Error> {
        let delivering = &self.client.delivering;
        delivering.identify_with_receipt(traits.subject(), encoded_traits(traits))
    }
}

/// The queue of a [`Client`] for callers that can wait for room and need the outcome of each
/// payload; see [`Waiting::receipts`].
///
/// Its methods validate and encode a payload when they are called, and queue it when the [`Call`]
/// is awaited, which returns the [`Receipt`].
///
/// ```
/// use lunogram::{Client, Error, Event};
///
/// /// How many of the events arrived.
/// async fn import(client: &Client, ids: &[&str]) -> Result<usize, Error> {
///     let mut receipts = Vec::new();
///     for id in ids {
///         let event = Event::new("imported").to(*id);
///         receipts.push(client.waiting().receipts().track(&event).await?);
///     }
///     let mut arrived = 0;
///     for receipt in receipts {
///         arrived += usize::from(receipt.await.is_delivered());
///     }
///     Ok(arrived)
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it does nothing until `track` or `identify` is called"]
pub struct WaitingReceipts<'c> {
    client: &'c Client,
}

impl WaitingReceipts<'_> {
    /// Queues an event like [`Waiting::track`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let event = Event::new("page_viewed").to("user_123");
    /// let receipt = client.waiting().receipts().track(&event).await?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Call<Receipt> {
        let subject = event.subject();
        let event = encoded_event(event);
        let delivering = Arc::clone(&self.client.delivering);
        Call::new("track", async move {
            delivering.track_with_receipt_waiting(subject, event).await
        })
    }

    /// Queues an upsert like [`Waiting::identify`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertUserRequest;
    ///
    /// let user = UpsertUserRequest::new("user_123");
    /// let receipt = client.waiting().receipts().identify(&user).await?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn identify<T: AnyTraits + ?Sized>(self, traits: &T) -> Call<Receipt> {
        let subject = traits.subject();
        let upsert = encoded_traits(traits);
        let delivering = Arc::clone(&self.client.delivering);
        Call::new("identify", async move {
            delivering
                .identify_with_receipt_waiting(subject, upsert)
                .await
        })
    }
}

/// The queue of a [`Session`] for callers that need the outcome of each payload; see
/// [`Session::receipts`].
///
/// ```
/// use lunogram::session::{OwnTraits, Session};
///
/// async fn localize(session: &Session) -> Result<bool, lunogram::Error> {
///     let receipt = session.receipts().identify(&OwnTraits::new().locale("nl-NL"))?;
///     Ok(receipt.await.is_delivered())
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "it does nothing until `track` or `identify` is called"]
pub struct OwnReceipts<'s> {
    session: &'s Session,
}

impl OwnReceipts<'_> {
    /// Queues an event like [`Session::track`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = session.receipts().track(&Event::new("page_viewed"))?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Session::track`].
    pub fn track<E: SessionEvent + ?Sized>(self, event: &E) -> Result<Receipt, Error> {
        let client = self.session.client();
        client.receipts().track(&self.session.own(event))
    }

    /// Queues an upsert like [`Session::identify`], and returns its receipt.
    ///
    /// ```
    /// # async fn example(session: lunogram::session::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnTraits;
    ///
    /// let receipt = session.receipts().identify(&OwnTraits::new().locale("nl-NL"))?;
    /// println!("{}", receipt.await);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Session::track`].
    pub fn identify<T: SessionTraits + ?Sized>(self, traits: &T) -> Result<Receipt, Error> {
        let client = self.session.client();
        client.receipts().identify(&self.session.own(traits))
    }
}
