//! The sections that show current state, and the requests that change them. Only sections that a
//! request may have changed are sent again.

use crate::testing::api::{RecordedRequest, Route, route};
use crate::wire::Operation;
use http::Method;
use serde::Serialize;

/// A section whose rows can change and disappear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum SnapshotSection {
    Users,
    Organizations,
    Schedules,
    Inbox,
}

use SnapshotSection::{Inbox, Organizations, Schedules, Users};

impl SnapshotSection {
    pub(super) const ALL: &'static [Self] = &[Users, Organizations, Schedules, Inbox];

    /// The sections that the request may have changed, whatever its status: a batch can fail
    /// halfway.
    pub(super) fn changed_by(request: &RecordedRequest) -> &'static [Self] {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or_default();
        let Route::To(target) = route(&method, &request.path) else {
            return &[];
        };
        match target.operation {
            // Also deletes the user's devices, memberships, schedules and inbox.
            Operation::DeleteUser => Self::ALL,
            Operation::DeleteOrganization => &[Organizations, Schedules, Inbox],
            Operation::UpsertUser | Operation::RegisterDevice => &[Users],
            Operation::UpsertOrganization
            | Operation::AddOrganizationUser
            | Operation::RemoveOrganizationUser => &[Organizations],
            Operation::UpsertUserScheduled
            | Operation::DeleteUserScheduled
            | Operation::UpsertOrganizationScheduled
            | Operation::DeleteOrganizationScheduled => &[Schedules],
            Operation::PostUserInboxMessages
            | Operation::PostUserInboxRead
            | Operation::PostUserInboxArchived
            | Operation::PostOrganizationInboxMessages
            | Operation::PostOrganizationInboxRead
            | Operation::PostOrganizationInboxArchived => &[Inbox],
            Operation::PostUserEvents
            | Operation::PostOrganizationEvents
            | Operation::GetVapidPublicKey
            | Operation::CreateSession
            | Operation::GetUserInbox
            | Operation::GetUserInboxCount
            | Operation::GetOrganizationInbox
            | Operation::GetOrganizationInboxCount => &[],
        }
    }
}
