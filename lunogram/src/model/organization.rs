//! Organizations.

use super::response::{Identifier, data_as, or_empty};
use crate::encode::{Fragment, Writer};
use crate::typed::{Identifiers, OrganizationTraits};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An organization as the server has it.
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
    /// The server's own id of the organization.
    pub id: Uuid,
    /// The project that it belongs to.
    pub project_id: Uuid,
    /// Everything that identifies it.
    pub identifier: Vec<Identifier>,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whatever else is known of it.
    #[serde(default, deserialize_with = "or_empty")]
    pub data: Map<String, Value>,
    /// How often it was upserted.
    pub version: i32,
    /// When it was first upserted.
    pub created_at: DateTime<Utc>,
    /// When it was last upserted.
    pub updated_at: DateTime<Utc>,
}

impl Organization {
    /// [`data`](Self::data) as a type of the application's.
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
    /// When the data is not of that type.
    pub fn data_as<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        data_as(&self.data)
    }
}

/// What is known of an organization, put together at run time. For what is known at compile time there is
/// [`#[derive(OrganizationTraits)]`](derive@crate::OrganizationTraits).
///
/// Whatever is not given keeps what the server has.
///
/// ```
/// use lunogram::{OrganizationTraits, UpsertOrganizationRequest};
/// use serde_json::json;
///
/// let request = UpsertOrganizationRequest::new("org_456")
///     .name("Acme")
///     .data(json!({"industry": "roadrunners"}));
/// assert!(request.check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct UpsertOrganizationRequest {
    identifier: Identifiers,
    name: Option<String>,
    data: Option<Fragment>,
}

impl UpsertOrganizationRequest {
    /// For the organization with these identifiers. Those that the server does not know are added to it.
    pub fn new(identifier: impl Into<Identifiers>) -> Self {
        Self {
            identifier: identifier.into(),
            name: None,
            data: None,
        }
    }

    /// The name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whatever else is known: a map, or a struct with named fields. A key with `null` is stored as `null`.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Some(Fragment::object(&data));
        self
    }
}

impl OrganizationTraits for UpsertOrganizationRequest {
    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.identifier.encode(writer);
        writer.property(",\"name\":", &self.name);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal("}");
    }
}
