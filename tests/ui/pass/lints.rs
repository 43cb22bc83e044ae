//! Generated code causes no warning, whichever lints the application denies.

#![deny(warnings)]
#![deny(missing_docs, unreachable_pub, unused, nonstandard_style, future_incompatible, rust_2018_idioms, let_underscore)]
#![deny(unused_qualifications, unused_lifetimes, single_use_lifetimes, unused_results, trivial_casts, variant_size_differences)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements)]
#![deny(clippy::pedantic, clippy::nursery)]
#![forbid(unsafe_code)]

use lunogram::{LunogramEvent, OrganizationTraits, Schedule, UserTraits};
use std::collections::BTreeMap;
use std::time::SystemTime;

/// An event.
#[derive(Debug, LunogramEvent)]
pub struct PurchaseCompleted<'a> {
    /// The subject.
    #[lunogram(external_id)]
    pub user_id: &'a str,
    /// And again.
    #[lunogram(external_id, source = "stripe")]
    pub customer: Option<&'a str>,
    /// The amount.
    pub amount: f64,
    /// Which one.
    #[lunogram(string, null)]
    pub number: Option<u64>,
    /// More.
    #[lunogram(flatten)]
    pub extra: BTreeMap<&'a str, u8>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "tags")]
    pub tags: Vec<u8>,
}

fn tags<S: serde::Serializer>(tags: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(tags)
}

/// Events.
#[derive(Debug, LunogramEvent)]
pub enum CartEvent {
    /// One.
    CartUpdated {
        /// The subject.
        #[lunogram(external_id)]
        user: String,
        /// The number of items.
        items: u32,
        /// Not sent.
        #[lunogram(skip)]
        secret: u32,
    },
    /// Other.
    CartEmptied {
        /// The subject.
        #[lunogram(external_id)]
        user: String,
    },
}

/// An event without anything.
#[derive(Clone, Copy, Debug, LunogramEvent)]
pub struct Nothing;

/// Traits.
#[derive(Debug, UserTraits)]
#[lunogram(locale = "nl-NL")]
pub struct Customer {
    /// The id.
    #[lunogram(external_id)]
    pub id: String,
    /// Where.
    #[lunogram(timezone = "Europe/Amsterdam")]
    pub zone: Option<String>,
}

/// Traits.
#[derive(Debug, OrganizationTraits)]
pub struct Company {
    /// The id.
    #[lunogram(external_id)]
    pub id: String,
    /// The name.
    #[lunogram(name)]
    pub name: String,
}

/// A schedule.
#[derive(Debug, Schedule)]
pub struct TrialEnd<T> {
    /// The id.
    #[lunogram(external_id)]
    pub user: String,
    /// When.
    #[lunogram(scheduled_at)]
    pub at: SystemTime,
    /// Why.
    pub why: Vec<T>,
}

/// Deprecated as a whole.
#[derive(Debug, LunogramEvent)]
#[deprecated]
pub struct Old {
    /// The subject.
    #[deprecated]
    #[lunogram(external_id)]
    pub user: String,
    /// Why.
    #[deprecated]
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// With deprecated parts.
#[derive(Debug, LunogramEvent)]
pub enum Mixed {
    /// Not any more.
    #[deprecated]
    Old {
        /// A number.
        what: u8,
    },
    /// Still.
    New {
        /// Not any more.
        #[deprecated]
        what: u8,
    },
}

/// With deprecated parts.
#[derive(Debug, UserTraits)]
pub struct Partly<T> {
    /// Not any more.
    #[deprecated]
    #[lunogram(external_id)]
    pub id: String,
    /// Not any more.
    #[deprecated]
    pub plan: T,
}

fn main() {
    assert_eq!(Nothing::NAMES, ["nothing"]);
    assert_eq!(<PurchaseCompleted<'_> as LunogramEvent>::NAMES, ["purchase_completed"]);
}
