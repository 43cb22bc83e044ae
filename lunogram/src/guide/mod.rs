//! The guide: from the first event to everything that can be chosen.
//!
#![doc = include_str!("contents.md")]
//!
//! It is documentation alone: its pages are here for rustdoc, which compiles and runs their code, and in no program.

// For the links of the pages.
#[allow(
    unused_imports,
    reason = "which of them are linked to is the pages' matter"
)]
use crate::*;

#[doc = include_str!("attributes.md")]
pub mod attributes {}

/// What is an event, what a trait, what a schedule; and how to name and cut them.
///
/// # Event, trait or schedule
///
#[doc = include_str!("kinds.md")]
///
#[doc = include_str!("choosing.md")]
pub mod choosing {}

#[doc = include_str!("delivery.md")]
pub mod delivery {}

#[doc = include_str!("first_event.md")]
pub mod first_event {}

#[doc = include_str!("inbox.md")]
pub mod inbox {}

#[doc = include_str!("migrating.md")]
pub mod migrating {}

#[doc = include_str!("plan.md")]
pub mod plan {}

#[doc = include_str!("testing.md")]
pub mod testing {}
