//! The guide: from the first event to every setting.
//!
#![doc = include_str!("contents.md")]
//!
//! This module contains documentation only. It exists under rustdoc, which compiles and runs the
//! examples of its pages, and is not compiled into applications.

// The pages link to public items by their short names.
#[allow(unused_imports, reason = "which items are linked depends on the pages")]
use crate::{push::*, queue::*, session::*, *};

#[doc = include_str!("attributes.md")]
pub mod attributes {}

/// When to use an event, a trait or a schedule, and how to name and design them.
///
/// # Event, trait or schedule
///
#[doc = include_str!("kinds.md")]
///
#[doc = include_str!("choosing.md")]
pub mod choosing {}

#[doc = include_str!("delivery.md")]
pub mod delivery {}

#[doc = include_str!("events_crate.md")]
pub mod events_crate {}

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
