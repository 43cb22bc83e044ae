//! One grammar for all attributes: words, some with a value, between commas.

mod container;
mod docs;
mod field;
mod item;
mod serde;
mod words;

pub(crate) use container::{Container, Variant};
pub(crate) use docs::description;
pub(crate) use field::{Field, RoleKind};
pub(crate) use item::{Given, Text};
pub(crate) use serde::{SerdeContainer, SerdeField};
pub(crate) use words::Place;
