//! Parts that several responses share.

use chrono::{DateTime, Utc};
use lunogram_core::Identifier;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

/// An identifier as the server stores it.
///
/// ```
/// use lunogram::{Identifier, UpsertUserRequest};
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let server = lunogram::testing::Server::start()?;
/// # let client = server.client();
/// let stripe = Identifier::new("cus_9s6X").source("stripe").metadata(json!({"livemode": true}));
/// let ids = [Identifier::new("user_123"), stripe];
/// let user = client.upsert_user(&UpsertUserRequest::new(ids)).await?;
/// let stripe = user.identifier.iter().find(|identifier| identifier.source == "stripe");
/// let stripe = stripe.expect("it was sent");
/// assert_eq!(stripe.external_id, "cus_9s6X");
/// assert_eq!(stripe.metadata["livemode"], true);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct StoredIdentifier {
    /// The server's own id for the identifier.
    pub id: Uuid,
    /// The system that assigned the external id.
    pub source: String,
    /// The id by which the application knows the subject.
    pub external_id: String,
    /// Data about the identifier itself: that of all upserts, merged key by key.
    #[serde(default, deserialize_with = "or_empty")]
    pub metadata: Map<String, Value>,
    /// When the server first stored it.
    pub created_at: DateTime<Utc>,
    /// When it was last part of an upsert.
    pub updated_at: DateTime<Utc>,
}

/// The pair of source and external id, without the metadata, which the server has already.
impl From<&StoredIdentifier> for Identifier {
    fn from(stored: &StoredIdentifier) -> Self {
        Self::new(stored.external_id.as_str()).source(stored.source.as_str())
    }
}

/// Deserializes the data of a subject as a type of the application.
pub(super) fn data_as<T: DeserializeOwned>(data: &Map<String, Value>) -> serde_json::Result<T> {
    T::deserialize(Value::Object(data.clone()))
}

/// Reads `null` as an empty object or array, if the contract has one.
pub(super) fn or_empty<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
