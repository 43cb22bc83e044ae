//! Strategies for times, amounts and bytes.

use bytes::Bytes;
use chrono::TimeDelta;
use jiff::{SignedDuration, Span, Timestamp, civil, tz};
use lunogram_tests_planned::forms::{Forms, FormsOfSerde};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use time::{OffsetDateTime, PrimitiveDateTime, UtcDateTime, UtcOffset};

/// The last second of the year 9999.
const LAST: u64 = 253_402_300_799;

fn duration() -> impl Strategy<Value = Duration> {
    (0..1_u64 << 40, any::<bool>(), 0..1_000_000_000_u32)
        .prop_map(|(seconds, whole, nanos)| Duration::new(seconds, if whole { 0 } else { nanos }))
}

fn delta() -> impl Strategy<Value = TimeDelta> {
    (duration(), any::<bool>()).prop_map(|(length, negative)| {
        let delta = TimeDelta::from_std(length).expect("a short duration");
        if negative { -delta } else { delta }
    })
}

fn moment() -> impl Strategy<Value = SystemTime> {
    (0..LAST, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanos)| UNIX_EPOCH + Duration::new(seconds, nanos))
}

fn offset_date_time() -> impl Strategy<Value = OffsetDateTime> {
    let offset = UtcOffset::from_hms(-3, -30, 0).expect("an offset");
    (86_400..LAST.cast_signed()).prop_map(move |seconds| {
        let moment = OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
        moment.to_offset(offset)
    })
}

fn timestamp() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800..253_000_000_000_i64, 0..1_000_000_000_i32)
        .prop_map(|(seconds, nanos)| Timestamp::new(seconds, nanos).expect("a moment"))
}

fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0..20_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

pub(crate) fn forms() -> impl Strategy<Value = Forms<'static>> {
    let std = (
        moment(),
        option::of(moment()),
        option::of(option::of(moment())),
        duration(),
        vec(option::of(duration()), 0..3),
        btree_map("[a-z]{1,4}", duration().prop_map(Arc::new), 0..3),
    );
    let chrono = (delta(), option::of(delta()));
    let bytes = (
        vec(any::<u8>(), 0..9),
        any::<Option<[u8; 2]>>(),
        vec(vec(any::<u8>(), 0..5).prop_map(Bytes::from), 0..3),
    );
    let foreign = (
        (decimal(), vec(decimal(), 0..3)),
        timestamp(),
        (any::<i16>(), 0..200_i32),
        offset_date_time(),
    );
    (std, chrono, bytes, foreign, any::<bool>()).prop_map(|(std, chrono, bytes, foreign, is)| {
        let (moment, alias, nested_null, took, durations, by_name) = std;
        let ((total, totals), timestamp, (rest, months), offset) = foreign;
        let zoned = timestamp.to_zoned_datetime(tz::TimeZone::fixed(tz::offset(2)));
        let time = offset.time();
        Forms {
            user: 1,
            moment,
            alias,
            borrowed: if is { &[UNIX_EPOCH] } else { &[] },
            null: alias,
            nested_null,
            took,
            signed: chrono.0,
            text_or_null: is.then(|| durations.iter().flatten().copied().collect()),
            durations,
            by_name,
            millis: chrono.1,
            text: took,
            of_serde: is.then_some(took),
            base64: bytes.0.clone(),
            hex: bytes.1,
            foreign: bytes.2,
            numbers: bytes.0,
            total,
            totals,
            timestamp,
            date: zoned.date(),
            date_time: zoned.datetime(),
            clock: civil::time(3, 4, 5, 0),
            zoned,
            span: Span::new().months(months),
            length: SignedDuration::from_millis(rest.into()),
            offset: is.then_some(offset),
            utc: UtcDateTime::from(offset),
            day: offset.date(),
            local: PrimitiveDateTime::new(offset.date(), time),
            time,
            rest: time::Duration::milliseconds(rest.into()),
        }
    })
}

pub(crate) fn forms_of_serde() -> impl Strategy<Value = FormsOfSerde> {
    (moment(), delta(), any::<[u8; 3]>(), duration(), any::<u8>()).prop_map(
        |(moment, signed, bytes, millis, small)| FormsOfSerde {
            user: 1,
            moment,
            signed,
            bytes,
            pair: (millis, small),
            millis,
        },
    )
}
