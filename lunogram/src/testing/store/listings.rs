//! Listings with the related subjects, for the page.

use super::subjects::RowId;
use super::{Data, Store, StoredDevice, StoredInboxMessage, StoredSchedule, StoredSubject};
use crate::model::StoredIdentifier;
use crate::wire::SubjectKind;

impl Store {
    /// Every user with its devices, the oldest user first.
    pub(crate) fn users_and_devices(
        &self,
    ) -> impl Iterator<Item = (&StoredSubject, &[StoredDevice])> {
        let users = self.subjects.of_kind(SubjectKind::User);
        users.map(|(row, user)| (user, self.devices.get(row)))
    }

    /// Every organization with its members' identifiers and membership data, the oldest
    /// organization first.
    pub(crate) fn organizations_and_members(
        &self,
    ) -> impl Iterator<
        Item = (
            &StoredSubject,
            impl ExactSizeIterator<Item = (&[StoredIdentifier], &Data)>,
        ),
    > {
        let organizations = self.subjects.of_kind(SubjectKind::Organization);
        organizations.map(|(row, organization)| {
            let members = self.members.of(row);
            let members =
                members.map(|(user, membership)| (self.identifiers_of(user), &membership.data));
            (organization, members)
        })
    }

    /// Every schedule with the identifiers of its subject.
    pub(crate) fn schedules_and_subjects(
        &self,
    ) -> impl Iterator<Item = (&StoredSchedule, &[StoredIdentifier])> {
        self.schedules.assigned.iter().flat_map(|(row, assigned)| {
            let identifiers = self.identifiers_of(row);
            assigned.iter().map(move |schedule| (schedule, identifiers))
        })
    }

    /// Every inbox message with the identifiers of its subject.
    pub(crate) fn messages_and_subjects(
        &self,
    ) -> impl Iterator<Item = (&StoredInboxMessage, &[StoredIdentifier])> {
        self.inboxes.iter().flat_map(|(row, messages)| {
            let identifiers = self.identifiers_of(row);
            messages.iter().map(move |message| (message, identifiers))
        })
    }

    fn identifiers_of(&self, row: RowId) -> &[StoredIdentifier] {
        self.subjects
            .get(row)
            .map_or(&[], |subject| subject.identifiers.as_slice())
    }
}
