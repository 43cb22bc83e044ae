//! What the server remembers and tells of each request.

use chrono::{DateTime, Utc};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// A request that the server answered.
///
/// What is secret in it is not kept: in the place of a device's push tokens, keys and endpoints, and of the token of a
/// session, stands `[secret]`. What was sent of a device is in [`Server::devices`](super::Server::devices).
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
///
/// let request = &server.requests()[0];
/// assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/api/client/users"));
/// assert_eq!(request.body.as_ref().unwrap()["identifier"][0]["external_id"], "user_123");
/// assert_eq!(request.status, 200);
/// assert!(request.authorization);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `POST`, `DELETE`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query's names and values, decoded, in their order.
    pub query: Vec<(String, String)>,
    /// Whether there was an `Authorization` header; what was in it is not kept.
    pub authorization: bool,
    /// The body, where it was JSON.
    pub body: Option<Value>,
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer, where it had one.
    pub answer: Option<Value>,
    /// When the server had received it.
    pub received_at: DateTime<Utc>,
}

/// One line about a request, for [`ServerBuilder::on_request`](super::ServerBuilder::on_request).
///
/// Its `Display` is that line: `POST /api/client/users 200 (0.3 ms)`, and the detail of the problem if there was one.
///
/// ```
/// use lunogram::testing::Server;
///
/// let server = Server::builder()
///     .on_request(|request| {
///         if request.status >= 400 {
///             eprintln!("{request}"); // POST /api/client/users 400 (0.3 ms): …
///         }
///     })
///     .start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLog {
    /// `POST`, `DELETE`, …
    pub method: String,
    /// The path, without a query.
    pub path: String,
    /// The status of the answer.
    pub status: u16,
    /// From the end of the request's headers to the answer.
    pub duration: Duration,
    /// The detail of the problem, where the answer is one.
    pub detail: Option<String>,
}

impl fmt::Display for RequestLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} ({:.1} ms)",
            self.method,
            self.path,
            self.status,
            self.duration.as_secs_f64() * 1000.0
        )?;
        if let Some(detail) = &self.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}
