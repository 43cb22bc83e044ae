//! Look-ups of the server's data.

use super::{Counts, Received, Server};
use crate::testing::api::RecordedRequest;
use crate::testing::store::{
    Lost, ReceivedEvent, StoredDevice, StoredInboxMessage, StoredMember, StoredOrganization,
    StoredSchedule, StoredSession, StoredSubject, StoredUser,
};
use crate::wire::SubjectKind;
use lunogram_core::{LunogramEvent, ToExternalId};
use lunogram_rules::source;

/// Look-ups. Each returns a copy of the server's current data. External ids are of the source
/// `default`, except in the methods that take a source.
impl Server {
    /// The user with this external id.
    pub fn user(&self, external_id: impl ToExternalId) -> Option<StoredUser> {
        self.user_by(source::DEFAULT, external_id)
    }

    /// The user with this external id of `source`.
    pub fn user_by(&self, source: &str, external_id: impl ToExternalId) -> Option<StoredUser> {
        self.subject(SubjectKind::User, source, &external_id.to_external_id())
    }

    /// Every user, the oldest first.
    pub fn users(&self) -> Vec<StoredUser> {
        self.subjects(SubjectKind::User)
    }

    /// The organization with this external id.
    pub fn organization(&self, external_id: impl ToExternalId) -> Option<StoredOrganization> {
        self.organization_by(source::DEFAULT, external_id)
    }

    /// The organization with this external id of `source`.
    pub fn organization_by(
        &self,
        source: &str,
        external_id: impl ToExternalId,
    ) -> Option<StoredOrganization> {
        self.subject(
            SubjectKind::Organization,
            source,
            &external_id.to_external_id(),
        )
    }

    /// Every organization, the oldest first.
    pub fn organizations(&self) -> Vec<StoredOrganization> {
        self.subjects(SubjectKind::Organization)
    }

    fn subject<T: for<'s> From<&'s StoredSubject>>(
        &self,
        kind: SubjectKind,
        source: &str,
        external_id: &str,
    ) -> Option<T> {
        let state = self.shared.state();
        state.store.subject(kind, source, external_id).map(T::from)
    }

    fn subjects<T: for<'s> From<&'s StoredSubject>>(&self, kind: SubjectKind) -> Vec<T> {
        self.shared
            .state()
            .store
            .subjects(kind)
            .map(T::from)
            .collect()
    }

    /// The members of an organization, the oldest user first; empty if the organization does not
    /// exist.
    pub fn members(&self, organization: impl ToExternalId) -> Vec<StoredMember> {
        self.members_by(source::DEFAULT, organization)
    }

    /// The members of the organization with this external id of `source`.
    pub fn members_by(&self, source: &str, organization: impl ToExternalId) -> Vec<StoredMember> {
        self.shared
            .state()
            .store
            .members(source, &organization.to_external_id())
    }

    /// A user's devices, the oldest first; empty if the user does not exist.
    pub fn devices(&self, user: impl ToExternalId) -> Vec<StoredDevice> {
        self.devices_by(source::DEFAULT, user)
    }

    /// The devices of the user with this external id of `source`.
    pub fn devices_by(&self, source: &str, user: impl ToExternalId) -> Vec<StoredDevice> {
        self.shared
            .state()
            .store
            .devices(source, &user.to_external_id())
            .to_vec()
    }

    /// Every minted session, expired or not, the oldest first.
    pub fn sessions(&self) -> Vec<StoredSession> {
        self.shared.state().store.sessions().cloned().collect()
    }

    /// Every schedule: the users' before the organizations', the oldest subject's first.
    pub fn schedules(&self) -> Vec<StoredSchedule> {
        self.shared.state().store.schedules().cloned().collect()
    }

    /// A user's schedules, the oldest first.
    pub fn user_schedules(&self, external_id: impl ToExternalId) -> Vec<StoredSchedule> {
        self.schedules_of(SubjectKind::User, &external_id.to_external_id())
    }

    /// A user's schedule of this name; the oldest one if project-scoped requests made several.
    pub fn user_schedule(
        &self,
        external_id: impl ToExternalId,
        name: impl AsRef<str>,
    ) -> Option<StoredSchedule> {
        named(self.user_schedules(external_id), name.as_ref())
    }

    /// An organization's schedules, the oldest first.
    pub fn organization_schedules(&self, external_id: impl ToExternalId) -> Vec<StoredSchedule> {
        self.schedules_of(SubjectKind::Organization, &external_id.to_external_id())
    }

