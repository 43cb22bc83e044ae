//! Typed, checked events, traits and schedules for the [Lunogram](https://lunogram.com)
//! customer-engagement platform.
//!
//! A mistake in an event is a compile error. Events can be queued, and then survive outages of the
//! server, and with the feature `spool` also the end of the process.
//!
//! # The first event
//!
//! Derive [`LunogramEvent`](derive@LunogramEvent) for a struct, and send a value of it:
//!
//! ```
//! use lunogram::{Client, LunogramEvent};
//!
//! #[derive(LunogramEvent)]
//! struct PurchaseCompleted<'a> {
//!     #[lunogram(external_id)]
//!     user_id: &'a str,
//!     product_id: &'a str,
//!     amount: f64,
//!     coupon: Option<&'a str>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = lunogram::testing::Server::start()?;
//! # let client = server.client();
//! # if false {
//! let client = Client::from_env()?; // LUNOGRAM_API_KEY, LUNOGRAM_API_URL
//! # }
//! client
//!     .send(&PurchaseCompleted {
//!         user_id: "user_123",
//!         product_id: "mug-l",
//!         amount: 14.50,
//!         coupon: None,
//!     })
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! The event's name is the type's name in `snake_case`, the field marked `external_id` identifies
//! the subject, and all other fields are its data. These mistakes are compile errors on the token
//! that is wrong: a name that the platform reserves, a misspelt attribute, two properties of the
//! same name, an event that has no subject (neither an `external_id` field nor `.to(…)` at the
//! call).
//!
//! # Event, trait or schedule?
//!
#![doc = include_str!("guide/kinds.md")]
//!
//! Upsert a subject before the first event about it: the server accepts events about unknown
//! subjects with the same 202, but loses them.
//!
//! If names and data are known only at run time, use the request types, which apply the same
//! checks: [`Event`], [`UpsertUserRequest`], [`UpsertOrganizationRequest`],
//! [`ScheduleRequest`].
//!
//! # The guide
//!
#![doc = include_str!("guide/contents.md")]
//!
//! # Features
//!
#![doc = include_str!("guide/features.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(
        feature = "page",
        feature = "plan",
        feature = "reqwest-0_13",
        feature = "spool",
        feature = "testing"
    )),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "some links need a feature; with all features, every link is checked"
    )
)]

pub mod blocking;
mod client;
mod delivery;
mod derives;
mod encode;
mod error;
mod model;
mod problem;
mod trace;
mod transport;
mod typed;
pub mod values;
mod wire;

#[doc(hidden)]
pub mod __private;
/// The parsers of untrusted input, for fuzzers only.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz {
    #[cfg(feature = "spool")]
    pub use crate::delivery::records;
    #[cfg(feature = "plan")]
    pub use crate::plan::fuzz::observed;
    pub use crate::transport::fuzz::{answer, problem, retry_after};
}
#[cfg(any(doc, doctest))]
pub mod guide;
#[cfg(feature = "plan")]
pub mod plan;
#[cfg(feature = "testing")]
pub mod testing;

pub use client::{Call, Client, ClientBuilder, Sink};
pub use derives::{
    ExternalId, LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits,
    event_name,
};
pub use error::{Error, ErrorKind};
pub use model::{
    Event, Member, Membership, Organization, ScheduleRequest, ScheduledAccepted, StoredIdentifier,
    UpsertOrganizationRequest, UpsertUserRequest, User,
};
pub use problem::{Invalid, Problem, ProblemKind};
pub use transport::Retries;
pub use typed::{
    AnyEvent, AnySchedule, AnyTraits, Identifier, Identifiers, LunogramEvent, LunogramProperty,
    OrganizationTraits, Schedule, ScheduleKey, Schema, ToExternalId, UserTraits,
};

/// Inboxes of users and organizations: see [`Client::user_inbox`].
pub mod inbox {
    pub use crate::client::{Inbox, InboxPages};
    pub use crate::model::{
        Channel, InboxCount, InboxMessage, InboxPage, InboxQuery, InboxSource, InboxStatus,
        NewInboxMessage,
    };
}

/// Push messages: the devices that receive them, and the key that browsers subscribe with. See
/// [`Client::register_device`].
pub mod push {
    pub use crate::model::{Device, VapidPublicKey, WebPush};
}

/// The arguments and results of the hooks of a client: [`ClientBuilder::before_send`] and
/// [`ClientBuilder::on_drop`].
pub mod hooks {
    pub use crate::delivery::{Column, Decision, Dropped, Outgoing, OutgoingKind};
}

/// The background queue: its options, its counts and its spool. See [`Client::track`].
pub mod queue {
    pub use crate::client::Waiting;
    pub use crate::delivery::{Delivery, DropReason, Overflow, QueueOptions, Stats};
    #[cfg(feature = "spool")]
    pub use crate::delivery::{Durability, SpoolOptions};
}

/// Sessions: what an application may do for one of its users. See [`Client::create_session`] and
/// [`Client::with_session`].
pub mod session {
    pub use crate::client::Session;
    pub use crate::model::{OwnSchedule, OwnScheduleKey, OwnTraits, SessionToken};
    pub use crate::typed::{SessionEvent, SessionSchedule, SessionTraits};
}

/// The kinds of subject that events and schedules are about, and the types and traits of events
/// with and without a subject.
pub mod subject {
    pub use crate::typed::{
        Addressed, Matching, Organization, Subject, Targeted, Unaddressed, User,
    };
    pub use crate::wire::subject_kind::SubjectKind;
}
