//! Parsing of attributes: `#[lunogram(…)]`, `#[serde(…)]`, and doc comments.

mod arg;
mod container;
mod docs;
mod event_name;
mod field;
mod placement;
mod serde;

pub(crate) use arg::{Spanned, StrArg, words};
pub(crate) use container::{Container, Variant};
pub(crate) use docs::description;
pub(crate) use event_name::EventName;
pub(crate) use field::{Field, FormKind, RoleKind};
pub(crate) use placement::{Derive, Placement};
pub(crate) use serde::{SerdeContainer, SerdeField, SerdeItem};
