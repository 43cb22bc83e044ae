//! Times, amounts and bytes as properties: the forms of their types, and those that attributes set.

#![expect(
    clippy::option_option,
    reason = "absent and `null` are different wishes"
)]

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use jiff::{SignedDuration, Span, Timestamp, civil};
use lunogram::{AnyEvent, AnyTraits, LunogramEvent, OrganizationTraits, Schedule, UserTraits};
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The JSON of the properties that are sent for an event.
#[track_caller]
fn data(event: &impl AnyEvent) -> String {
    let json = event.to_json().expect("a valid event");
    let (_, data) = json.split_once("\"data\":").expect("properties");
    data.strip_suffix('}').expect("the end").to_owned()
}

/// The problems of an event: path and text.
#[track_caller]
fn problems(event: &impl AnyEvent) -> Vec<String> {
    let invalid = event.check().expect_err("an invalid event");
    let problems = invalid.problems().iter();
    problems.map(ToString::to_string).collect()
}

/// 2026-11-28T16:54:18.5Z
const MOMENT: Duration = Duration::from_millis(1_795_884_858_500);

/// An alias: the derive does not see that it is a moment.
type When = SystemTime;

#[test]
fn moments_are_rfc_3339_through_pointers_options_and_lists() {
    #[derive(LunogramEvent)]
    struct Moments<'a> {
        plain: SystemTime,
        path: std::time::SystemTime,
        alias: When,
        some: Option<SystemTime>,
        none: Option<SystemTime>,
        twice: Option<Option<SystemTime>>,
        reference: &'a SystemTime,
        boxed: Box<SystemTime>,
        shared: Option<Arc<SystemTime>>,
        counted: Rc<SystemTime>,
        borrowed: Cow<'a, SystemTime>,
        list: Vec<SystemTime>,
        slice: &'a [Option<SystemTime>],
        array: [SystemTime; 1],
        map: BTreeMap<u8, SystemTime>,
        chrono: DateTime<Utc>,
    }
    let moment = UNIX_EPOCH + MOMENT;
    let text = "\"2026-11-28T16:54:18.500Z\"";
    let event = Moments {
        plain: moment,
        path: moment,
        alias: moment,
        some: Some(moment),
        none: None,
        twice: Some(None),
        reference: &moment,
        boxed: Box::new(moment),
        shared: Some(Arc::new(moment)),
        counted: Rc::new(moment),
        borrowed: Cow::Borrowed(&moment),
        list: vec![moment, moment],
        slice: &[Some(moment), None],
        array: [moment],
        map: BTreeMap::from([(7, moment)]),
        chrono: moment.into(),
    };
    assert_eq!(
        data(&event.to("user_123")),
        format!(
            "{{\"plain\":{text},\"path\":{text},\"alias\":{text},\"some\":{text},\"twice\":null,\
             \"reference\":{text},\"boxed\":{text},\"shared\":{text},\"counted\":{text},\"borrowed\":{text},\
             \"list\":[{text},{text}],\"slice\":[{text},null],\"array\":[{text}],\
             \"map\":{{\"7\":{text}}},\"chrono\":{text}}}"
        )
    );
}

#[test]
fn a_moment_that_rfc_3339_cannot_represent_is_a_problem_with_its_path() {
    #[derive(LunogramEvent)]
    struct Moments {
        one: SystemTime,
        list: Vec<Option<SystemTime>>,
        jiff: Timestamp,
        time: Option<time::OffsetDateTime>,
        date: time::Date,
    }
    let latest = (0..=62).rev().fold(UNIX_EPOCH, |latest, bit| {
        latest
            .checked_add(Duration::from_secs(1 << bit))
            .unwrap_or(latest)
    });
    let event = Moments {
        one: latest,
        list: vec![None, Some(latest), Some(UNIX_EPOCH)],
        jiff: Timestamp::MIN,
        time: Some(time::PrimitiveDateTime::MIN.assume_utc()),
        date: time::Date::MIN,
    };
    let text = "the year is not within 0 to 9999, the range of RFC 3339";
    assert_eq!(
        problems(&event.to("user_123")),
        ["one", "list[1]", "jiff", "time", "date"].map(|path| format!("data.{path}: {text}"))
    );
}

