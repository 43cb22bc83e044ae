//! The items that generated code and the client call beyond the public API. Applications do not use
//! them.
//!
//! They are a promise between releases, and semver applies to them: whatever an earlier `lunogram`
//! or `lunogram-derive` of a compatible version calls keeps compiling and keeps its meaning.

pub mod words;

// Of the client, and of derived code where it is also listed below.
pub use crate::encode::{Buffer, Encode, Encodes, Fragment, Sources, Writer, append, encoded};
pub use crate::problem::Payload;
pub use crate::typed::{OfSession, append_id, append_time, encoded_moment, origins};
// Of derived code.
pub use crate::encode::{Failure, FlattenSerializer, ValueSerializer};
pub use crate::typed::{
    Addressed, Around, ExternalIdField, Fits, LunogramEvent, MayFit, Name, Names, NoKeys,
    Organization, Probe, Schedule, ScheduleIdField, ToExternalId, Traits, Unaddressed, User,
    assert_disjoint, first_of,
};
pub use crate::typed::{
    AnySchema, Is, LunogramProperty, Part, Presence, Property, Schema, SchemaOf, emit_description,
    kind, planned_always, planned_parts, planned_schema, planned_sometimes, planned_sometimes_null,
    planned_unless,
};
pub use crate::typed::{
    AsSerde, DefaultForm, In, InBase64, InForm, InHex, InIso8601, InMillis, Own, OwnForm,
    PropertyOf, forms, own,
};
pub use crate::values::{OptionalMoment, ToInterval, ToMoment};
pub use lunogram_rules::email::check as email;
pub use lunogram_rules::locale::check as locale;
pub use lunogram_rules::organization::name;
pub use lunogram_rules::phone::check as phone;
pub use lunogram_rules::zone::check as timezone;
pub use serde::Serialize;
pub use std::borrow::Cow;
