//! The events, traits and schedules of [Lunogram](https://lunogram.com), without its client.
//!
//! This crate has the derives, the requests that are built at run time, the checks and the
//! encoding. It opens no connection, starts no thread and reads no clock. The client is the crate
//! [`lunogram`](https://docs.rs/lunogram), which exports everything that is here under the same
//! names.
//!
//! A company's crate of shared events, or a library that only defines events, depends on this crate
//! alone:
//!
//! ```
//! use lunogram_core::{AnyEvent, LunogramEvent};
//!
//! #[derive(LunogramEvent)]
//! pub struct PurchaseCompleted<'a> {
//!     #[lunogram(external_id)]
//!     pub user_id: &'a str,
//!     pub amount: f64,
//! }
//!
//! let purchase = PurchaseCompleted { user_id: "user_123", amount: f64::NAN };
//! assert_eq!(purchase.check().unwrap_err().problems()[0].path(), "data.amount");
//! ```
//!
//! [The guide](https://docs.rs/lunogram/latest/lunogram/guide/events_crate/) has a page about such a
//! crate: manifest, tests, versions.
//!
//! The other examples in this documentation use `lunogram`, as most applications do; in a crate
//! that depends on this one alone, they begin with `use lunogram_core::…`.
//!
//! # Features
//!
//! | feature | effect |
//! |---|---|
//! | `bytes` | `bytes::Bytes` as a property, with `#[lunogram(base64)]` or `#[lunogram(hex)]` |
//! | `chrono-tz-0_10` | `chrono_tz::Tz` as a time zone |
//! | `jiff` | moments, days and durations of `jiff` as properties |
//! | `phone-tables` | checks that a phone number is valid in its country, by libphonenumber's tables |
//! | `rust_decimal` | `rust_decimal::Decimal` as a property, exactly and as a string |
//! | `time-0_3` | moments, days and durations of `time` as properties |
//! | `url` | `url::Url` as a property that the tracking plan knows |
#![cfg_attr(docsrs, feature(doc_cfg))]

mod encode;
mod problem;
mod request;
mod subject_kind;
mod typed;
pub mod values;

#[doc(hidden)]
pub mod __private;
/// The program in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

pub use lunogram_derive::{
    ExternalId, LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits,
    event_name,
};
pub use problem::{Invalid, Problem, ProblemKind};
pub use request::{Event, ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest};
pub use typed::{
    AnyEvent, AnySchedule, AnyTraits, Identifier, Identifiers, LunogramEvent, LunogramProperty,
    OrganizationTraits, Schedule, ScheduleKey, Schema, ToExternalId, ToIdentifier, ToIdentifiers,
    UserTraits,
};

/// The payloads of a session, which acts for one user and adds that user itself.
pub mod session {
    pub use crate::request::{OwnSchedule, OwnScheduleKey, OwnTraits};
    pub use crate::typed::{SessionEvent, SessionSchedule, SessionTraits};
}

/// The kinds of subject that events and schedules are about, and the types and traits of events
/// with and without a subject.
pub mod subject {
    pub use crate::subject_kind::SubjectKind;
    pub use crate::typed::{
        Addressed, Matching, Organization, Subject, Targeted, Unaddressed, User,
    };
}