#[test]
fn durations_are_seconds_or_the_form_of_their_attribute() {
    #[derive(LunogramEvent)]
    struct Durations {
        std: Duration,
        chrono: TimeDelta,
        old_name: chrono::Duration,
        some: Option<Duration>,
        none: Option<Duration>,
        list: Vec<TimeDelta>,
        time: time::Duration,
        jiff: SignedDuration,
        #[lunogram(millis)]
        in_millis: Duration,
        #[lunogram(millis, null)]
        no_millis: Option<TimeDelta>,
        #[lunogram(millis, rename = "negative")]
        less: Vec<SignedDuration>,
        #[lunogram(iso8601)]
        long: Duration,
        #[lunogram(iso8601)]
        texts: [time::Duration; 5],
        #[lunogram(as_serde)]
        of_serde: Duration,
        #[lunogram(null)]
        null: Option<Duration>,
    }
    let event = Durations {
        std: Duration::from_secs(90),
        chrono: TimeDelta::milliseconds(-1500),
        old_name: TimeDelta::nanoseconds(1_000_000_001),
        some: Some(Duration::from_millis(2300)),
        none: None,
        list: vec![TimeDelta::zero(), TimeDelta::nanoseconds(-1)],
        time: time::Duration::milliseconds(-250),
        jiff: SignedDuration::new(-7, -100_000_000),
        in_millis: Duration::from_secs(3),
        no_millis: None,
        less: vec![
            SignedDuration::from_micros(-1500),
            SignedDuration::from_millis(-2),
        ],
        long: Duration::from_millis(36 * 3_600_000 + 90_500),
        texts: [
            time::Duration::ZERO,
            time::Duration::hours(2),
            time::Duration::minutes(-1),
            time::Duration::microseconds(-1),
            time::Duration::new(3661, 0),
        ],
        of_serde: Duration::new(1, 2),
        null: None,
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"std":90,"chrono":-1.5,"old_name":1.000000001,"some":2.3,"list":[0,-1e-9],"time":-0.25,"jiff":-7.1,"in_millis":3000,"no_millis":null,"negative":[-1.5,-2],"long":"PT36H1M30.5S","texts":["PT0S","PT2H","-PT1M","-PT0.000001S","PT1H1M1S"],"of_serde":{"secs":1,"nanos":2},"null":null}"#
    );
}

#[test]
fn a_duration_beyond_what_a_double_can_count_is_a_problem() {
    #[derive(LunogramEvent)]
    struct Durations {
        seconds: Duration,
        #[lunogram(millis)]
        millis: Vec<TimeDelta>,
        #[lunogram(iso8601)]
        text: Duration,
    }
    let event = Durations {
        seconds: Duration::MAX,
        millis: vec![TimeDelta::MIN],
        text: Duration::MAX,
    };
    let problems = problems(&event.to("user_123"));
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].starts_with("data.seconds: integer beyond"));
    assert!(problems[1].starts_with("data.millis[0]: integer beyond"));
}

#[test]
fn bytes_are_sent_in_the_form_of_their_attribute() {
    type Digest = [u8; 4];
    #[derive(LunogramEvent)]
    struct Files<'a> {
        #[lunogram(base64)]
        owned: Vec<u8>,
        #[lunogram(base64)]
        slice: &'a [u8],
        #[lunogram(hex)]
        alias: Digest,
        #[lunogram(hex)]
        foreign: Option<Bytes>,
        #[lunogram(hex, null)]
        none: Option<Box<[u8]>>,
        #[lunogram(base64)]
        list: Vec<Cow<'a, [u8]>>,
        #[lunogram(as_serde)]
        numbers: Vec<u8>,
        #[serde(serialize_with = "as_length")]
        length: Vec<u8>,
        // No bytes, but small numbers.
        set: BTreeSet<u8>,
        queue: VecDeque<i8>,
    }
    let event = Files {
        owned: b"fo".to_vec(),
        slice: b"\0\xff\xfb\xef",
        alias: [0, 0xff, 0x1a, 3],
        foreign: Some(Bytes::from_static(b"foo")),
        none: None,
        list: vec![Cow::Borrowed(b"f"), Cow::Owned(Vec::new())],
        numbers: vec![1, 2],
        length: vec![0; 12],
        set: BTreeSet::from([3]),
        queue: VecDeque::from([4]),
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"owned":"Zm8=","slice":"AP/77w==","alias":"00ff1a03","foreign":"666f6f","none":null,"list":["Zg==",""],"numbers":[1,2],"length":12,"set":[3],"queue":[4]}"#
    );
}

