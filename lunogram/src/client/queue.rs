//! Events and upserts that are queued.

use super::Client;
use crate::delivery::Stats;
use crate::encode::{Writer, encoded};
use crate::error::Error;
use crate::model::Event;
use crate::problem::{Invalid, Payload};
use crate::typed::{
    Addressed, EventFor, Organization, OrganizationTraits, Subject, SubjectKind, User, UserTraits,
};
use std::sync::Arc;
use std::time::Duration;

impl Client {
    /// Queues an event and returns at once. The event is delivered in the background; events about
    /// one subject, those with the same first identifier, are delivered in the order in which they
    /// were tracked.
    ///
    /// It works on any thread, inside or outside a runtime, and in `Drop`. It never waits for the
    /// network, and does not allocate as long as delivery keeps up with the queue.
    ///
    /// Call [`shutdown`](Self::shutdown) before the process ends to deliver the remaining events.
    /// Dropping the last clone of the client does not deliver them: it drops them.
    ///
    /// ```
    /// use lunogram::{Client, LunogramEvent};
    ///
    /// #[derive(LunogramEvent)]
    /// struct PageViewed<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     path: &'a str,
    /// }
    ///
    /// fn viewed(client: &Client, user: &str, path: &str) {
    ///     if let Err(error) = client.track(&PageViewed { user, path }) {
    ///         eprintln!("not tracked: {error}");
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event,
    /// [`QueueFull`](crate::ErrorKind::QueueFull) if the queue is full and
    /// [`Overflow`](crate::Overflow) demands an error, or [`ShutDown`](crate::ErrorKind::ShutDown).
    /// Later failures are reported by [`stats`](Self::stats) and
    /// [`on_drop`](crate::ClientBuilder::on_drop).
    pub fn track<E: Addressed + ?Sized>(&self, event: &E) -> Result<(), Error> {
        let kind = <E::Subject as Subject>::KIND;
        let encode = |writer: &mut Writer| event.encode(writer);
        self.delivering.track(kind, event.event_name(), &encode)
    }

