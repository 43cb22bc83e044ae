//! Identifiers as serde values.

use super::{Identifier, Identifiers};
use crate::encode::{Fragment, Json, Writer, check_read, serialize};
use crate::problem::Payload;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(
            Payload::Identifier,
            &|writer: &mut Writer<'_>| self.encode(writer),
            serializer,
        )
    }
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self::from(ReadIdentifier::deserialize(deserializer)?);
        check_read(Payload::Identifier, &|writer: &mut Writer<'_>| {
            read.encode(writer);
        })?;
        Ok(read)
    }
}

impl Serialize for Identifiers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize(
            Payload::Identifiers,
            &|writer: &mut Writer<'_>| self.encode(writer),
            serializer,
        )
    }
}

impl<'de> Deserialize<'de> for Identifiers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Self::from(ReadIdentifiers::deserialize(deserializer)?);
        check_read(Payload::Identifiers, &|writer: &mut Writer<'_>| {
            read.encode(writer);
        })?;
        Ok(read)
    }
}

/// An identifier that is not checked yet. Requests read it, and check it together with everything
/// else, so that all problems are reported with their paths.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an identifier: an object with `external_id`, and optionally `source` and `metadata`"
)]
struct ReadIdentifier {
    source: Option<String>,
    external_id: String,
    metadata: Option<Json>,
}

/// Identifiers that are not checked yet.
#[derive(Deserialize)]
pub(crate) struct ReadIdentifiers(Vec<ReadIdentifier>);

impl From<ReadIdentifier> for Identifier {
    fn from(read: ReadIdentifier) -> Self {
        let identifier = Self::new(read.external_id).source(read.source);
        Self {
            metadata: read.metadata.as_ref().map(Fragment::object),
            ..identifier
        }
    }
}

impl From<ReadIdentifiers> for Identifiers {
    fn from(read: ReadIdentifiers) -> Self {
        read.0.into_iter().map(Identifier::from).collect()
    }
}
