//! Settings of [`ServerBuilder`](crate::testing::ServerBuilder) in which deployed servers differ.

/// The route families of a server, for
/// [`ServerBuilder::families`](crate::testing::ServerBuilder::families).
///
/// ```
/// use lunogram::testing::{Families, Server};
/// use lunogram::{ErrorKind, Client};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::builder().families(Families::ProjectScoped).start()?;
/// // Without a project, the client speaks key-scoped routes.
/// let client = Client::builder(server.key()).base_url(server.url()).build()?;
/// let error = client.delete_user("user_123").await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Unreadable); // a web page, with status 200
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Families {
    /// Key-scoped and project-scoped routes.
    #[default]
    Both,
    /// Key-scoped routes only, as the oldest servers.
    KeyScoped,
    /// Project-scoped routes only, as the newest servers.
    ProjectScoped,
}

/// The response to a path that the server does not have, for
/// [`ServerBuilder::unknown_paths`](crate::testing::ServerBuilder::unknown_paths).
///
/// ```
/// use lunogram::testing::{Server, UnknownPaths};
///
/// let older = Server::builder().unknown_paths(UnknownPaths::NotFound).start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum UnknownPaths {
    /// 200 with a web page, whatever the method: the platform's console answers every path that is
    /// not the API's.
    #[default]
    Console,
    /// 404 with a problem, as servers without the console.
    NotFound,
}

/// The data that a session may see and change, for
/// [`ServerBuilder::session_data`](crate::testing::ServerBuilder::session_data).
///
/// ```
/// use lunogram::testing::{Server, SessionData};
///
/// let server = Server::builder().session_data(SessionData::All).start()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SessionData {
    /// Its user's only. Each request is bound to the identifier with the source
    /// `session:<auth method>` and the session's `user_id`, whatever identifier it names. Events by
    /// `match` and every operation on organizations are answered with 403.
    #[default]
    Own,
    /// All data, as an API key; but it mints no sessions.
    All,
}
