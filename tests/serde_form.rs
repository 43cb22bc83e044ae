//! Events and requests are serde values: they are read as they were written, and checked.

use chrono::{DateTime, Utc};
use lunogram::{
    Event, Identifier, Identifiers, ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::fmt::Debug;
use std::time::SystemTime;
use uuid::Uuid;

const MAX_SAFE: i64 = (1 << 53) - 1;

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,8}"
}

fn id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9_|-]{1,12}"
}

/// A name and whether it is raw. Dots are left out, since the words before them may be reserved.
fn name() -> impl Strategy<Value = (String, bool)> {
    prop_oneof![
        "[a-z][a-z0-9]{0,6}(_[a-z]{1,5}){0,2}".prop_map(|name| (name, false)),
        "[A-Z][a-z]{1,6}( [A-Z][a-z]{1,6}){0,2}".prop_map(|name| (name, true)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-MAX_SAFE..=MAX_SAFE).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(text(), inner, 0..4).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Data with at least one key. An event about a user without data is the same payload as one with
/// empty data.
fn data() -> impl Strategy<Value = Option<Value>> {
    option::of(btree_map(text(), value(), 1..5).prop_map(|map| map.into_iter().collect()))
}

fn identifier() -> impl Strategy<Value = Identifier> {
    (id(), option::of("[a-z]{1,8}"), data())
        .prop_map(|(id, source, metadata)| Identifier::new(id).source(source).metadata(metadata))
}

fn identifiers() -> impl Strategy<Value = Identifiers> {
    vec(identifier(), 1..4).prop_map(Identifiers::from)
}

fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    // The years 0 to 9999.
    (-62_167_219_200_i64..253_402_300_800, 0_u32..1_000_000_000)
        .prop_map(|(seconds, nanos)| DateTime::from_timestamp(seconds, nanos).expect("a moment"))
}

#[derive(Clone, Debug)]
enum Target {
    Subject(Identifiers),
    Match(Value),
    None,
}

fn event() -> impl Strategy<Value = Event> {
    let target = prop_oneof![
        identifiers().prop_map(Target::Subject),
        btree_map(text(), value(), 1..3).prop_map(|map| Target::Match(map.into_iter().collect())),
        Just(Target::None),
    ];
    (name(), target, any::<bool>(), data()).prop_map(
        |((name, is_raw), target, is_of_organization, data)| {
            let mut event = Event::new(name).data(data);
            if is_raw {
                event = event.raw_name();
            }
            if is_of_organization {
                event = event.organization();
            }
            match target {
                Target::Subject(subject) => event.to(subject),
                Target::Match(traits) => event.matching(traits),
                Target::None => event,
            }
        },
    )
}

fn schedule() -> impl Strategy<Value = ScheduleRequest> {
    let timing = (moment(), option::of(Just("1 month")), option::of(moment()));
    let rest = (any::<bool>(), option::of(any::<u128>()), data());
    (name(), identifiers(), timing, rest).prop_map(
        |((name, is_raw), subject, (moment, interval, start), (is_of_organization, id, data))| {
            let mut request = match interval {
                Some(interval) => ScheduleRequest::every(name, subject, interval).start_at(start),
                None => ScheduleRequest::at(name, subject, moment),
            };
            if is_raw {
                request = request.raw_name();
            }
            if is_of_organization {
                request = request.organization();
            }
            request.id(id.map(Uuid::from_u128)).data(data)
        },
    )
}

/// The value, written to JSON and read again, and through `serde_json::Value`.
fn survives<T>(value: &T) -> Result<(), TestCaseError>
where
    T: Debug + DeserializeOwned + PartialEq + Serialize,
{
    let json = serde_json::to_string(value).expect("a valid value");
    prop_assert_eq!(
        &serde_json::from_str::<T>(&json).expect("as written"),
        value
    );
    let tree = serde_json::to_value(value).expect("a valid value");
    prop_assert_eq!(
        &serde_json::from_value::<T>(tree).expect("as written"),
        value
    );
    Ok(())
}

proptest! {
    #[test]
    fn any_event_is_read_as_it_was_written(event in event()) {
        survives(&event)?;
    }

    #[test]
    fn any_schedule_is_read_as_it_was_written(schedule in schedule()) {
        survives(&schedule)?;
    }

    #[test]
    fn any_upsert_is_read_as_it_was_written(
        ids in identifiers(),
        email in option::of(Just("jane@example.com")),
        zone in option::of(Just("Europe/Amsterdam")),
        name in option::of(text()),
        data in data(),
    ) {
        let user = UpsertUserRequest::new(&ids).email(email).timezone(zone);
        survives(&user.phone("+31612345678").locale("nl-NL").data(&data))?;
        survives(&UpsertOrganizationRequest::new(&ids).name(name).data(data))?;
    }

    #[test]
    fn any_identifiers_are_read_as_they_were_written(ids in identifiers(), id in identifier()) {
        survives(&ids)?;
        survives(&id)?;
    }
}

#[test]
fn the_form_is_the_form_of_the_api_with_what_the_api_has_elsewhere() {
    let event = Event::new("Contract Signed")
        .raw_name()
        .organization()
        .to([
            Identifier::new("org_456"),
            Identifier::new("a-1").source("crm"),
        ])
        .data(json!({"seats": 25}));
    assert_eq!(
        serde_json::to_string(&event).expect("a valid event"),
        r#"{"subject":"organization","raw_name":true,"identifier":[{"external_id":"org_456"},{"source":"crm","external_id":"a-1"}],"name":"Contract Signed","data":{"seats":25}}"#,
    );
    // The API requires data of an event about a user, be it empty.
    assert_eq!(
        serde_json::to_string(&Event::new("signed_up").to("u")).expect("a valid event"),
        r#"{"identifier":[{"external_id":"u"}],"name":"signed_up","data":{}}"#,
    );
}

#[test]
fn keys_and_numbers_stay_as_they_are() {
    let line = r#"{"identifier":[{"external_id":"u"}],"name":"a","data":{"z":1.0,"b":{"y":1,"x":1.5e-300},"a":0.30000000000000004,"m":-0.0}}"#;
    let event: Event = serde_json::from_str(line).expect("a valid event");
    assert_eq!(serde_json::to_string(&event).expect("a valid event"), line);
}

#[test]
fn what_is_null_is_not_set() {
    let event = r#"{"subject":null,"identifier":[{"source":null,"external_id":"u","metadata":null}],"match":null,"name":"a","data":null}"#;
    let event: Event = serde_json::from_str(event).expect("a valid event");
    assert_eq!(event, Event::new("a").to("u"));
    let user = json!({"identifier": [{"external_id": "u"}], "email": null, "data": {"plan": null}});
    let user: UpsertUserRequest = serde_json::from_value(user).expect("a valid user");
    assert_eq!(
        user,
        UpsertUserRequest::new("u").data(json!({"plan": null}))
    );
}

#[test]
fn lines_of_several_kinds_are_told_apart() {
    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    #[serde(tag = "kind", content = "payload", rename_all = "snake_case")]
    enum Tagged {
        Event(Event),
        User(UpsertUserRequest),
    }
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(untagged)]
    enum Untagged {
        Event(Event),
        User(UpsertUserRequest),
    }
    // Serde buffers these values before it knows the variant.
    let event = Event::new("a")
        .to("u")
        .data(json!({"n": 9_007_199_254_740_991_i64}));
    let user = UpsertUserRequest::new("u").data(json!({"x": 0.1}));
    let line = serde_json::to_string(&Tagged::Event(event.clone())).expect("a valid event");
    let line = line.replace(r#"{"kind":"event","payload":"#, r#"{"payload":"#);
    let line = line.replace("}}}", r#"}},"kind":"event"}"#);
    let read: Tagged = serde_json::from_str(&line).expect("a valid line");
    assert_eq!(read, Tagged::Event(event.clone()));
    for (json, expected) in [
        (serde_json::to_string(&event), Untagged::Event(event)),
        (serde_json::to_string(&user), Untagged::User(user)),
    ] {
        let json = json.expect("a valid request");
        assert_eq!(
            serde_json::from_str::<Untagged>(&json).expect("either"),
            expected
        );
    }
}

#[track_caller]
fn refused<T: Debug + DeserializeOwned>(json: &str, expected: &str) {
    let error = serde_json::from_str::<T>(json)
        .expect_err("an invalid value")
        .to_string();
    assert!(error.contains(expected), "{error}");
}

#[test]
fn a_mistake_in_an_event_is_refused_with_its_place() {
    for (json, expected) in [
        (
            r#"{"name":"Cart Paid","identifier":[{"external_id":""}],"data":{"n":9007199254740993}}"#,
            "event `Cart Paid` is invalid: identifier[0].external_id: ",
        ),
        (r#"{"name":"Cart Paid"}"#, "write `cart_paid`"),
        (
            r#"{"name":"a","identifier":[],"data":{}}"#,
            "identifier: no identifier",
        ),
        (
            r#"{"name":"a","data":{"n":[1,9007199254740993]}}"#,
            "data.n[1]: ",
        ),
        (r#"{"name":"a","data":[1]}"#, "data: not an object"),
        (r#"{"name":"a","match":{}}"#, "match: empty"),
        (
            r#"{"name":"a","match":{"b":1},"identifier":[{"external_id":"u"}]}"#,
            "both an identifier",
        ),
        (
            r#"{"name":"a","data":{"b":1,"c":{"d":1,"d":2}}}"#,
            "key `d` appears twice",
        ),
        (r#"{"name":"a","name":"b"}"#, "duplicate field `name`"),
        (
            r#"{"name":"a","timestamp":"2030-01-02"}"#,
            "unknown field `timestamp`",
        ),
        (
            r#"{"name":"a","identifier":[{"external_id":"u","id":1}]}"#,
            "unknown field `id`",
        ),
        (
            r#"{"name":"a","identifier":[{"external_id":7}]}"#,
            "expected a string",
        ),
        (
            r#"{"name":"a","subject":"organisation"}"#,
            "expected `user` or `organization`",
        ),
        (r#"{"data":{}}"#, "missing field `name`"),
        (r#""a""#, "expected an event"),
    ] {
        refused::<Event>(json, expected);
    }
}

#[test]
fn a_mistake_in_another_request_is_refused_with_its_place() {
    refused::<Identifier>(
        r#"{"external_id":""}"#,
        "identifier is invalid: external_id: ",
    );
    refused::<Identifiers>("[]", "list of identifiers is invalid: no identifier");
    refused::<Identifiers>(
        r#"[{"external_id":"u"},{"external_id":""}]"#,
        "[1].external_id: ",
    );
    let user = r#"{"identifier":[{"external_id":"u"}],"email":"jane","phone":"06"}"#;
    refused::<UpsertUserRequest>(user, "user is invalid: email: ");
    refused::<UpsertUserRequest>(user, "; phone: ");
    refused::<UpsertUserRequest>(
        r#"{"email":"jane@example.com"}"#,
        "missing field `identifier`",
    );
    refused::<UpsertOrganizationRequest>(
        r#"{"identifier":[{"external_id":"o"}],"email":"jane@example.com"}"#,
        "unknown field `email`",
    );
    let schedule =
        |rest: &str| format!(r#"{{"identifier":[{{"external_id":"u"}}],"name":"a"{rest}}}"#);
    for (rest, expected) in [
        ("", "schedule `a` is invalid: the schedule would never fire"),
        (r#","interval":"now and then""#, "interval: "),
        (
            r#","scheduled_at":"tomorrow""#,
            "scheduled_at: not a moment in RFC 3339",
        ),
        (
            r#","interval":"1 day","start_at":"2030-01-02""#,
            "start_at: not a moment",
        ),
        (
            r#","interval":"1 day","scheduled_at":"2030-01-02T03:04:05Z""#,
            "has no `interval`",
        ),
        (
            r#","start_at":"2030-01-02T03:04:05Z","scheduled_at":"2030-01-02T03:04:05Z""#,
            "has no `start_at`",
        ),
        (r#","interval":"1 day","id":"7""#, "UUID"),
    ] {
        refused::<ScheduleRequest>(&schedule(rest), expected);
    }
}

#[test]
fn a_moment_is_read_in_any_zone() {
    let json = r#"{"identifier":[{"external_id":"u"}],"name":"a","scheduled_at":"2030-01-02T03:04:05+01:00"}"#;
    let request: ScheduleRequest = serde_json::from_str(json).expect("a valid schedule");
    let moment: DateTime<Utc> = "2030-01-02T02:04:05Z".parse().expect("a moment");
    assert_eq!(request, ScheduleRequest::at("a", "u", moment));
    assert_eq!(
        request,
        ScheduleRequest::at("a", "u", SystemTime::from(moment))
    );
}

#[test]
fn an_invalid_request_is_not_written() {
    let error = serde_json::to_string(&Event::new("a").to("u").data(json!({"n": u64::MAX})))
        .expect_err("an invalid event")
        .to_string();
    assert!(
        error.starts_with("event `a` is invalid: data.n: "),
        "{error}"
    );
    let both = Event::new("a").to("u").matching(json!({"b": 1}));
    assert!(serde_json::to_string(&both).is_err());
    assert!(serde_json::to_string(&Identifiers::from(Vec::new())).is_err());
}
