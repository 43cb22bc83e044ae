//! Shared by the examples: the choice of the server.

use lunogram::testing::Server;
use lunogram::{Client, Error};
use std::io;

/// The server of an example: the one in the environment, or an embedded one.
pub struct Target {
    /// A client of that server.
    pub client: Client,
    /// The embedded server, if no other is used.
    pub embedded: Option<Server>,
}

impl Target {
    /// Uses the server in `LUNOGRAM_API_KEY`, `LUNOGRAM_API_URL` and `LUNOGRAM_PROJECT_ID`, or
    /// starts an embedded one if no key is set.
    ///
    /// # Errors
    /// If a variable is invalid, or if no loopback port is free.
    pub fn from_env() -> Result<Self, Failure> {
        if std::env::var_os("LUNOGRAM_API_KEY").is_some() {
            return Ok(Self {
                client: Client::from_env()?,
                embedded: None,
            });
        }
        let server = Server::start()?;
        Ok(Self {
            client: server.client(),
            embedded: Some(server),
        })
    }

    /// Names the server, for one line of output.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.embedded {
            Some(server) => format!(
                "embedded server at {} (set LUNOGRAM_API_KEY to use a real one)",
                server.url()
            ),
            None => "the server of LUNOGRAM_API_KEY".to_owned(),
        }
    }
}

/// Why an example failed.
#[derive(Debug)]
pub enum Failure {
    /// An error of the client.
    Lunogram(Error),
    /// An error of the operating system.
    Io(io::Error),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lunogram(error) => error.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Failure {}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Lunogram(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
