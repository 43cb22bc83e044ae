//! Upserts of users as serde values.

use super::UpsertUserRequest;
use crate::encode::{Fragment, Json, Writer, check_read, serialize};
use crate::problem::Payload;
use crate::typed::{ReadIdentifiers, Traits};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

impl Serialize for UpsertUserRequest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let write = |writer: &mut Writer<'_>| self.encode(writer);
        serialize(Payload::User, &write, serializer)
    }
}

impl<'de> Deserialize<'de> for UpsertUserRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let request = Self::from(ReadUser::deserialize(deserializer)?);
        check_read(Payload::User, &|writer: &mut Writer<'_>| {
            request.encode(writer);
        })?;
        Ok(request)
    }
}

#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a user: an object with `identifier`, and optionally `email`, `phone`, `timezone`, `locale` and `data`"
)]
struct ReadUser {
    identifier: ReadIdentifiers,
    email: Option<String>,
    phone: Option<String>,
    timezone: Option<String>,
    locale: Option<String>,
    data: Option<Json>,
}

impl From<ReadUser> for UpsertUserRequest {
    fn from(read: ReadUser) -> Self {
        Self {
            identifier: read.identifier.into(),
            email: read.email,
            phone: read.phone,
            timezone: read.timezone,
            locale: read.locale,
            data: Fragment::optional_data(&read.data),
        }
    }
}
