//! Typed, checked events, traits and schedules for the [Lunogram](https://lunogram.com) customer-engagement platform:
//! a wrong event does not compile, a right event is not lost, and neither costs anything.
//!
//! # The first event
//!
//! Annotate a struct that the application has, and send it:
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
//! The event's name is the type's in `snake_case`, the field marked `external_id` says whom it is about, and everything else
//! is its data. A name that the platform reserves, a misspelt attribute, two properties of one name, an event that says
//! neither whom it is about nor is told at the call: each is a compile error on the token that is wrong.
//!
//! # Event, trait or schedule?
//!
#![doc = include_str!("guide/kinds.md")]
//!
//! A subject has to exist before the first event about it: the server takes events about subjects that it does not know
//! with the same 202, and loses them. So upsert first.
//!
//! Names and data that are known only at run time go through the same checks by request types: [`Event`],
//! [`UpsertUserRequest`], [`UpsertOrganizationRequest`], [`UpsertScheduleRequest`].
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
        feature = "plan",
        feature = "reqwest",
        feature = "spool",
        feature = "testing"
    )),
    allow(
        rustdoc::broken_intra_doc_links,
        reason = "what is linked to needs its feature; with all of them every link is checked"
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
/// The parsers of foreign input, for fuzzers alone.
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

pub use client::{Client, ClientBuilder, InboxPages};
pub use delivery::{
    Decision, Delivery, DropReason, Dropped, Overflow, QueueOptions, QueuedEvent, Stats,
};
#[cfg(feature = "spool")]
pub use delivery::{Durability, SpoolOptions};
pub use derives::{
    LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits, event_name,
};
pub use error::{Error, ErrorKind};
pub use model::{
    Channel, Device, Event, Identifier, InboxCount, InboxMessage, InboxPage, InboxQuery,
    InboxSource, InboxStatus, NewInboxMessage, Organization, ScheduledAccepted, SessionToken,
    UpsertOrganizationRequest, UpsertScheduleRequest, UpsertUserRequest, User, VapidPublicKey,
    WebPush,
};
pub use problem::{Invalid, Problem};
pub use transport::Retries;
pub use typed::{
    Addressed, EventFor, ExternalId, Identifiers, LunogramEvent, LunogramProperty, Matching,
    OrganizationTraits, Schedule, Schema, Targeted, ToExternalId, Unaddressed, UserTraits,
};

/// What events and schedules are about, as types.
pub mod subject {
    pub use crate::typed::{Organization, Subject, User};
}
