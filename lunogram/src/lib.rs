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
//! | it is | derive | sent by |
//! |---|---|---|
//! | something that happened | [`LunogramEvent`](derive@LunogramEvent) | [`Client::send`] |
//! | something that is true of a user until it changes | [`UserTraits`](derive@UserTraits) | [`Client::upsert_user`] |
//! | the same of an organization | [`OrganizationTraits`](derive@OrganizationTraits) | [`Client::upsert_organization`] |
//! | something that is going to happen, once or again and again | [`Schedule`](derive@Schedule) | [`Client::schedule`] |
//!
//! A subject has to exist before the first event about it: the server takes events about subjects that it does not know
//! with the same 202, and loses them. So upsert first.
//!
//! Names and data that are known only at run time go through the same checks by request types: [`Event`],
//! [`UpsertUserRequest`], [`UpsertOrganizationRequest`], [`UpsertScheduleRequest`].
//!
//! # At once, or in the background
//!
//! | | returns | outcome | for |
//! |---|---|---|---|
//! | [`Client::send`], [`upsert_user`](Client::upsert_user), … | when the server has answered | its `Result` | what has to be known |
//! | [`Client::track`], [`identify`](Client::identify) | at once | [`Client::stats`], [`on_drop`](ClientBuilder::on_drop) | hot paths |
//!
//! What is tracked waits in a queue that is bounded by events and bytes ([`QueueOptions`]), leaves in batches, and arrives in
//! order for each subject. A thread of the client's own delivers it, so that any thread of the application's may track, inside
//! a runtime or outside. The server gives events no identity: what happens when an answer is lost is the application's choice
//! ([`Delivery`]). [`Client::shutdown`] delivers the rest before the process ends.
//!
//! | what happens | without a spool | with [one](ClientBuilder#method.spool) |
//! |---|---|---|
//! | the server is away | waits in memory, within [`QueueOptions::max_bytes`] | and then on disk, within the spool's own bound |
//! | the queue is full | what [`Overflow`] says | the same, for the spool |
//! | an event is not delivered within [`QueueOptions::event_deadline`] | dropped, and told to [`on_drop`](ClientBuilder::on_drop) | the same, counted anew by each process |
//! | the client is dropped, or its shutdown out of time | what is queued is dropped, counted and told | the next client with that spool delivers it |
//! | the process is killed | what is queued is lost | the next client delivers it |
//! | the machine loses power | what is queued is lost | at most the last second is, or nothing: the spool's `Durability` |
//! | the disk is full | | an error of `track`, and nothing that was accepted is lost |
//! | the answer to a batch is lost | [`Delivery`]: it is sent again, or not | the same |
//!
//! # What is checked before anything is sent
//!
//! What only a value can get wrong is refused before it leaves the process, all problems of a payload together and each with its
//! path, but never with the value, which may be a secret:
//!
//! ```
//! use lunogram::{LunogramEvent, UserTraits};
//!
//! #[derive(UserTraits)]
//! struct Customer {
//!     #[lunogram(external_id)]
//!     id: String,
//!     #[lunogram(email)]
//!     email: Option<String>,
//!     balance: f64,
//! }
//!
//! let customer = Customer { id: String::new(), email: Some("jane".into()), balance: f64::NAN };
//! let invalid = customer.check().unwrap_err();
//! let paths: Vec<_> = invalid.problems().iter().map(|problem| problem.path()).collect();
//! assert_eq!(paths, ["identifier[0].external_id", "email", "data.balance"]);
//! ```
//!
//! An empty external id, no identifier at all, a malformed email address or phone number, an unknown time zone or locale, an empty
//! `match`, data that is no object, NaN and infinities, an interval that is not positive, and integers beyond ±(2^53 − 1), which
//! the server would round: those can be sent as strings, with `#[lunogram(string)]`.
//!
//! # Testing an application
//!
//! [`testing::Server`] (feature `testing`) is a real HTTP server on a loopback port that keeps the API's contract, and tells
//! what the real one would lose in silence:
//!
//! ```
//! use lunogram::{LunogramEvent, UpsertUserRequest, testing::Server};
//!
//! #[derive(LunogramEvent)]
//! struct SignedUp<'a> {
//!     #[lunogram(external_id)]
//!     user: &'a str,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let server = Server::start()?;
//! let client = server.client();
//!
//! client.send(&SignedUp { user: "user_123" }).await?;
//! assert_eq!(server.lost().len(), 1); // nobody has upserted user_123 yet
//!
//! client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
//! client.send(&SignedUp { user: "user_123" }).await?;
//! assert_eq!(server.events::<SignedUp>().len(), 1);
//! assert_eq!(server.lost().len(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Inboxes, devices and sessions
//!
//! What an application shows to its users has calls of its own: messages in an inbox, which are listed page by page, read and
//! archived; devices that push messages reach; and sessions, whose tokens let a user's own program act for that user alone.
//!
//! ```
//! use lunogram::{Channel, Device, InboxQuery, NewInboxMessage, UpsertUserRequest};
//! use serde_json::json;
//! use uuid::Uuid;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = lunogram::testing::Server::start()?;
//! # let client = server.client();
//! # client.upsert_user(&UpsertUserRequest::new("user_123")).await?;
//! let shipped = NewInboxMessage::to("user_123", Channel::Inbox, "order_1042_shipped")
//!     .content(json!({"title": "On its way"}));
//! client.post_user_inbox_messages(&[shipped]).await?;
//! let page = client.get_user_inbox(&InboxQuery::new("user_123", Channel::Inbox)).await?;
//! client.post_user_inbox_read("user_123", &page.results).await?;
//!
//! // A device without what push messages need to reach it does not compile.
//! client.register_device("user_123", &Device::ios("6D92078A", "740f4707")).await?;
//!
//! # let auth_method_id = Uuid::from_u128(7);
//! let token = client.create_session(auth_method_id, "user_123").await?;
//! let session = client.with_session(&token)?;
//! session.upsert_user(&UpsertUserRequest::new("user_123").locale("nl-BE")).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The tracking plan
//!
//! A misspelt name is a right name to the compiler, until there is a plan: `lunogram.plan.json`, beside `Cargo.toml` or at the
//! root of the workspace, says which events, schedules and traits there are, and of which types their properties. While it is
//! there, every derive is held against it, and so is [`event_name!`]: a name that it does not know, a property too many or too
//! few, another type, an `Option` where there was none are compile errors. It takes no network, no build script, and no feature.
//!
//! ```text
//! error: the tracking plan has no event `purchase_complete`; did you mean `purchase_completed`? if it is new, run
//!        `lunogram plan write`
//!  --> src/events.rs:5:8
//! ```
//!
//! The types are what the plan is made of: `lunogram plan write` (`cargo install lunogram --features cli`) takes them in, `check`
//! fails where the two differ, `diff` tells what breaks somebody from what does not, and `observe` holds the plan against what
//! a server has seen. A test does the same in one line; see the module `plan` (feature `plan`). What an application's own types
//! look like is told by `#[derive(LunogramProperty)]`; types of tests that are in no plan say `#[lunogram(unplanned)]`.
//!
//! # Features
//!
//! | feature | | what it brings |
//! |---|---|---|
//! | `rustls` | default | TLS by rustls with ring; needs neither OpenSSL nor CMake |
//! | `native-tls` | | TLS by the operating system |
//! | `spool` | | [`ClientBuilder::spool`](ClientBuilder#method.spool): what is queued survives the process |
//! | `tracing` | | events and spans of what goes on in the background, under the target `lunogram` |
//! | `reqwest` | | [`ClientBuilder::http_client`](ClientBuilder#method.http_client): TLS, proxies and connections of the application's own |
//! | `chrono-tz` | | `chrono_tz::Tz` as a time zone |
//! | `url` | | `url::Url` as a property that the tracking plan knows |
//! | `phone-tables` | | phone numbers are checked against their country's, by libphonenumber's tables |
//! | `plan` | | the module `plan`: making, checking and comparing the tracking plan |
//! | `cli` | | the command `lunogram`, for `cargo install lunogram --features cli` |
//! | `testing` | | [`testing::Server`], and a [`testing::Clock`] that tests move |

