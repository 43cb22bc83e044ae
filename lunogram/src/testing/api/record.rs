//! The records that the server keeps of its requests.

use crate::testing::store::Weight;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// A request that the server answered.
///
/// Secrets are replaced by `[secret]`: a device's push tokens, keys and endpoints, and a session's
/// token. The values of a device are available from
/// [`Server::devices`](crate::testing::Server::devices).
///
/// It serialises to an object with the names of its fields, as
/// [`ServerBuilder::record`](crate::testing::ServerBuilder::record) writes it.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// `POST`, `DELETE`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The decoded names and values of the query, in order.
    pub query: Vec<(String, String)>,
    /// Whether it had an `Authorization` header, whose value is not kept.
    pub authorization: bool,
    /// The body, if it was JSON.
    pub body: Option<Value>,
    /// The status of the response.
    pub status: u16,
    /// The body of the response, if it was JSON.
    pub answer: Option<Value>,
    /// When the server received it.
    pub received_at: DateTime<Utc>,
}

impl Weight for RecordedRequest {
    /// A batch counts as its items.
    fn weight(&self) -> usize {
        let items = self.body.as_ref().and_then(Value::as_array);
        items.map_or(1, Vec::len).max(1)
    }
}

/// A summary of one request, for
/// [`ServerBuilder::on_request`](crate::testing::ServerBuilder::on_request).
///
/// It displays as one line: `POST /api/client/users 200 (0.3 ms)`, followed by the
/// detail if there is one.
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
    /// The status of the response.
    pub status: u16,
    /// The time from the end of the request's headers to the response.
    pub duration: Duration,
    /// Why the request had no effect: the detail of an error response, or more than that for an
    /// internal error, whose response does not report its reason.
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
