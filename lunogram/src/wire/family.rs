//! The two families of routes.

use uuid::Uuid;

/// A family of routes. A server may have one of them, or both; a client speaks one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    /// The key determines the project.
    KeyScoped,
    /// The path names the project.
    ProjectScoped(Uuid),
}