    /// Queues an event like [`track`](Self::track), and waits while the queue is full if
    /// [`Overflow::Wait`](crate::Overflow::Wait) is set.
    ///
    /// The event is validated and encoded when this is called, and queued when it is awaited.
    ///
    /// ```
    /// use lunogram::{Client, LunogramEvent, Overflow, QueueOptions};
    /// use std::time::Duration;
    ///
    /// #[derive(LunogramEvent)]
    /// struct Counted<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     number: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// let queue = QueueOptions::default()
    ///     .max_events(1)
    ///     .batch_age(Duration::ZERO)
    ///     .overflow(Overflow::Wait);
    /// let client = Client::builder(server.key()).base_url(server.url()).queue(queue).build()?;
    /// for number in 0..3 {
    ///     // Each waits until the previous one is delivered.
    ///     client.track_async(&Counted { user: "user_123", number }).await?;
    /// }
    /// client.flush().await?;
    /// assert_eq!(client.stats().delivered(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn track_async<E: Addressed + ?Sized>(
        &self,
        event: &E,
    ) -> impl Future<Output = Result<(), Error>> + Send + use<E> {
        let kind = <E::Subject as Subject>::KIND;
        let event = encoded(
            Payload::Event(event.event_name()),
            &|writer: &mut Writer| {
                event.encode(writer);
                writer.end_event();
            },
        );
        let delivering = Arc::clone(&self.delivering);
        async move { delivering.track_waiting(kind, event).await }
    }

    /// Queues an event about a user, with a name known only at run time, like
    /// [`track`](Self::track).
    ///
    /// ```
    /// # fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    /// use serde_json::json;
    ///
    /// let viewed = Event::new("page_viewed").to("user_123").data(json!({"path": "/"}));
    /// client.track_user_event(&viewed)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn track_user_event(&self, event: &Event) -> Result<(), Error> {
        self.delivering
            .take(SubjectKind::User, dynamic::<User>(event))
    }

    /// Queues an event about an organization, with a name known only at run time, like
    /// [`track`](Self::track).
    ///
    /// ```
    /// # fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    ///
    /// client.track_organization_event(&Event::new("contract.signed").to("org_456"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn track_organization_event(&self, event: &Event) -> Result<(), Error> {
        self.delivering
            .take(SubjectKind::Organization, dynamic::<Organization>(event))
    }

    /// Queues an [`upsert_user`](Self::upsert_user). Events about any of its identifiers that are
    /// tracked after it are sent once the server has responded to it: the server loses events of
    /// users that it does not know.
    ///
    /// ```
    /// # use lunogram::{Client, LunogramEvent, UpsertUserRequest};
    /// # #[derive(LunogramEvent)] struct SignedUp<'a> { #[lunogram(external_id)] user: &'a str }
    /// # fn example(client: Client) -> Result<(), lunogram::Error> {
    /// client.identify(&UpsertUserRequest::new("user_123").email("jane@example.com"))?;
    /// client.track(&SignedUp { user: "user_123" })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn identify<U: UserTraits + ?Sized>(&self, user: &U) -> Result<(), Error> {
        let upsert = encoded(Payload::User, &|writer: &mut Writer| user.encode(writer));
        self.delivering.identify(SubjectKind::User, upsert)
    }

    /// Queues an [`upsert_organization`](Self::upsert_organization), like
    /// [`identify`](Self::identify).
    ///
    /// ```
    /// # fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::{Event, UpsertOrganizationRequest};
    ///
    /// client.identify_organization(&UpsertOrganizationRequest::new("org_456").name("Acme"))?;
    /// client.track_organization_event(&Event::new("contract.signed").to("org_456"))?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The errors of [`track`](Self::track).
    pub fn identify_organization<O: OrganizationTraits + ?Sized>(
        &self,
        organization: &O,
    ) -> Result<(), Error> {
        let encode = |writer: &mut Writer| organization.encode(writer);
        let upsert = encoded(Payload::Organization, &encode);
        self.delivering.identify(SubjectKind::Organization, upsert)
    }

    /// Sends the queued items without waiting for full batches, and returns when every item that
    /// was queued before the call is delivered, dropped, or of unknown outcome. It may be called at
    /// any time, in any runtime.
    ///
    /// ```
    /// use lunogram::Event;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
    /// client.flush().await?;
    /// assert_eq!(client.stats().pending(), 0);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized) while delivery is suspended because the
    /// server does not accept the key or is not a Lunogram server; nothing is lost then.
    /// [`ShutDown`](crate::ErrorKind::ShutDown) if the client was shut down and left items in its
    /// spool.
    pub async fn flush(&self) -> Result<(), Error> {
        self.delivering.flush().await
    }

    /// Delivers what can be delivered within `deadline`, drops the rest, and returns the final
    /// counts. From then on nothing can be queued; answered calls still work. A second call returns
    /// the same counts.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # async fn example(client: lunogram::Client) -> Result<(), lunogram::Error> {
    /// let stats = client.shutdown(Duration::from_secs(5)).await?;
    /// println!("{stats}");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Unauthorized`](crate::ErrorKind::Unauthorized) if delivery was suspended to the end, as
    /// with [`flush`](Self::flush), and items were dropped because of it; [`stats`](Self::stats)
    /// returns the counts.
    pub async fn shutdown(&self, deadline: Duration) -> Result<Stats, Error> {
        self.delivering.shutdown(deadline).await
    }

    /// The counts of everything that was queued so far: accepted, delivered, dropped, pending.
    ///
    /// ```
    /// use lunogram::Event;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// client.track_user_event(&Event::new("page_viewed").to("user_123"))?;
    /// assert_eq!(client.stats().accepted(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn stats(&self) -> Stats {
        self.delivering.stats()
    }
}

fn dynamic<S: Subject>(event: &Event) -> Result<Vec<u8>, Invalid> {
    encoded(Payload::Event(event.name()), &|writer: &mut Writer| {
        EventFor::<S>::encode_for(event, writer);
    })
}
