//! The operations of the Client API, and the one table of their routes.

use http::Method;

/// One operation of the Client API, by its name in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the API's contract documents each operation")]
pub enum Operation {
    UpsertUser,
    DeleteUser,
    PostUserEvents,
    UpsertUserScheduled,
    DeleteUserScheduled,
    RegisterDevice,
    UpsertOrganization,
    DeleteOrganization,
    AddOrganizationUser,
    RemoveOrganizationUser,
    PostOrganizationEvents,
    UpsertOrganizationScheduled,
    DeleteOrganizationScheduled,
    GetVapidPublicKey,
    CreateSession,
    PostUserInboxMessages,
    GetUserInbox,
    GetUserInboxCount,
    PostUserInboxRead,
    PostUserInboxArchived,
    PostOrganizationInboxMessages,
    GetOrganizationInbox,
    GetOrganizationInboxCount,
    PostOrganizationInboxRead,
    PostOrganizationInboxArchived,
}

/// One row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The operation's id in the contract: `upsertUser`.
    pub id: &'static str,
    /// `POST`, `GET` or `DELETE`.
    pub method: Method,
    /// The path after the route family's prefix: `/users`.
    pub path: &'static str,
    /// The status that the contract names for success. 200, 201, 202 and 204 all count as success.
    pub success: u16,
    /// The content of a successful response.
    pub response: ResponseKind,
    /// The effect of sending the request a second time.
    pub repeat: Repeat,
}

/// The content of a successful response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseKind {
    /// A JSON body.
    Json,
    /// No content. The body may be empty or any JSON.
    Nothing,
}

/// The effect of sending a request a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// No further effect: the request is idempotent.
    Harmless,
    /// No further effect on key-scoped routes, or if the request names the assignment's id.
    /// Otherwise it creates a second assignment.
    HarmlessWithId,
    /// The second request may find nothing left to remove, and fail with 404.
    Removes,
    /// The effect is duplicated.
    Doubles,
}

use Repeat::{Doubles, Harmless, HarmlessWithId, Removes};
use ResponseKind::{Json, Nothing};

impl Operation {
    /// Every operation, in the order of the contract.
    pub const ALL: [Self; 25] = [
        Self::UpsertUser,
        Self::DeleteUser,
        Self::PostUserEvents,
        Self::UpsertUserScheduled,
        Self::DeleteUserScheduled,
        Self::RegisterDevice,
        Self::UpsertOrganization,
        Self::DeleteOrganization,
        Self::AddOrganizationUser,
        Self::RemoveOrganizationUser,
        Self::PostOrganizationEvents,
        Self::UpsertOrganizationScheduled,
        Self::DeleteOrganizationScheduled,
        Self::GetVapidPublicKey,
        Self::CreateSession,
        Self::PostUserInboxMessages,
        Self::GetUserInbox,
        Self::GetUserInboxCount,
        Self::PostUserInboxRead,
        Self::PostUserInboxArchived,
        Self::PostOrganizationInboxMessages,
        Self::GetOrganizationInbox,
        Self::GetOrganizationInboxCount,
        Self::PostOrganizationInboxRead,
        Self::PostOrganizationInboxArchived,
    ];

    /// Its row of the table.
    #[rustfmt::skip] // aligned as a table
    pub fn route(self) -> Route {
        let (id, method, path, success, response, repeat) = match self {
            Self::UpsertUser => ("upsertUser", Method::POST, "/users", 200, Json, Harmless),
            Self::DeleteUser => ("deleteUser", Method::DELETE, "/users", 204, Nothing, Removes),
            Self::PostUserEvents => ("postUserEvents", Method::POST, "/users/events", 202, Nothing, Doubles),
            Self::UpsertUserScheduled => ("upsertUserScheduled", Method::POST, "/users/scheduled", 202, Json, HarmlessWithId),
            Self::DeleteUserScheduled => ("deleteUserScheduled", Method::DELETE, "/users/scheduled", 200, Nothing, Removes),
            Self::RegisterDevice => ("registerDevice", Method::POST, "/users/devices", 201, Nothing, Harmless),
            Self::UpsertOrganization => ("upsertOrganization", Method::POST, "/organizations", 200, Json, Harmless),
            Self::DeleteOrganization => ("deleteOrganization", Method::DELETE, "/organizations", 204, Nothing, Removes),
            Self::AddOrganizationUser => ("addOrganizationUser", Method::POST, "/organizations/users", 200, Nothing, Harmless),
            Self::RemoveOrganizationUser => ("removeOrganizationUser", Method::DELETE, "/organizations/users", 204, Nothing, Removes),
            Self::PostOrganizationEvents => ("postOrganizationEvents", Method::POST, "/organizations/events", 202, Nothing, Doubles),
            Self::UpsertOrganizationScheduled => ("upsertOrganizationScheduled", Method::POST, "/organizations/scheduled", 202, Json, HarmlessWithId),
            Self::DeleteOrganizationScheduled => ("deleteOrganizationScheduled", Method::DELETE, "/organizations/scheduled", 200, Nothing, Removes),
            Self::GetVapidPublicKey => ("getVapidPublicKey", Method::GET, "/push/vapid", 200, Json, Harmless),
            Self::CreateSession => ("createSession", Method::POST, "/auth-methods/{auth_method_id}/sessions", 201, Json, Doubles),
            Self::PostUserInboxMessages => ("postUserInboxMessages", Method::POST, "/users/inbox", 202, Nothing, Harmless),
            Self::GetUserInbox => ("getUserInbox", Method::GET, "/users/inbox", 200, Json, Harmless),
            Self::GetUserInboxCount => ("getUserInboxCount", Method::GET, "/users/inbox/count", 200, Json, Harmless),
            Self::PostUserInboxRead => ("postUserInboxRead", Method::POST, "/users/inbox/read", 202, Nothing, Harmless),
            Self::PostUserInboxArchived => ("postUserInboxArchived", Method::POST, "/users/inbox/archived", 202, Nothing, Harmless),
            Self::PostOrganizationInboxMessages => ("postOrganizationInboxMessages", Method::POST, "/organizations/inbox", 202, Nothing, Harmless),
            Self::GetOrganizationInbox => ("getOrganizationInbox", Method::GET, "/organizations/inbox", 200, Json, Harmless),
            Self::GetOrganizationInboxCount => ("getOrganizationInboxCount", Method::GET, "/organizations/inbox/count", 200, Json, Harmless),
            Self::PostOrganizationInboxRead => ("postOrganizationInboxRead", Method::POST, "/organizations/inbox/read", 202, Nothing, Harmless),
            Self::PostOrganizationInboxArchived => ("postOrganizationInboxArchived", Method::POST, "/organizations/inbox/archived", 202, Nothing, Harmless),
        };
        Route { id, method, path, success, response, repeat }
    }

    /// Its id in the contract.
    pub fn id(self) -> &'static str {
        self.route().id
    }
}
