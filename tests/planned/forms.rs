//! Times, amounts and bytes, whose forms are not those of serde.

use bytes::Bytes;
use chrono::TimeDelta;
use jiff::{SignedDuration, Span, Timestamp, ZonedDateTime, civil};
use lunogram::LunogramEvent;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// An alias of a type with a form.
pub type When = Option<SystemTime>;

/// Fields in the form of their type, or of their attribute.
#[derive(Debug, LunogramEvent)]
pub struct Forms<'a> {
    #[lunogram(external_id)]
    pub user: u64,
    pub moment: SystemTime,
    pub alias: When,
    pub borrowed: &'a [SystemTime],
    #[lunogram(null)]
    pub null: Option<SystemTime>,
    pub nested_null: Option<Option<SystemTime>>,
    pub took: Duration,
    pub signed: TimeDelta,
    pub durations: Vec<Option<Duration>>,
    pub by_name: BTreeMap<String, Arc<Duration>>,
    #[lunogram(millis)]
    pub millis: Option<TimeDelta>,
    #[lunogram(iso8601)]
    pub text: Duration,
    #[lunogram(iso8601, null)]
    pub text_or_null: Option<Vec<Duration>>,
    #[lunogram(as_serde)]
    pub of_serde: Option<Duration>,
    #[lunogram(base64)]
    pub base64: Vec<u8>,
    #[lunogram(hex)]
    pub hex: Option<[u8; 2]>,
    #[lunogram(hex)]
    pub foreign: Vec<Bytes>,
    #[lunogram(as_serde)]
    pub numbers: Vec<u8>,
    pub total: Decimal,
    pub totals: Vec<Decimal>,
    pub timestamp: Timestamp,
    pub zoned: ZonedDateTime,
    pub date: civil::Date,
    pub date_time: civil::DateTime,
    pub clock: civil::Time,
    pub span: Span,
    pub length: SignedDuration,
    pub offset: Option<time::OffsetDateTime>,
    pub utc: time::UtcDateTime,
    pub day: time::Date,
    pub local: time::PrimitiveDateTime,
    pub time: time::Time,
    pub rest: time::Duration,
}

/// The forms of serde for all fields.
#[derive(Debug, LunogramEvent)]
#[lunogram(as_serde)]
pub struct FormsOfSerde {
    #[lunogram(external_id)]
    pub user: u64,
    pub moment: SystemTime,
    pub signed: TimeDelta,
    pub bytes: [u8; 3],
    pub pair: (Duration, u8),
    #[lunogram(millis)]
    pub millis: Duration,
}
