//! What the examples share: which server they talk to.

use lunogram::testing::Server;
use lunogram::{Client, Error};
use std::io;

/// The server of an example: the one that the environment names, else an embedded one.
pub struct Target {
    /// A client of that server.
    pub client: Client,
    /// The embedded server, where it is that.
    pub embedded: Option<Server>,
}

impl Target {
    /// Talks to the server of `LUNOGRAM_API_KEY` (and `LUNOGRAM_API_URL`), or starts an embedded one when no key is set.
    ///
    /// # Errors
    /// When the environment holds a key or address that cannot be used, or no loopback port can be had.
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

    /// One line that says where the example sends.
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

/// Why an example could not go on.
#[derive(Debug)]
pub enum Failure {
    /// What the client says.
    Lunogram(Error),
    /// What the machine says.
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
