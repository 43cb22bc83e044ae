//! Requests to the embedded server with bodies that no client of this crate would send.

use lunogram::testing::Server;

pub(crate) struct Http<'s> {
    client: reqwest::Client,
    server: &'s Server,
}

impl<'s> Http<'s> {
    pub(crate) fn to(server: &'s Server) -> Self {
        // The client only speaks plain HTTP, but needs a TLS provider to be built.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            server,
        }
    }

    /// Posts a body to a path below the client API, and returns the status.
    pub(crate) async fn post(&self, path: &str, body: String) -> u16 {
        let request = self
            .client
            .post(format!("{}/api/client/{path}", self.server.url()))
            .bearer_auth(self.server.key())
            .header("content-type", "application/json")
            .body(body);
        request.send().await.unwrap().status().as_u16()
    }
}