#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod blocking;
mod client;
mod delivery;
mod encode;
mod error;
mod model;
mod problem;
mod trace;
mod transport;
mod typed;
pub mod values;

#[doc(hidden)]
pub mod __private;
/// The parsers of foreign input, for fuzzers alone.
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz {
    #[cfg(feature = "spool")]
    pub use crate::delivery::records;
    pub use crate::transport::fuzz::{answer, problem, retry_after};
}
#[cfg(feature = "plan")]
#[cfg_attr(docsrs, doc(cfg(feature = "plan")))]
pub mod plan;
#[cfg(feature = "testing")]
#[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
pub mod testing;

pub use client::{Client, ClientBuilder, InboxPages};
pub use delivery::{
    Decision, Delivery, DropReason, Dropped, Overflow, QueueOptions, QueuedEvent, Stats,
};
#[cfg(feature = "spool")]
#[cfg_attr(docsrs, doc(cfg(feature = "spool")))]
pub use delivery::{Durability, SpoolOptions};
pub use error::{Error, ErrorKind};
/// The name of an event that no type stands for, as a `&'static str`: checked by the rules that the derives' names are checked by,
/// and against the tracking plan where there is one.
///
/// ```
/// use lunogram::{Event, event_name};
///
/// const OPENED: &str = event_name!("newsletter_opened");
/// let event = Event::new(OPENED).to("user_123");
/// // A name from before there were rules is kept as it is.
/// let old = Event::new(event_name!(raw_name = "Newsletter Opened")).to("user_123");
/// ```
///
/// ```compile_fail
/// lunogram::event_name!("user.opened"); // reserved for the platform's own events
/// ```
pub use lunogram_derive::event_name;
pub use lunogram_derive::{
    LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits,
};
pub use model::{
    Channel, Device, Event, ExternalId, Identifier, Identifiers, InboxCount, InboxMessage,
    InboxPage, InboxQuery, InboxSource, InboxStatus, NewInboxMessage, Organization,
    ScheduledAccepted, SessionToken, UpsertOrganizationRequest, UpsertScheduleRequest,
    UpsertUserRequest, User, VapidPublicKey, WebPush,
};
pub use problem::{Invalid, Problem};
pub use transport::Retries;
pub use typed::{
    Addressed, EventFor, LunogramEvent, LunogramProperty, Matching, OrganizationTraits, Schedule,
    Schema, Targeted, ToExternalId, Unaddressed, UserTraits,
};

/// The README's code compiles.
#[cfg(all(doctest, feature = "testing"))]
#[doc = include_str!("../../README.md")]
struct Readme;

/// What events and schedules are about, as types.
pub mod subject {
    pub use crate::typed::{Organization, Subject, User};
}
