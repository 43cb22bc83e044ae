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
//! let client = Client::from_env()?; // LUNOGRAM_API_KEY, LUNOGRAM_API_URL, LUNOGRAM_PROJECT_ID
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
mod clock;
mod delivery;
mod encode;
mod error;
mod model;
mod process;
#[cfg(feature = "signal")]
pub mod signal;
mod trace;
mod transport;
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
pub use error::{Error, ErrorKind};
#[doc(inline)]
pub use lunogram_core::{
    AnyEvent, AnySchedule, AnyTraits, Event, ExternalId, Identifier, Identifiers, Invalid,
    LunogramEvent, LunogramProperty, OrganizationTraits, Problem, ProblemKind, Schedule,
    ScheduleKey, ScheduleRequest, Schema, ToExternalId, ToIdentifier, ToIdentifiers,
    UpsertOrganizationRequest, UpsertUserRequest, UserTraits, event_name, subject, values,
};
pub use model::{Member, Membership, Organization, ScheduledAccepted, StoredIdentifier, User};
pub use transport::Retries;

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

/// The arguments and results of the hooks of a client: [`ClientBuilder::before_send`],
/// [`ClientBuilder::on_drop`] and [`ClientBuilder::on_unknown`].
///
/// A hook runs on the thread that tracks or sends, or on the delivery thread, which delivers
/// nothing meanwhile. The same calls are allowed in all three:
///
/// | in a hook | with a client that has a hook, such as its own | with a client without hooks |
/// |---|---|---|
/// | `track`, `identify`, also `waiting` and with receipts | [`Feedback`] | works |
/// | `send`, `send_all`, upserts, `schedule` | [`Feedback`] | works |
/// | `flush`, `shutdown`, `delete_user`, `delete_organization` | [`Feedback`] | works |
/// | other answered calls | works | works |
/// | `stats`, cloning | works | works |
/// | dropping its last clone | drops queued payloads at once | drops queued payloads at once |
/// | panic | is caught and counted by [`hook_panics`], but not with `panic = "abort"` | |
///
/// The calls of the first two rows could call the hook again without end. Those of the third would
/// wait for a delivery that waits for the hook.
///
/// [`Feedback`]: ErrorKind::Feedback
/// [`hook_panics`]: queue::Stats::hook_panics
///
/// In a hook, the answered calls are those of a [`blocking::Client`]. The [`Call`] of an async one
/// can only be handed to a runtime, with a `tokio::runtime::Handle` that the hook holds; it is not
/// inside of the hook then. A hook must not wait for what itself holds up: for a thread that waits
/// for a delivery, or for a [`Receipt`](queue::Receipt).
///
/// ```
/// use lunogram::{Client, ErrorKind, Event};
/// use std::sync::{Arc, OnceLock};
///
/// # let server = lunogram::testing::Server::start()?;
/// // Reports lost events as events, with a second client.
/// let reports = Client::builder(server.key()).base_url(server.url()).build()?;
/// let own = Arc::new(OnceLock::<Client>::new());
/// let (report, client) = (reports.clone(), Arc::clone(&own));
/// let hook = move |dropped: &lunogram::hooks::Dropped<'_>| {
///     let lost = Event::new("event_lost").to(dropped.name());
///     let refused = client.get().map(|client| client.track(&lost).unwrap_err().kind());
///     assert_eq!(refused, Some(ErrorKind::Feedback));
///     let _ = report.track(&lost);
/// };
/// # let builder = Client::builder(server.key()).base_url(server.url());
/// # let builder = builder.before_send(|_| lunogram::hooks::Decision::Drop);
/// let client = builder.on_drop(hook).build()?;
/// own.get_or_init(|| client.clone());
/// # client.track(&Event::new("page_viewed").to("user_123"))?;
/// # assert_eq!((client.stats().dropped(), client.stats().hook_panics()), (1, 0));
/// # assert_eq!(reports.stats().accepted(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub mod hooks {
    pub use crate::delivery::{Column, Decision, Dropped, Outgoing, OutgoingKind, Unknown};
}

/// The background queue: its options, its counts, its receipts and its spool. See
/// [`Client::track`].
pub mod queue {
    pub use crate::client::{Receipts, ShutdownGuard, Waiting, WaitingReceipts};
    pub use crate::delivery::{Delivery, DropReason, Fate, Overflow, QueueOptions, Receipt, Stats};
    #[cfg(feature = "spool")]
    pub use crate::delivery::{Durability, SpoolOptions};
}

/// Sessions: what an application may do for one of its users. See [`Client::create_session`] and
/// [`Client::with_session`].
pub mod session {
    pub use crate::client::{OwnReceipts, Session};
    pub use crate::model::{SessionToken, ToSessionToken};
    #[doc(inline)]
    pub use lunogram_core::session::{
        OwnSchedule, OwnScheduleKey, OwnTraits, SessionEvent, SessionSchedule, SessionTraits,
    };
}
