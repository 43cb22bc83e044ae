//! The schemas of types of other crates, each with the feature of its crate. As fields of derived
//! types they have the forms that [`form`](crate::typed::form) gives them. Within other types the
//! form may depend on the features of the crate, and the schema then allows any value.

// The feature stands at each item, so that the documentation shows it.

#[allow(unused_imports, reason = "there are no items without a feature")]
use super::{LunogramProperty, Schema};

#[cfg(feature = "chrono-tz-0_10")]
impl LunogramProperty for chrono_tz::Tz {
    const SCHEMA: Schema = Schema::STRING;
}

#[cfg(feature = "bytes")]
impl LunogramProperty for bytes::Bytes {
    const SCHEMA: Schema = Schema::list(&Schema::INTEGER);
}

#[cfg(feature = "bytes")]
impl LunogramProperty for bytes::BytesMut {
    const SCHEMA: Schema = Schema::list(&Schema::INTEGER);
}

#[cfg(feature = "url")]
impl LunogramProperty for url::Url {
    const SCHEMA: Schema = Schema::format("uri");
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::Timestamp {
    const SCHEMA: Schema = Schema::format("date-time");
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::ZonedDateTime {
    // With the name of its zone in brackets, which is not `date-time`.
    const SCHEMA: Schema = Schema::STRING;
    const PROPERTY: Schema = Schema::format("date-time");
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::civil::Date {
    const SCHEMA: Schema = Schema::format("date");
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::civil::DateTime {
    const SCHEMA: Schema = Schema::STRING;
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::civil::Time {
    const SCHEMA: Schema = Schema::STRING;
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::Span {
    const SCHEMA: Schema = Schema::STRING;
}

#[cfg(feature = "jiff")]
impl LunogramProperty for jiff::SignedDuration {
    const SCHEMA: Schema = Schema::STRING;
    const PROPERTY: Schema = Schema::NUMBER;
}

#[cfg(feature = "rust_decimal")]
impl LunogramProperty for rust_decimal::Decimal {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::STRING;
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::OffsetDateTime {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::format("date-time");
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::UtcDateTime {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::format("date-time");
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::Date {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::format("date");
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::PrimitiveDateTime {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::STRING;
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::Time {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::STRING;
}

#[cfg(feature = "time-0_3")]
impl LunogramProperty for time::Duration {
    const SCHEMA: Schema = Schema::ANY;
    const PROPERTY: Schema = Schema::NUMBER;
}
