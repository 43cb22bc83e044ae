//! The public view of an organization.

use super::identity;
use super::{Data, StoredSubject};
use crate::model::StoredIdentifier;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// An organization as the server stores it.
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
    /// The server's id.
    pub id: Uuid,
    /// The organization's identifiers, the oldest first.
    pub identifiers: Vec<StoredIdentifier>,
    /// The last name sent.
    pub name: Option<String>,
    /// The data of all upserts, merged key by key.
    pub data: Data,
    /// The number of upserts after the first.
    pub version: i32,
    /// When the organization was first upserted.
    pub created_at: DateTime<Utc>,
    /// When the organization was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl StoredOrganization {
    /// The organization's external id in `source`; the oldest one if there are several.
    pub fn external_id(&self, source: &str) -> Option<&str> {
        identity::external_id(&self.identifiers, source)
    }
}

impl From<&StoredSubject> for StoredOrganization {
    fn from(subject: &StoredSubject) -> Self {
        Self {
            id: subject.id,
            identifiers: subject.identifiers.clone(),
            name: subject.profile.name.clone(),
            data: subject.data.clone(),
            version: subject.version,
            created_at: subject.created_at,
            updated_at: subject.updated_at,
        }
    }
}