#[expect(clippy::ptr_arg, reason = "serde calls it so")]
fn as_length<S: Serializer>(bytes: &Vec<u8>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(bytes.len() as u64)
}

#[test]
fn types_of_other_crates_have_their_forms() {
    #[derive(LunogramEvent)]
    struct Foreign {
        total: Decimal,
        discounts: Vec<Decimal>,
        #[lunogram(as_serde)]
        of_serde: Decimal,
        paid: Timestamp,
        zoned: jiff::ZonedDateTime,
        day: civil::Date,
        local: civil::DateTime,
        clock: civil::Time,
        term: Span,
        sent: time::OffsetDateTime,
        utc: time::UtcDateTime,
        due: Option<time::Date>,
        open: time::Time,
        meeting: time::PrimitiveDateTime,
    }
    let at = Timestamp::from_millisecond(1_795_884_858_500).expect("a moment");
    let sent = time::OffsetDateTime::from_unix_timestamp_nanos(MOMENT.as_nanos().cast_signed());
    let offset = time::UtcOffset::from_hms(2, 0, 0).expect("an offset");
    let sent = sent.expect("a moment").to_offset(offset);
    let day = time::Date::from_calendar_date(2026, time::Month::March, 7).expect("a day");
    let open = time::Time::from_hms_milli(9, 5, 0, 50).expect("a time");
    let event = Foreign {
        total: Decimal::new(1_234_567_890_123_456_789, 2),
        discounts: vec![Decimal::new(100, 2), Decimal::new(-5, 1)],
        of_serde: Decimal::new(125, 1),
        paid: at,
        zoned: at.to_zoned_datetime(jiff::tz::TimeZone::fixed(jiff::tz::offset(2))),
        day: civil::date(33, 1, 2),
        local: civil::date(2026, 3, 7).at(9, 5, 0, 50_000_000),
        clock: civil::time(9, 0, 0, 0),
        term: Span::new().years(1).days(3),
        sent,
        utc: sent.to_utc(),
        due: Some(day),
        open,
        meeting: time::PrimitiveDateTime::new(day, open),
    };
    let moment = "2026-11-28T16:54:18.500Z";
    assert_eq!(
        serde_json::from_str::<Value>(&data(&event.to("user_123"))).expect("JSON"),
        json!({
            "total": "12345678901234567.89",
            "discounts": ["1.00", "-0.5"],
            "of_serde": 12.5,
            "paid": moment,
            "zoned": moment,
            "day": "0033-01-02",
            "local": "2026-03-07T09:05:00.05",
            "clock": "09:00:00",
            "term": "P1Y3D",
            "sent": moment,
            "utc": moment,
            "due": "2026-03-07",
            "open": "09:05:00.05",
            "meeting": "2026-03-07T09:05:00.05",
        })
    );
}

#[test]
fn as_serde_on_a_type_keeps_the_forms_of_serde() {
    #[derive(LunogramEvent)]
    #[lunogram(as_serde)]
    struct AsBefore {
        at: SystemTime,
        took: Duration,
        bytes: Vec<u8>,
        #[lunogram(millis)]
        rest: Duration,
    }
    let event = AsBefore {
        at: UNIX_EPOCH,
        took: Duration::new(1, 2),
        bytes: vec![7],
        rest: Duration::from_millis(5),
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"at":{"secs_since_epoch":0,"nanos_since_epoch":0},"took":{"secs":1,"nanos":2},"bytes":[7],"rest":5}"#
    );
}

