//! The sections of what is as it is now, and which of them a request may have changed: the others need not come again.

use crate::testing::record::RecordedRequest;
use crate::testing::routes::{Route, route};
use crate::transport::Operation;
use http::Method;
use serde::Serialize;

/// A section whose rows change and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Changing {
    Users,
    Organizations,
    Schedules,
    Inbox,
}

use Changing::{Inbox, Organizations, Schedules, Users};

impl Changing {
    pub(super) const ALL: &'static [Self] = &[Users, Organizations, Schedules, Inbox];

    /// What the request may have changed, whatever its answer was: some fail halfway.
    pub(super) fn by(request: &RecordedRequest) -> &'static [Self] {
        let method = Method::from_bytes(request.method.as_bytes()).unwrap_or_default();
        let Route::To(target) = route(&method, &request.path) else {
            return &[];
        };
        match target.operation {
            // With a user go its devices, memberships, schedules and inbox.
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
