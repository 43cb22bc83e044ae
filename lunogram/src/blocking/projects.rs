//! Clients of several projects of one server.

use super::Client;
use crate::error::Error;
use std::sync::Arc;
use uuid::Uuid;

impl Client {
    /// A client of another project of the same server: for a backend with one project for each of
    /// its tenants.
    ///
    /// With the id of a project it uses the project-scoped routes of newer servers, with `None` the
    /// key-scoped ones; this client may use either.
    ///
    /// | shared with this client | separate |
    /// |---|---|
    /// | connections and TLS | key and routes |
    /// | time-outs, retries and hooks | the queue, with the same bounds, and [`stats`](Self::stats) |
    /// | the delivery thread | requests in flight, and the pauses during an outage |
    ///
    /// So a wrong key, or a project that the server refuses, does not hold up other projects. Keep
    /// the client of a project and clone it: each call of this method makes a new queue.
    ///
    /// [`flush`](Self::flush), and [`shutdown`](Self::shutdown) of the new client, are for its own
    /// queue. [`shutdown`](Self::shutdown) of this client shuts down the clients made from it, too,
    /// so that a process that ends needs one call, and fails if one of them could not deliver
    /// everything. Dropping this client does not end them.
    ///
    /// The queue is in memory only, even if this client has a spool: a spool belongs to one
    /// project. For a project that needs one, build a client with its own folder
    /// ([`ClientBuilder`](crate::ClientBuilder) can be cloned).
    ///
    /// ```
    /// use lunogram::{Error, Event, blocking::Client};
    /// use std::collections::HashMap;
    /// use std::time::Duration;
    /// use uuid::Uuid;
    ///
    /// struct Tenant {
    ///     key: String,
    ///     project: Uuid,
    /// }
    ///
    /// fn clients(client: &Client, tenants: &[Tenant]) -> Result<HashMap<Uuid, Client>, Error> {
    ///     let of_tenant = |tenant: &Tenant| {
    ///         let client = client.for_project(&tenant.key, tenant.project)?;
    ///         Ok((tenant.project, client))
    ///     };
    ///     tenants.iter().map(of_tenant).collect()
    /// }
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::builder().any_key().start()?;
    /// # let project = Uuid::from_u128;
    /// # let tenants = [1, 2].map(|n| Tenant { key: format!("sk_{n}"), project: project(n) });
    /// # let client = server.client().blocking()?;
    /// let clients = clients(&client, &tenants)?;
    /// for client in clients.values() {
    ///     client.track(&Event::new("page_viewed").to("user_123"))?;
    /// }
    /// client.shutdown(Duration::from_secs(5))?; // delivers the events of all tenants
    /// # assert_eq!(server.requests().len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Config`](crate::ErrorKind::Config) if the key is empty or has characters that no key has,
    /// or [`Forked`](crate::ErrorKind::Forked) in a fork of the client's process.
    pub fn for_project(
        &self,
        key: impl Into<String>,
        project: impl Into<Option<Uuid>>,
    ) -> Result<Self, Error> {
        Ok(Self {
            client: self.client.for_project(key, project)?,
            driver: Arc::clone(&self.driver),
        })
    }
}
