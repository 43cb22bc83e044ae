//! The identifiers of users and organizations, at run time.

use super::ToExternalId;
use crate::encode::{Fragment, Writer};
use lunogram_rules::source::DEFAULT;
use lunogram_rules::{ProblemKind, Violation};
use serde::Serialize;

/// One `(source, external id)` pair, with optional metadata.
///
/// ```
/// use lunogram::Identifier;
/// use serde_json::json;
///
/// let id = Identifier::new("cus_9s6XKzkNRiz8i3")
///     .source("stripe")
///     .metadata(&json!({"livemode": true}));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Identifier {
    source: Option<String>,
    id: String,
    metadata: Option<Fragment>,
}

impl Identifier {
    /// An external id with the source `default`. An empty id is refused when the request is
    /// encoded.
    pub fn new(external_id: impl ToExternalId) -> Self {
        Self {
            source: None,
            id: external_id.to_external_id().into_owned(),
            metadata: None,
        }
    }

    /// The system that assigned the id, such as `stripe` or `anonymous`. An empty source means
    /// `default`.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        let source = source.into();
        self.source = Some(source).filter(|source| !source.is_empty() && source != DEFAULT);
        self
    }

    /// Data about the identifier itself. The server merges it into the stored metadata, key by key.
    ///
    /// `metadata` has to serialize to an object; otherwise the request is refused when it is
    /// encoded.
    pub fn metadata<T: Serialize + ?Sized>(mut self, metadata: &T) -> Self {
        self.metadata = Some(Fragment::object(metadata));
        self
    }

    /// The source and the external id, as plain text.
    #[doc(hidden)]
    #[must_use]
    pub fn pair(&self) -> (&str, &str) {
        (self.source.as_deref().unwrap_or(DEFAULT), &self.id)
    }

    /// Writes the identifier as an object.
    #[doc(hidden)]
    pub fn encode(&self, writer: &mut Writer<'_>) {
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

impl<T: ToExternalId> From<T> for Identifier {
    fn from(external_id: T) -> Self {
        Self::new(external_id)
    }
}

/// The identifiers of one subject: at least one [`Identifier`].
///
/// A [`ToExternalId`] converts to one identifier with the source `default`. An empty list is
/// refused when the request is encoded.
///
/// ```
/// use lunogram::{Identifier, Identifiers};
///
/// let one: Identifiers = "user_123".into();
/// let other: Identifiers = 42_u64.into();
/// let both: Identifiers = [
///     Identifier::new("user_123"),
///     Identifier::new("cus_9s6XKzkNRiz8i3").source("stripe"),
/// ]
/// .into();
/// let ids = ["user_123", "user_124"].map(Identifier::new);
/// let collected: Identifiers = ids.into_iter().collect();
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifiers(Vec<Identifier>);

impl Identifiers {
    /// Writes the identifiers as a list.
    #[doc(hidden)]
    pub fn encode(&self, writer: &mut Writer<'_>) {
        if self.0.is_empty() {
            writer.report(Violation::fixed(
                ProblemKind::NoSubject,
                "no identifier; add at least one external id",
            ));
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
        Identifier::new(external_id).into()
    }
}

impl From<Identifier> for Identifiers {
    fn from(id: Identifier) -> Self {
        Self(vec![id])
    }
}

impl<const N: usize> From<[Identifier; N]> for Identifiers {
    fn from(ids: [Identifier; N]) -> Self {
        Self(ids.into())
    }
}

impl From<Vec<Identifier>> for Identifiers {
    fn from(ids: Vec<Identifier>) -> Self {
        Self(ids)
    }
}

impl FromIterator<Identifier> for Identifiers {
    fn from_iter<I: IntoIterator<Item = Identifier>>(ids: I) -> Self {
        Self(ids.into_iter().collect())
    }
}

impl Extend<Identifier> for Identifiers {
    fn extend<I: IntoIterator<Item = Identifier>>(&mut self, ids: I) {
        self.0.extend(ids);
    }
}

impl From<&Identifiers> for Identifiers {
    fn from(ids: &Identifiers) -> Self {
        ids.clone()
    }
}
