//! What a test asks of the server.

use super::received::Received;
use super::record::RecordedRequest;
use super::server::Server;
use super::state::State;
use super::store::{
    Lost, ReceivedEvent, StoredDevice, StoredInboxMessage, StoredMember, StoredOrganization,
    StoredSchedule, StoredSession, StoredUser, SubjectKind,
};
use crate::typed::LunogramEvent;
use lunogram_rules::source;

/// Look-ups. Each gives a copy of what the server holds at that moment; external ids are of the source `default`
/// unless a source is named.
impl Server {
    /// The user of an external id.
    pub fn user(&self, external_id: impl AsRef<str>) -> Option<StoredUser> {
        self.user_by(source::DEFAULT, external_id)
    }

    /// The user of an external id of `source`.
    pub fn user_by(&self, source: &str, external_id: impl AsRef<str>) -> Option<StoredUser> {
        self.shared
            .state()
            .store
            .user(source, external_id.as_ref())
            .cloned()
    }

    /// Every user, the oldest first.
    pub fn users(&self) -> Vec<StoredUser> {
        self.shared.state().store.users().cloned().collect()
    }

    /// The organization of an external id.
    pub fn organization(&self, external_id: impl AsRef<str>) -> Option<StoredOrganization> {
        self.organization_by(source::DEFAULT, external_id)
    }

    /// The organization of an external id of `source`.
    pub fn organization_by(
        &self,
        source: &str,
        external_id: impl AsRef<str>,
    ) -> Option<StoredOrganization> {
        self.shared
            .state()
            .store
            .organization(source, external_id.as_ref())
            .cloned()
    }

    /// Every organization, the oldest first.
    pub fn organizations(&self) -> Vec<StoredOrganization> {
        self.shared.state().store.organizations().cloned().collect()
    }

    /// The members of an organization, the oldest user first; none if there is no such organization.
    pub fn members(&self, organization: impl AsRef<str>) -> Vec<StoredMember> {
        self.members_by(source::DEFAULT, organization)
    }

    /// The members of the organization of an external id of `source`.
    pub fn members_by(&self, source: &str, organization: impl AsRef<str>) -> Vec<StoredMember> {
        self.shared
            .state()
            .store
            .members(source, organization.as_ref())
    }

    /// A user's devices, the oldest first; none if there is no such user.
    pub fn devices(&self, user: impl AsRef<str>) -> Vec<StoredDevice> {
        self.devices_by(source::DEFAULT, user)
    }

    /// The devices of the user of an external id of `source`.
    pub fn devices_by(&self, source: &str, user: impl AsRef<str>) -> Vec<StoredDevice> {
        self.shared
            .state()
            .store
            .devices(source, user.as_ref())
            .to_vec()
    }

    /// Every session that was minted, the oldest first, expired or not.
    pub fn sessions(&self) -> Vec<StoredSession> {
        self.shared.state().store.sessions().cloned().collect()
    }

    /// Every schedule: the users' before the organizations', the oldest subject's first.
    pub fn schedules(&self) -> Vec<StoredSchedule> {
        self.shared.state().store.schedules().cloned().collect()
    }

    /// A user's schedules, the oldest first.
    pub fn user_schedules(&self, external_id: impl AsRef<str>) -> Vec<StoredSchedule> {
        self.schedules_of(SubjectKind::User, external_id.as_ref())
    }

    /// A user's schedule of this name; the oldest, where project-scoped requests made several.
    pub fn user_schedule(
        &self,
        external_id: impl AsRef<str>,
        name: impl AsRef<str>,
    ) -> Option<StoredSchedule> {
        named(self.user_schedules(external_id), name.as_ref())
    }

    /// An organization's schedules, the oldest first.
    pub fn organization_schedules(&self, external_id: impl AsRef<str>) -> Vec<StoredSchedule> {
        self.schedules_of(SubjectKind::Organization, external_id.as_ref())
    }

    /// An organization's schedule of this name; the oldest, where project-scoped requests made several.
    pub fn organization_schedule(
        &self,
        external_id: impl AsRef<str>,
        name: impl AsRef<str>,
    ) -> Option<StoredSchedule> {
        named(self.organization_schedules(external_id), name.as_ref())
    }

    /// Everything in a user's inbox, in the order of its arrival: also what is not yet due, expired or archived.
    pub fn user_inbox(&self, external_id: impl AsRef<str>) -> Vec<StoredInboxMessage> {
        self.inbox_of(SubjectKind::User, external_id.as_ref())
    }

    /// Everything in an organization's inbox, in the order of its arrival: also what is not yet due, expired or archived.
    pub fn organization_inbox(&self, external_id: impl AsRef<str>) -> Vec<StoredInboxMessage> {
        self.inbox_of(SubjectKind::Organization, external_id.as_ref())
    }

    fn inbox_of(&self, kind: SubjectKind, external_id: &str) -> Vec<StoredInboxMessage> {
        self.shared
            .state()
            .store
            .whole_inbox(kind, source::DEFAULT, external_id)
            .to_vec()
    }

    fn schedules_of(&self, kind: SubjectKind, external_id: &str) -> Vec<StoredSchedule> {
        self.shared
            .state()
            .store
            .schedules_of(kind, source::DEFAULT, external_id)
            .to_vec()
    }

    /// Every event that was received and not lost, in the order of arrival.
    ///
    /// A `match` that nobody met is here too, and has reached nobody. What was sent to a subject that does not exist is in
    /// [`lost`](Self::lost).
    pub fn all_events(&self) -> Vec<ReceivedEvent> {
        self.shared.state().store.events().to_vec()
    }

    /// The events of a type among [`all_events`](Self::all_events), or of all variants where it is an enum.
    ///
    /// What was sent can be read back as a value, where the type can be deserialised: see [`Received`].
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

    /// What was answered with 202 and that the platform then loses, in the order of arrival.
    ///
    /// The platform answers no request about it, and neither does this server: here is where a test can see it.
    pub fn lost(&self) -> Vec<Lost> {
        self.shared.state().store.lost().to_vec()
    }

    /// Every request that was answered, in the order of the answers, whatever its status.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.state().requests.clone()
    }

    /// Forgets everything that it received. Address, key and project stay.
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
        *self.shared.state() = State::default();
        self.shared.announce();
    }
}

fn named(schedules: Vec<StoredSchedule>, name: &str) -> Option<StoredSchedule> {
    schedules.into_iter().find(|schedule| schedule.name == name)
}
