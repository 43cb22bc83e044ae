//! Upserts of organizations as serde values.

use super::UpsertOrganizationRequest;
use crate::encode::{Fragment, Json, Writer, check_read, serialize};
use crate::problem::Payload;
use crate::typed::{ReadIdentifiers, Traits};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for UpsertOrganizationRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |writer: &mut Writer<'_>| self.encode(writer);
        serialize(Payload::Organization, &write, serializer)
    }
}

impl<'de> Deserialize<'de> for UpsertOrganizationRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::from(ReadOrganization::deserialize(deserializer)?);
        check_read(Payload::Organization, &|writer: &mut Writer<'_>| {
            request.encode(writer);
        })?;
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an organization: an object with `identifier`, and optionally `name` and `data`"
)]
struct ReadOrganization {
    identifier: ReadIdentifiers,
    name: Option<String>,
    data: Option<Json>,
}

impl From<ReadOrganization> for UpsertOrganizationRequest {
    fn from(read: ReadOrganization) -> Self {
        Self {
            identifier: read.identifier.into(),
            name: read.name,
            data: Fragment::optional_data(&read.data),
        }
    }
}
