//! Events and upserts that are queued with a receipt.

use super::{Client, Receipt, Session, Waiting};
use crate::error::Error;
use lunogram_core::session::{SessionEvent, SessionTraits};
use lunogram_core::{AnyEvent, AnyTraits};

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
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let server = Server::start()?;
    /// let client = server.client().blocking()?;
    /// let receipt = client.receipts().track(&Paid { user: "user_123", cents: 1450 })?;
    /// client.flush()?;
    /// assert_eq!(receipt.wait(), Fate::Delivered);
    ///
    /// server.inject(Fault::status(422)); // refused
    /// let receipt = client.receipts().track(&Paid { user: "user_123", cents: 0 })?;
    /// client.flush()?;
    /// assert_eq!(receipt.wait(), Fate::Dropped(DropReason::Refused));
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
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client().blocking()?;
    /// let queue = client.waiting().receipts();
    /// let mut receipts = Vec::new();
    /// for id in ["user_123", "user_124"] {
    ///     receipts.push(queue.track(&Event::new("imported").to(id))?);
    /// }
    /// client.flush()?;
    /// for receipt in receipts {
    ///     assert!(receipt.wait().is_delivered());
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
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = session.receipts().track(&Event::new("page_viewed"))?;
    /// println!("{}", receipt.wait());
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
/// use lunogram::blocking::Client;
/// use lunogram::queue::Fate;
/// use lunogram::{Error, Event};
///
/// /// Whether the row of an outbox can be removed.
/// fn relay(client: &Client, user: &str) -> Result<bool, Error> {
///     let receipt = client.receipts().track(&Event::new("invoice_paid").to(user))?;
///     Ok(match receipt.wait() {
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
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = client.receipts().track(&Event::new("page_viewed").to("user_123"))?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Result<Receipt, Error> {
        let receipt = self.client.client.receipts().track(event)?;
        Ok(self.client.receipt(receipt))
    }

    /// Queues an upsert like [`Client::identify`], and returns its receipt.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertUserRequest;
    ///
    /// let receipt = client.receipts().identify(&UpsertUserRequest::new("user_123"))?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn identify<T: AnyTraits + ?Sized>(self, traits: &T) -> Result<Receipt, Error> {
        let receipt = self.client.client.receipts().identify(traits)?;
        Ok(self.client.receipt(receipt))
    }
}

/// The queue of a [`Client`] for callers that can wait for room and need the outcome of each
/// payload; see [`Waiting::receipts`].
///
/// ```
/// use lunogram::blocking::{Client, Receipt};
/// use lunogram::{Error, Event};
///
/// /// How many of the events arrived.
/// fn import(client: &Client, ids: &[&str]) -> Result<usize, Error> {
///     let mut receipts = Vec::new();
///     for id in ids {
///         let event = Event::new("imported").to(*id);
///         receipts.push(client.waiting().receipts().track(&event)?);
///     }
///     let arrived = receipts.into_iter().map(Receipt::wait);
///     Ok(arrived.filter(|fate| fate.is_delivered()).count())
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
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let event = Event::new("page_viewed").to("user_123");
    /// let receipt = client.waiting().receipts().track(&event)?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn track<E: AnyEvent + ?Sized>(self, event: &E) -> Result<Receipt, Error> {
        let tracked = self.client.client.waiting().receipts().track(event);
        Ok(self.client.receipt(self.client.driver.wait(tracked)?))
    }

    /// Queues an upsert like [`Waiting::identify`], and returns its receipt.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::UpsertUserRequest;
    ///
    /// let user = UpsertUserRequest::new("user_123");
    /// let receipt = client.waiting().receipts().identify(&user)?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Client::track`].
    pub fn identify<T: AnyTraits + ?Sized>(self, traits: &T) -> Result<Receipt, Error> {
        let identified = self.client.client.waiting().receipts().identify(traits);
        Ok(self.client.receipt(self.client.driver.wait(identified)?))
    }
}

/// The queue of a [`Session`] for callers that need the outcome of each payload; see
/// [`Session::receipts`].
///
/// ```
/// use lunogram::blocking::Session;
/// use lunogram::session::OwnTraits;
///
/// fn localize(session: &Session) -> Result<bool, lunogram::Error> {
///     let receipt = session.receipts().identify(&OwnTraits::new().locale("nl-NL"))?;
///     Ok(receipt.wait().is_delivered())
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
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// let receipt = session.receipts().track(&Event::new("page_viewed"))?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Session::track`].
    pub fn track<E: SessionEvent + ?Sized>(self, event: &E) -> Result<Receipt, Error> {
        let Session { session, client } = self.session;
        Ok(client.receipt(session.receipts().track(event)?))
    }

    /// Queues an upsert like [`Session::identify`], and returns its receipt.
    ///
    /// ```
    /// # fn example(session: lunogram::blocking::Session) -> Result<(), lunogram::Error> {
    /// use lunogram::session::OwnTraits;
    ///
    /// let receipt = session.receipts().identify(&OwnTraits::new().locale("nl-NL"))?;
    /// println!("{}", receipt.wait());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`Session::track`].
    pub fn identify<T: SessionTraits + ?Sized>(self, traits: &T) -> Result<Receipt, Error> {
        let Session { session, client } = self.session;
        Ok(client.receipt(session.receipts().identify(traits)?))
    }
}
