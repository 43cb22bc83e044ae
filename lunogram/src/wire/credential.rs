//! The kinds of secret that authenticate a client.

/// The kind of secret that authenticates a client. The server takes both kinds in one header, so a
/// session's token can also be the key of a client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Credential {
    #[default]
    Key,
    /// A key that was passed to `for_project`.
    ProjectKey,
    /// The token of a session, made by `with_session`.
    SessionToken,
}
