//! The key by which browsers recognise the server's push messages.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The server's public VAPID key, which a browser needs to subscribe to push messages.
///
/// It is a point of the curve P-256 in base64url, and not a secret. Its `Display` output is the
/// value for `pushManager.subscribe({ applicationServerKey })` in the browser.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let key = client.vapid_public_key().await?;
/// println!("<meta name=\"vapid-public-key\" content=\"{key}\">");
/// assert_eq!(key.to_string(), key.as_str());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct VapidPublicKey {
    public_key: String,
}

impl VapidPublicKey {
    /// The key in base64url.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.public_key
    }
}

impl fmt::Display for VapidPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.public_key)
    }
}

impl From<VapidPublicKey> for String {
    fn from(key: VapidPublicKey) -> Self {
        key.public_key
    }
}
