//! The traits that the derives implement, the field types they accept, identifiers, and the targets
//! of an event.

mod any_event;
mod any_schedule;
mod any_traits;
mod by_name;
mod const_string;
mod envelope;
mod event;
mod event_id;
mod external_id;
mod fits;
mod form;
mod identifiers;
mod keys;
mod moment;
mod occurred_at;
mod pass_through;
mod schedule;
mod schedule_id;
mod schedule_key;
mod schema;
mod session;
mod subject;
mod target;
mod traits;

pub use any_event::AnyEvent;
pub use any_schedule::AnySchedule;
pub use any_traits::AnyTraits;
pub use envelope::Around;
pub(crate) use envelope::write_interval;
pub use event::{Addressed, LunogramEvent, Unaddressed};
pub use event_id::append_id;
pub use external_id::{ExternalIdField, ToExternalId};
pub use fits::{Fits, MayFit};
pub use form::{
    AsSerde, DefaultForm, In, InBase64, InForm, InHex, InIso8601, InMillis, Own, OwnForm,
    PropertyOf, forms, own,
};
pub(crate) use identifiers::ReadIdentifiers;
pub use identifiers::{Identifier, Identifiers, ToIdentifier, ToIdentifiers};
pub use keys::{Name, Names, NoKeys, Probe, assert_disjoint, first_of, origins};
pub use moment::encoded_moment;
pub use occurred_at::append_time;
pub(crate) use pass_through::pass_through;
pub use schedule::Schedule;
pub use schedule_id::ScheduleIdField;
pub use schedule_key::ScheduleKey;
pub use schema::{
    AnySchema, Is, LunogramProperty, Part, Presence, Property, Schema, SchemaOf, emit_description,
    kind, planned_always, planned_parts, planned_schema, planned_sometimes, planned_sometimes_null,
    planned_unless,
};
pub(crate) use session::sealed;
pub use session::{OfSession, SessionEvent, SessionSchedule, SessionTraits};
pub use subject::{Organization, Subject, User};
pub(crate) use target::encode_match;
pub use target::{Matching, Targeted};
pub use traits::{OrganizationTraits, Traits, UserTraits};
