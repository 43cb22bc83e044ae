//! Types of every kind and their plan, against which each compilation of this package checks them.

#![expect(
    missing_docs,
    reason = "the name of a field is the property of its type that it tests"
)]

pub mod forms;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use lunogram::values::{Email, Interval};
use lunogram::{LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, Schema, UserTraits};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZero;
use std::time::Duration;
use uuid::Uuid;

/// Types that are recognized by name.
#[derive(Debug, LunogramEvent)]
pub struct Standard {
    #[lunogram(external_id)]
    pub user: String,
    pub yes: bool,
    pub small: i8,
    pub large: u32,
    pub real: f32,
    pub double: f64,
    pub letter: char,
    pub text: String,
    pub fixed: &'static str,
    pub maybe: Option<String>,
    #[lunogram(null)]
    pub null: Option<u16>,
    #[lunogram(string)]
    pub exact: u64,
    #[lunogram(string)]
    pub maybe_exact: Option<i64>,
    pub list: Vec<String>,
    pub numbers: Vec<f64>,
    pub holes: Vec<Option<bool>>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unless_empty: String,
    /// With `{special}` characters – "quoted", \ and all.
    #[lunogram(rename = "Renamed \"so\"")]
    pub renamed: bool,
}

/// An alias of a standard type.
pub type Euro = f64;

/// Types whose schemas only the compiler knows.
#[derive(Debug, LunogramEvent)]
#[lunogram(organization, name = "by_type", occurred_at = "at", event_id)]
pub struct ByType<'a> {
    #[lunogram(external_id)]
    pub org: Uuid,
    pub alias: Euro,
    pub maybe_alias: Option<Euro>,
    pub list_of_alias: Vec<Euro>,
    pub path: std::string::String,
    pub cow: Cow<'a, str>,
    pub boxed_text: Box<str>,
    pub boxed: Box<Option<u8>>,
    pub moment: DateTime<Utc>,
    pub day: NaiveDate,
    pub local: NaiveDateTime,
    pub id: Uuid,
    pub v4: Ipv4Addr,
    pub v6: Ipv6Addr,
    pub either: IpAddr,
    pub counted: NonZero<u32>,
    pub set: BTreeSet<i32>,
    pub queue: VecDeque<String>,
    pub array: [u16; 3],
    pub map: HashMap<String, Vec<u16>>,
    pub pair: (String, u8),
    pub nothing: (),
    pub took: Duration,
    pub json: serde_json::Value,
    pub email: Email,
    pub every: Interval,
    pub zone: Option<chrono_tz::Tz>,
    pub link: url::Url,
    pub amount: Amount,
    pub stranger: Stranger,
    #[serde(serialize_with = "doubled")]
    pub by_function: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn doubled<S: Serializer>(value: &u8, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(u16::from(*value) * 2)
}

/// A type with handwritten impls of `Serialize` and `LunogramProperty`.
#[derive(Clone, Debug)]
pub struct Amount(pub i64);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} cents", self.0))
    }
}

impl LunogramProperty for Amount {
    const SCHEMA: Schema = Schema::STRING;
}

/// A type without a schema.
#[derive(Clone, Debug, Serialize)]
pub struct Stranger {
    /// Anything.
    pub inside: u8,
}

/// Types that the application defines.
#[derive(Debug, LunogramEvent)]
pub struct Nested<T> {
    #[lunogram(external_id)]
    pub user: u64,
    pub color: Color,
    pub maybe_color: Option<Color>,
    #[lunogram(null)]
    pub null_color: Option<Color>,
    pub item: Item,
    pub items: Vec<Item>,
    pub page: Page<Item>,
    pub pages: Vec<Page<Option<u8>>>,
    pub newtype: Newtype,
    pub optional_newtype: Optional,
    pub tuple: Tuple,
    pub unit: Unit,
    pub external: External,
    pub internal: Internal,
    pub adjacent: Vec<Adjacent>,
    pub untagged: Untagged,
    pub tree: Tree,
    /// A type parameter of the event.
    pub open: T,
}

/// An enum of unit variants.
#[derive(Clone, Copy, Debug, Serialize, LunogramProperty)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Color {
    /// As blood.
    DeepRed,
    #[serde(rename = "green")]
    Green,
}

/// An object.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[serde(rename_all = "camelCase")]
#[lunogram(description = "A line of a basket.")]
pub struct Item {
    /// The article's number.
    pub article_number: String,
    pub note: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gift: Option<bool>,
    #[serde(skip_serializing_if = "is_odd")]
    pub even: Option<u8>,
    #[serde(skip)]
    pub secret: String,
    #[serde(flatten)]
    pub size: Size,
}

#[expect(
    clippy::ref_option,
    clippy::trivially_copy_pass_by_ref,
    reason = "as serde calls it"
)]
fn is_odd(number: &Option<u8>) -> bool {
    number.is_some_and(|number| number % 2 == 1)
}

/// An object that is flattened into others.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Size {
    pub width: f64,
    pub height: Option<f64>,
}

/// A generic type has no entry in the plan: its schema is inlined where it is used.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
}

