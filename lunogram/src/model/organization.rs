//! Organizations.

use super::response::{StoredIdentifier, data_as, or_empty};
use chrono::{DateTime, Utc};
use lunogram_core::{Identifier, Identifiers};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An organization as the server stores it.
///
/// ```
/// use lunogram::UpsertOrganizationRequest;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let request = UpsertOrganizationRequest::new("org_456").name("Acme").data(json!({"seats": 25}));
/// let organization = client.upsert_organization(&request).await?;
/// assert_eq!(organization.name.as_deref(), Some("Acme"));
/// assert_eq!(organization.data["seats"], 25);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// The server's own id for the organization.
    pub id: Uuid,
    /// The project that it belongs to.
    pub project_id: Uuid,
    /// Its identifiers.
    pub identifier: Vec<StoredIdentifier>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Its other data.
    #[serde(default, deserialize_with = "or_empty")]
    pub data: Map<String, Value>,
    /// How often it was changed. A new organization has version 0, and each later upsert adds one.
    pub version: i32,
    /// When it was first upserted.
    pub created_at: DateTime<Utc>,
    /// When it was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl Organization {
    /// Deserializes [`data`](Self::data) as a type of the application.
    ///
    /// ```
    /// use lunogram::UpsertOrganizationRequest;
    /// use serde::Deserialize;
    /// use serde_json::json;
    ///
    /// #[derive(Deserialize)]
    /// struct Known {
    ///     plan: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// let request = UpsertOrganizationRequest::new("org_456").data(json!({"plan": "pro"}));
    /// let known: Known = client.upsert_organization(&request).await?.data_as()?;
    /// assert_eq!(known.plan, "pro");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the data does not fit the type.
    pub fn data_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.data)
    }
}

/// The identifiers of an organization that the server returned.
///
/// ```
/// use lunogram::UpsertOrganizationRequest;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let request = UpsertOrganizationRequest::new("org_456");
/// let organization = client.upsert_organization(&request).await?;
/// client.delete_organization(&organization).await?;
/// # Ok(())
/// # }
/// ```
impl From<&Organization> for Identifiers {
    fn from(organization: &Organization) -> Self {
        organization
            .identifier
            .iter()
            .map(Identifier::from)
            .collect()
    }
}