#[test]
fn every_derive_has_the_forms() {
    #[derive(UserTraits)]
    struct Customer {
        #[lunogram(external_id)]
        id: u64,
        since: SystemTime,
    }
    #[derive(OrganizationTraits)]
    struct Company {
        #[lunogram(external_id)]
        id: u64,
        notice: Option<Duration>,
    }
    #[derive(Schedule)]
    struct Reminder {
        #[lunogram(external_id)]
        id: u64,
        #[lunogram(scheduled_at)]
        at: SystemTime,
        #[lunogram(millis)]
        snooze: Duration,
    }
    #[derive(LunogramEvent)]
    enum Call {
        CallEnded {
            lasted: Duration,
        },
        #[lunogram(name = "call_missed")]
        Missed {
            #[lunogram(iso8601)]
            rang: Duration,
            at: SystemTime,
        },
    }
    let customer = Customer {
        id: 1,
        since: UNIX_EPOCH,
    };
    let customer: Value = serde_json::from_str(&customer.to_json().expect("valid")).expect("JSON");
    assert_eq!(customer["data"], json!({"since": "1970-01-01T00:00:00Z"}));
    let company = Company {
        id: 1,
        notice: Some(Duration::from_secs(5)),
    };
    let company: Value = serde_json::from_str(&company.to_json().expect("valid")).expect("JSON");
    assert_eq!(company["data"], json!({"notice": 5}));
    let reminder = Reminder {
        id: 1,
        at: UNIX_EPOCH,
        snooze: Duration::from_secs(5),
    };
    let reminder = lunogram::AnySchedule::to_json(&reminder).expect("valid");
    let reminder: Value = serde_json::from_str(&reminder).expect("JSON");
    assert_eq!(reminder["data"], json!({"snooze": 5000}));
    let [ended, missed] = [
        Call::CallEnded {
            lasted: Duration::from_secs(5),
        },
        Call::Missed {
            rang: Duration::from_secs(70),
            at: UNIX_EPOCH,
        },
    ];
    assert_eq!(data(&ended.to("user_123")), r#"{"lasted":5}"#);
    assert_eq!(
        data(&missed.to("user_123")),
        r#"{"rang":"PT1M10S","at":"1970-01-01T00:00:00Z"}"#
    );
}

#[test]
fn attributes_and_functions_go_before_the_form_of_the_type() {
    #[derive(Clone, LunogramEvent)]
    struct Mixed {
        #[serde(with = "in_days")]
        term: Duration,
        #[serde(skip_serializing_if = "Duration::is_zero")]
        zero: Duration,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[lunogram(millis)]
        none: Option<Duration>,
        #[serde(with = "in_days")]
        #[lunogram(millis)]
        millis: Duration,
        #[serde(with = "in_days")]
        #[lunogram(as_serde)]
        of_serde: Duration,
    }
    let day = Duration::from_secs(86_400);
    let event = Mixed {
        term: day,
        zero: Duration::ZERO,
        none: None,
        millis: day,
        of_serde: day,
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"term":1,"millis":86400000,"of_serde":1}"#
    );
}

mod in_days {
    use serde::Serializer;
    use std::time::Duration;

    pub(super) fn serialize<S: Serializer>(term: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(term.as_secs() / 86_400)
    }
}

#[test]
fn types_that_serde_writes_keep_their_form() {
    /// With the name of a type that has a form.
    #[derive(Serialize)]
    struct Duration(u64);
    #[derive(Serialize)]
    struct Nested {
        took: std::time::Duration,
        bytes: Vec<u8>,
    }
    #[derive(LunogramEvent)]
    struct Generic<T, U> {
        own: Duration,
        nested: Nested,
        pair: (std::time::Duration, u8),
        parameter: T,
        parameters: Vec<U>,
        #[lunogram(flatten)]
        more: Nested,
    }
    let nested = || Nested {
        took: std::time::Duration::new(1, 2),
        bytes: vec![1],
    };
    let event = Generic {
        own: Duration(9),
        nested: nested(),
        pair: (std::time::Duration::new(3, 4), 5),
        parameter: std::time::Duration::new(6, 7),
        parameters: vec![8_u8],
        more: nested(),
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"own":9,"nested":{"took":{"secs":1,"nanos":2},"bytes":[1]},"pair":[{"secs":3,"nanos":4},5],"parameter":{"secs":6,"nanos":7},"parameters":[8],"took":{"secs":1,"nanos":2},"bytes":[1]}"#
    );
}

#[test]
fn a_packed_struct_has_the_forms() {
    #[derive(Clone, Copy, LunogramEvent)]
    #[repr(C, packed)]
    struct Packed {
        flag: u8,
        took: Duration,
        #[lunogram(hex)]
        digest: [u8; 2],
    }
    let event = Packed {
        flag: 1,
        took: Duration::from_secs(2),
        digest: [1, 2],
    };
    assert_eq!(
        data(&event.to("user_123")),
        r#"{"flag":1,"took":2,"digest":"0102"}"#
    );
}
