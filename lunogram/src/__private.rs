//! The items that generated code names. Not a public API: any of them may change in any release.

pub use crate::encode::{Buffer, Failure, ValueSerializer, Writer};
pub use crate::typed::{
    Addressed, ExternalIdField, IntervalField, LunogramEvent, MomentField, Name, Names, NoKeys,
    Organization, Probe, Schedule, ScheduleIdField, ScheduledAtField, ToExternalId, Traits,
    Unaddressed, User, assert_disjoint, first_of,
};
pub use crate::typed::{
    AnySchema, Is, LunogramProperty, Part, Presence, Property, Schema, SchemaOf, assert_planned,
    assert_planned_as, emit_description, kind,
};
pub use crate::wire::operation as routes;
pub use lunogram_rules::email::check as email;
pub use lunogram_rules::locale::check as locale;
pub use lunogram_rules::phone::check as phone;
pub use lunogram_rules::zone::check as timezone;
pub use serde::Serialize;
pub use std::borrow::Cow;

/// The rule for an organization's name: any text.
///
/// # Errors
/// Never. The signature is that of the other rules.
pub fn name(_: &str) -> Result<(), lunogram_rules::Violation> {
    Ok(())
}