    /// An organization's schedule of this name; the oldest one if project-scoped requests made
    /// several.
    pub fn organization_schedule(
        &self,
        external_id: impl ToExternalId,
        name: impl AsRef<str>,
    ) -> Option<StoredSchedule> {
        named(self.organization_schedules(external_id), name.as_ref())
    }

    /// Every message in a user's inbox in the order of arrival, also if it is not due yet, expired
    /// or archived.
    pub fn user_inbox(&self, external_id: impl ToExternalId) -> Vec<StoredInboxMessage> {
        self.inbox_of(SubjectKind::User, &external_id.to_external_id())
    }

    /// Every message in an organization's inbox in the order of arrival, also if it is not due yet,
    /// expired or archived.
    pub fn organization_inbox(&self, external_id: impl ToExternalId) -> Vec<StoredInboxMessage> {
        self.inbox_of(SubjectKind::Organization, &external_id.to_external_id())
    }

    fn inbox_of(&self, kind: SubjectKind, external_id: &str) -> Vec<StoredInboxMessage> {
        self.shared
            .state()
            .store
            .all_messages(kind, source::DEFAULT, external_id)
            .to_vec()
    }

    fn schedules_of(&self, kind: SubjectKind, external_id: &str) -> Vec<StoredSchedule> {
        self.shared
            .state()
            .store
            .schedules_of(kind, source::DEFAULT, external_id)
            .to_vec()
    }

    /// The events that were received and not lost, in the order of arrival: the newest ones that
    /// the server [keeps](super::ServerBuilder::keep).
    ///
    /// An event with a `match` that no subject satisfied is included, with an empty `reached`. An
    /// event to a subject that does not exist is in [`lost`](Self::lost).
    pub fn all_events(&self) -> Vec<ReceivedEvent> {
        self.shared.state().store.events().iter().cloned().collect()
    }

    /// The events of a type among [`all_events`](Self::all_events); for an enum, the events of all
    /// variants.
    ///
    /// If the type can be deserialised, [`Received::value`] gives the event back as a value.
    ///
    /// ```
    /// use lunogram::LunogramEvent;
    ///
    /// #[derive(LunogramEvent)]
    /// struct SignedUp<'a> {
    ///     #[lunogram(external_id)]
    ///     user: &'a str,
    ///     plan: &'a str,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
    /// client.send(&SignedUp { user: "user_123", plan: "pro" }).await?;
    /// assert_eq!(server.events::<SignedUp>()[0].data["plan"], "pro");
    /// # Ok(())
    /// # }
    /// ```
    pub fn events<E: LunogramEvent + ?Sized>(&self) -> Vec<Received<E>> {
        self.shared
            .state()
            .store
            .events()
            .iter()
            .filter(|event| E::NAMES.contains(&event.name.as_str()))
            .cloned()
            .map(Received::new)
            .collect()
    }

    /// The events of this name among [`all_events`](Self::all_events).
    pub fn events_named(&self, name: impl AsRef<str>) -> Vec<ReceivedEvent> {
        self.shared
            .state()
            .store
            .events()
            .iter()
            .filter(|event| event.name == name.as_ref())
            .cloned()
            .collect()
    }

    /// The items that were answered with 202 and that the platform then loses, in the order of
    /// arrival: the newest ones that the server [keeps](super::ServerBuilder::keep).
    ///
    /// The API has no request that reports them.
    pub fn lost(&self) -> Vec<Lost> {
        self.shared.state().store.lost().iter().cloned().collect()
    }

    /// Every request that got a response, whatever its status, or whose response
    /// [was lost](crate::testing::Fault::lose_answer), in the order of the responses: the newest
    /// ones that the server [keeps](super::ServerBuilder::keep).
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.state().requests.iter().cloned().collect()
    }

    /// How many requests, events and lost items there have been since the start or the last
    /// [`reset`](Self::reset), also if the server keeps only the newest ones.
    pub fn counts(&self) -> Counts {
        let state = self.shared.state();
        Counts {
            requests: state.requests.total(),
            events: state.store.events().total(),
            lost: state.store.lost().total(),
        }
    }

    /// Deletes all data, recorded requests, and the counts of requests per minute. Address, key,
    /// project, limits and injected faults stay.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
    /// server.reset();
    /// assert!(server.users().is_empty() && server.requests().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub fn reset(&self) {
        self.shared.reset();
    }
}

fn named(schedules: Vec<StoredSchedule>, name: &str) -> Option<StoredSchedule> {
    schedules.into_iter().find(|schedule| schedule.name == name)
}
