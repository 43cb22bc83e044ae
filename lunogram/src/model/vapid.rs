//! The key that browsers know the server's push messages by.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The server's public VAPID key: what a browser wants to be told when it subscribes to push messages.
///
/// It is a point of the curve P-256 in base64url. It is no secret: `Display` gives it as it goes into the browser's
/// `pushManager.subscribe({ applicationServerKey })`.
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