/// A newtype has the schema of its field.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Newtype(pub Euro);

/// A newtype whose field is optional.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Optional(pub Option<String>);

/// A tuple struct.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Tuple(pub String, pub Option<Color>);

/// A unit struct.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Unit;

/// Externally tagged.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub enum External {
    Nothing,
    One(u8),
    Two(u8, Color),
    Named { color: Option<Color> },
}

/// Internally tagged.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Internal {
    NothingAtAll,
    Named { article_number: u8 },
    Other(BTreeMap<String, String>),
}

/// Adjacently tagged.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[serde(tag = "kind", content = "value")]
pub enum Adjacent {
    Nothing,
    One(Item),
    Named { yes: bool },
}

/// Untagged.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[serde(untagged)]
pub enum Untagged {
    Number(u8),
    Text(String),
    Object { color: Color },
}

/// A recursive type.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[lunogram(name = "Branch")]
pub struct Tree {
    pub name: String,
    pub children: Vec<Tree>,
}

/// An event with flattened values.
#[derive(Debug, LunogramEvent)]
pub struct Flattened {
    #[lunogram(external_id)]
    pub user: String,
    pub own: bool,
    #[lunogram(flatten)]
    pub size: Size,
    #[serde(flatten)]
    pub perhaps: Option<Place>,
    #[lunogram(flatten)]
    pub others: BTreeMap<String, i32>,
}

/// Values to flatten.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Place {
    pub city: String,
    pub street: Option<String>,
}

/// Absent values, and values that are `null`.
#[derive(Debug, LunogramEvent)]
pub struct Patched {
    #[lunogram(external_id)]
    pub user: u64,
    pub alone: Option<Option<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Option<String>>,
    #[serde(with = "double_option", skip_serializing_if = "Option::is_none")]
    pub doubled: Option<Option<u8>>,
    #[serde(with = "double_option")]
    pub only_doubled: Option<Option<u8>>,
    #[lunogram(string)]
    pub text: Option<Option<u64>>,
    #[lunogram(null)]
    pub null: Option<Option<u8>>,
    #[lunogram(null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub null_skipped: Option<Option<Color>>,
    #[lunogram(null)]
    #[serde(skip_serializing_if = "is_odd")]
    pub null_unless_odd: Option<u8>,
    #[lunogram(null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ours: Option<u8>,
    pub optional: Option<Optional>,
    pub untagged: Choice,
    pub maybe_untagged: Option<Choice>,
    #[lunogram(null)]
    pub null_untagged: Choice,
    pub nested: Patch,
}

/// Absent values of a nested type, which serde writes.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
pub struct Patch {
    pub alone: Option<Option<u8>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<Option<u8>>,
    pub untagged: Choice,
}

/// An untagged enum with a value that may be absent, and one that is `null`.
#[derive(Clone, Debug, Serialize, LunogramProperty)]
#[serde(untagged)]
pub enum Choice {
    Number(Option<u8>),
    Both(Vec<Choice>),
    Nothing,
}

/// As serde's users write an absent value and `null` apart.
mod double_option {
    use serde::Serializer;

    #[expect(
        clippy::option_option,
        clippy::ref_option,
        clippy::trivially_copy_pass_by_ref,
        reason = "as serde calls it"
    )]
    pub(crate) fn serialize<S: Serializer>(
        value: &Option<Option<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match value {
            None => serializer.serialize_unit(),
            Some(None) => serializer.serialize_none(),
            Some(Some(value)) => serializer.serialize_some(value),
        }
    }
}

/// One event for each variant.
#[derive(Debug, LunogramEvent)]
pub enum Cart {
    /// An item was added or removed.
    CartUpdated {
        #[lunogram(external_id)]
        user: String,
        items: Vec<Item>,
    },
    #[lunogram(raw_name = "Cart Emptied")]
    Emptied {
        #[lunogram(external_id)]
        user: String,
    },
}

/// A user.
#[derive(Debug, UserTraits)]
pub struct Customer {
    #[lunogram(external_id)]
    pub id: String,
    #[lunogram(email)]
    pub email: Option<String>,
    pub plan: Color,
    #[lunogram(null)]
    pub referrer: Option<String>,
    pub lifetime_value: Euro,
}

/// An organization.
#[derive(Debug, OrganizationTraits)]
pub struct Company {
    #[lunogram(external_id)]
    pub id: String,
    #[lunogram(name)]
    pub name: String,
    pub seats: u32,
    pub address: Option<Place>,
}

/// A schedule.
#[derive(Debug, Schedule)]
#[lunogram(interval = "1 month")]
pub struct Digest {
    #[lunogram(external_id)]
    pub user: String,
    pub topics: Vec<String>,
    pub color: Option<Color>,
}

/// A name without a type.
#[must_use]
pub fn name() -> &'static str {
    lunogram::event_name!("name.alone")
}

/// A type that is not in the plan.
#[derive(Debug, LunogramEvent)]
#[lunogram(unplanned)]
pub struct Unplanned {
    #[lunogram(external_id)]
    pub user: String,
    pub anything: u8,
}
