//! Events that are sent at once.

use super::Client;
use crate::error::Error;
use lunogram_core::AnyEvent;

impl Client {
    /// Sends one event and waits for the response. The type determines whether the event is about a
    /// user or an organization.
    ///
    /// An event that has no subject, that is, no identifier field, gets one by
    /// [`to`](crate::LunogramEvent::to) or [`matching`](crate::LunogramEvent::matching); otherwise
    /// this does not compile.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::LunogramEvent;
    ///
    /// #[derive(LunogramEvent)]
    /// struct PurchaseCompleted<'a> {
    ///     #[lunogram(external_id)]
    ///     user_id: &'a str,
    ///     amount: f64,
    /// }
    ///
    /// client.send(&PurchaseCompleted { user_id: "user_123", amount: 99.99 })?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of the event,
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops it, or an error
    /// of the server or the network. The server accepts an event about a subject that it does not
    /// know, and loses it.
    #[doc(alias("post_user_events", "post_organization_events"))]
    pub fn send<E: AnyEvent + ?Sized>(&self, event: &E) -> Result<(), Error> {
        self.driver.wait(self.client.send(event))
    }

    /// Sends several events in one request, derived or dynamic, all about users or all about
    /// organizations.
    ///
    /// The list may hold events of different types behind [`AnyEvent`]: `Vec<Box<dyn AnyEvent>>`.
    /// The server refuses the whole request if one event is malformed or not allowed for the key.
    /// Beyond that the request is not atomic: after a failure that
    /// [`may have arrived`](Error::may_have_arrived), the server may have taken some of the events.
    /// [`Retries`](crate::Retries) lists the failures after which a call is repeated. Events that
    /// [`before_send`](crate::ClientBuilder::before_send) drops are left out of the request.
    ///
    /// ```
    /// # fn example(client: lunogram::blocking::Client) -> Result<(), lunogram::Error> {
    /// use lunogram::Event;
    /// use serde_json::json;
    ///
    /// let viewed = |path: &str| {
    ///     Event::new("page_viewed").to("user_123").data(json!({"path": path}))
    /// };
    /// client.send_all(&[viewed("/"), viewed("/pricing")])?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid) with every problem of every event, each path starting
    /// with the position of its event (`[3].data.amount`); if the list is empty; or if it mixes
    /// events about users and about organizations, which the API takes in different requests.
    /// [`BeforeSend`](crate::ErrorKind::BeforeSend) if the application's hook drops every event.
    /// Otherwise an error of the server or the network.
    #[doc(alias("post_user_events", "post_organization_events"))]
    pub fn send_all<E: AnyEvent>(&self, events: &[E]) -> Result<(), Error> {
        self.driver.wait(self.client.send_all(events))
    }
}
