//! Who a user or an organization is.

use super::ToExternalId;
use crate::encode::{Fragment, Writer};
use lunogram_rules::source::DEFAULT;
use serde::Serialize;

/// One `(source, external id)` pair, with optional metadata.
///
/// ```
/// use lunogram::ExternalId;
/// use serde_json::json;
///
/// let id = ExternalId::new("cus_9s6XKzkNRiz8i3")
///     .source("stripe")
///     .metadata(&json!({"livemode": true}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ExternalId {
    source: Option<String>,
    id: String,
    metadata: Option<Fragment>,
}

impl ExternalId {
    /// An external id of the source `default`. An empty one is refused when the request is encoded.
    pub fn new(external_id: impl ToExternalId) -> Self {
        Self {
            source: None,
            id: external_id.to_string(),
            metadata: None,
        }
    }

    /// The system that gave out the id, such as `stripe` or `anonymous`. The empty source is `default`, too.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        let source = source.into();
        self.source = Some(source).filter(|source| !source.is_empty() && source != DEFAULT);
        self
    }

    /// What is known of the identifier itself; the server merges it, key by key, into what it has.
    ///
    /// `metadata` serializes to an object, or the request is refused when it is encoded.
    pub fn metadata<T: Serialize + ?Sized>(mut self, metadata: &T) -> Self {
        self.metadata = Some(Fragment::object(metadata));
        self
    }

    /// The source and the external id, in plain text.
    pub(crate) fn pair(&self) -> (&str, &str) {
        (self.source.as_deref().unwrap_or(DEFAULT), &self.id)
    }

    /// Writes it as the wire has it.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{");
        if let Some(source) = &self.source {
            writer.literal("\"source\":");
            writer.string(source);
            writer.literal(",");
        }
        writer.literal("\"external_id\":");
        writer.string(&self.id);
        if self.id.is_empty() {
            writer.report_empty_external_id();
        }
        if let Some(metadata) = &self.metadata {
            writer.literal(",\"metadata\":");
            writer.fragment(metadata);
        }
        writer.literal("}");
    }
}

impl<T: ToExternalId> From<T> for ExternalId {
    fn from(external_id: T) -> Self {
        Self::new(external_id)
    }
}

/// The identifiers of one subject: at least one [`ExternalId`].
///
/// Whatever is a [`ToExternalId`] becomes one of the source `default`. A list without any is refused when the request is
/// encoded.
///
/// ```
/// use lunogram::{ExternalId, Identifiers};
///
/// let one: Identifiers = "user_123".into();
/// let other: Identifiers = 42_u64.into();
/// let both: Identifiers = [
///     ExternalId::new("user_123"),
///     ExternalId::new("cus_9s6XKzkNRiz8i3").source("stripe"),
/// ]
/// .into();
/// let collected: Identifiers = ["user_123", "user_124"].map(ExternalId::new).into_iter().collect();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers(Vec<ExternalId>);

impl Identifiers {
    /// Writes the list as the wire has it.
    pub(crate) fn encode(&self, writer: &mut Writer<'_>) {
        if self.0.is_empty() {
            writer.report("no identifier; give at least one external id");
            return;
        }
        writer.literal("[");
        for (index, id) in self.0.iter().enumerate() {
            if index > 0 {
                writer.literal(",");
            }
            id.encode(writer);
        }
        writer.literal("]");
    }
}

impl<T: ToExternalId> From<T> for Identifiers {
    fn from(external_id: T) -> Self {
        ExternalId::new(external_id).into()
    }
}

impl From<ExternalId> for Identifiers {
    fn from(id: ExternalId) -> Self {
        Self(vec![id])
    }
}

impl<const N: usize> From<[ExternalId; N]> for Identifiers {
    fn from(ids: [ExternalId; N]) -> Self {
        Self(ids.into())
    }
}

impl From<Vec<ExternalId>> for Identifiers {
    fn from(ids: Vec<ExternalId>) -> Self {
        Self(ids)
    }
}

impl FromIterator<ExternalId> for Identifiers {
    fn from_iter<I: IntoIterator<Item = ExternalId>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

impl Extend<ExternalId> for Identifiers {
    fn extend<I: IntoIterator<Item = ExternalId>>(&mut self, ids: I) {
        self.0.extend(ids);
    }
}

impl From<&Identifiers> for Identifiers {
    fn from(ids: &Identifiers) -> Self {
        ids.clone()
    }
}
