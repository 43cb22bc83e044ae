//! How much a server has received.

/// The numbers of items since the server started or was reset, for
/// [`Server::counts`](crate::testing::Server::counts). They include items that the server no longer
/// keeps.
///
/// ```
/// use lunogram::Event;
/// use lunogram::testing::Server;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// server.client().send(&Event::new("signed_up").to("user_123")).await?;
/// let counts = server.counts();
/// assert_eq!((counts.requests, counts.events, counts.lost), (1, 0, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Counts {
    /// Answered requests, whatever their status.
    pub requests: usize,
    /// Events that were received and not lost.
    pub events: usize,
    /// Items that were answered with 202 and that the platform then loses.
    pub lost: usize,
}
