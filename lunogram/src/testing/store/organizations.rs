//! Organizations.

use super::identity::{Common, Entity};
use super::{Data, Moment, Refused, SentIdentifier, Store, StoredIdentifier, SubjectKind};
use crate::wire::management::Observed;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An organization as the server keeps it.
///
/// ```
/// use lunogram::UpsertOrganizationRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// client.upsert_organization(&UpsertOrganizationRequest::new("org_456").name("Acme")).await?;
///
/// let organization = server.organization("org_456").expect("an organization");
/// assert_eq!(organization.name.as_deref(), Some("Acme"));
/// assert_eq!(organization.external_id("default"), Some("org_456"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredOrganization {
    /// The server's own id.
    pub id: Uuid,
    /// Every identifier that leads to this organization, the oldest first.
    pub identifiers: Vec<StoredIdentifier>,
    /// The last name sent.
    pub name: Option<String>,
    /// All data ever sent, merged key by key.
    pub data: Data,
    /// 1 after the first upsert, and one more with each.
    pub version: i32,
    /// When the organization was first upserted.
    pub created_at: DateTime<Utc>,
    /// When the organization was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl StoredOrganization {
    /// The organization's id in `source`, if it has one there; the oldest if it has several.
    pub fn external_id(&self, source: &str) -> Option<&str> {
        self.identifiers
            .iter()
            .find(|known| known.source == source)
            .map(|known| known.external_id.as_str())
    }
}

impl Entity for StoredOrganization {
    fn create(id: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            id,
            identifiers: Vec::new(),
            name: None,
            data: Data::new(),
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    fn common(&mut self) -> Common<'_> {
        Common {
            identifiers: &mut self.identifiers,
            data: &mut self.data,
            version: &mut self.version,
            updated_at: &mut self.updated_at,
        }
    }

    fn identifiers(&self) -> &[StoredIdentifier] {
        &self.identifiers
    }
}

/// The body of an upsert; `None` keeps what is stored.
#[derive(Clone, Debug)]
pub(crate) struct UpsertOrganization {
    pub(crate) identifiers: Vec<SentIdentifier>,
    pub(crate) name: Option<String>,
    pub(crate) data: Option<Data>,
}

impl Store {
    /// Creates the organization or updates it. Only a [`Refused::Conflict`] is possible.
    pub(crate) fn upsert_organization(
        &mut self,
        sent: UpsertOrganization,
        at: &mut Moment<'_>,
    ) -> Result<&StoredOrganization, Refused> {
        let data = sent.data.clone();
        let organization = self
            .organizations
            .upsert(sent.identifiers, sent.data, at)
            .ok_or(Refused::Conflict)?;
        self.schemas
            .learn(Observed::Organizations, "", data.as_ref());
        organization.name = sent.name.or_else(|| organization.name.take());
        self.schedules.meet_subject();
        Ok(organization)
    }

    /// Deletes the organization with its identifiers, memberships, schedules and inbox.
    pub(crate) fn delete_organization(
        &mut self,
        identifiers: &[SentIdentifier],
    ) -> Result<(), Refused> {
        let row = self.subject(SubjectKind::Organization, identifiers)?;
        self.organizations.remove(row);
        self.members.remove_organization(row);
        self.schedules
            .remove_subject(SubjectKind::Organization, row);
        self.inboxes.remove_subject(SubjectKind::Organization, row);
        Ok(())
    }

    /// Every organization, the oldest first.
    pub(crate) fn organizations(&self) -> impl Iterator<Item = &StoredOrganization> {
        self.organizations
            .iter()
            .map(|(_, organization)| organization)
    }

    pub(crate) fn organization(
        &self,
        source: &str,
        external_id: &str,
    ) -> Option<&StoredOrganization> {
        self.organizations
            .get(self.organizations.row_of(source, external_id)?)
    }
}
