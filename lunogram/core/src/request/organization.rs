//! Organizations whose data is known only at run time.

mod serde_form;

use crate::encode::{Fragment, Writer};
use crate::typed::{Identifiers, Organization, ToIdentifiers, Traits};
use crate::values::OptionalText;
use serde::Serialize;

/// The request that creates or updates an organization, built at run time.
///
/// Everything that is not set stays as the server has it. If the data is known at compile time, use
/// [`#[derive(OrganizationTraits)]`](derive@crate::OrganizationTraits) instead.
///
/// ```
/// use lunogram::{AnyTraits, UpsertOrganizationRequest};
/// use serde_json::json;
///
/// let request = UpsertOrganizationRequest::new("org_456")
///     .name("Acme")
///     .data(json!({"industry": "roadrunners"}));
/// assert!(request.check().is_ok());
/// ```
///
/// It serializes as the API has it, and is checked when it is read. Unknown members are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct UpsertOrganizationRequest {
    identifier: Identifiers,
    name: Option<String>,
    data: Option<Fragment>,
}

impl UpsertOrganizationRequest {
    /// A request for the organization with these identifiers. Identifiers that are new to the
    /// server are added to the organization.
    pub fn new(identifier: impl ToIdentifiers) -> Self {
        Self {
            identifier: identifier.into_identifiers(),
            name: None,
            data: None,
        }
    }

    /// The name.
    pub fn name(mut self, name: impl OptionalText) -> Self {
        self.name = name.into_text();
        self
    }

    /// Other data: a map, or a struct with named fields. A `null` value in it is stored as `null`.
    /// `None` sets nothing.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_data(&data);
        self
    }
}

impl Traits for UpsertOrganizationRequest {
    type Subject = Organization;

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.identifier.encode(writer);
        writer.text(",\"name\":", &self.name, lunogram_rules::organization::name);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal("}");
    }
}
