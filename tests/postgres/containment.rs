//! `match`: which subjects an event reaches, by the embedded server and by `PostgreSQL`'s `@>`.

use crate::server::{Postgres, copy};
use crate::{cases, generate};
use lunogram::testing::Server;
use lunogram::{Event, UpsertUserRequest};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Each round compares all events of a batch with all users of a server.
const USERS: usize = 50;
const EVENTS: usize = 40;

/// Few different keys and scalars, so that one value often contains another.
fn value() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        Just("0"),
        Just("-0.0"),
        Just("1"),
        Just("1.0"),
        Just("-1"),
        Just("0.1"),
        Just("1e2"),
        Just("100"),
        Just("1e300"),
        Just("5e-324"),
        Just("9007199254740991"),
        Just("9007199254740991.0"),
    ];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number.prop_map(|number| serde_json::from_str(number).unwrap()),
        prop::sample::select(&["", "a", "A", "é", "e\u{301}", "1", "\"\\\n", "🦀"][..])
            .prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 12, 4, |value| {
        prop_oneof![
            prop::collection::vec(value.clone(), 0..4).prop_map(Value::from),
            object(value, 0..4).prop_map(Value::from),
        ]
    })
}

fn object(
    value: impl Strategy<Value = Value>,
    entries: std::ops::Range<usize>,
) -> impl Strategy<Value = Map<String, Value>> {
    let key = prop::sample::select(&["a", "b", "A", "", "é"][..]);
    let entry = (key, value).prop_map(|(key, value)| (key.to_owned(), value));
    prop::collection::vec(entry, entries).prop_map(Map::from_iter)
}

/// A value that `stored` often contains: without some of its entries and items.
fn part_of(stored: &Value, runner: &mut TestRunner) -> Value {
    let mut kept = || generate(&prop::bool::weighted(0.6), runner);
    match stored {
        Value::Array(items) => {
            let kept: Vec<&Value> = items.iter().filter(|_| kept()).collect();
            kept.into_iter()
                .rev()
                .map(|item| part_of(item, runner))
                .collect()
        }
        Value::Object(entries) => {
            let kept: Vec<_> = entries.iter().filter(|_| kept()).collect();
            let parts = kept
                .into_iter()
                .map(|(key, value)| (key.clone(), part_of(value, runner)));
            parts.collect::<Map<_, _>>().into()
        }
        // Another type or spelling now and then.
        Value::Number(_) | Value::String(_) | Value::Bool(_) | Value::Null => {
            if generate(&prop::bool::weighted(0.1), runner) {
                generate(&value(), runner)
            } else {
                stored.clone()
            }
        }
    }
}

/// The pairs of event and user, by their positions, in which the user's data contains the event's
/// `match`.
fn contained(
    postgres: &Postgres,
    stored: &[Map<String, Value>],
    wanted: &[Map<String, Value>],
) -> BTreeSet<(usize, usize)> {
    let rows = |values: &[Map<String, Value>]| {
        let row = |(index, value)| {
            [
                usize::to_string(&index),
                serde_json::to_string(value).unwrap(),
            ]
        };
        values.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let script = [
        "CREATE TEMP TABLE stored (number integer, data jsonb);\n".to_owned(),
        "CREATE TEMP TABLE wanted (number integer, data jsonb);\n".to_owned(),
        copy("stored", rows(stored)),
        copy("wanted", rows(wanted)),
        "SELECT w.number || ' ' || s.number FROM wanted w JOIN stored s ON s.data @> w.data;"
            .to_owned(),
    ];
    let position = |text: &str| text.parse::<usize>().unwrap();
    let pair = |line: String| {
        let (event, user) = line.split_once(' ').unwrap();
        (position(event), position(user))
    };
    postgres
        .run(&script.concat())
        .into_iter()
        .map(pair)
        .collect()
}

#[tokio::test]
async fn match_reaches_whom_postgresql_finds() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    let client = server.client();
    let mut runner = TestRunner::deterministic();
    let (data, other) = (object(value(), 0..5), object(value(), 1..3));
    let (mut pairs, mut matches) = (0, 0);
    while pairs < cases() {
        let stored: Vec<_> = (0..USERS).map(|_| generate(&data, &mut runner)).collect();
        let mut wanted = Vec::new();
        while wanted.len() < EVENTS {
            let of = generate(&prop::sample::select(stored.clone()), &mut runner);
            let unrelated = generate(&prop::bool::weighted(0.2), &mut runner);
            let part = part_of(&of.into(), &mut runner);
            match part {
                // An empty `match` is refused.
                Value::Object(part) if !part.is_empty() && !unrelated => wanted.push(part),
                _ => wanted.push(generate(&other, &mut runner)),
            }
        }
        server.reset();
        let mut ids = Vec::new();
        for (number, data) in stored.iter().enumerate() {
            let request = UpsertUserRequest::new(format!("user_{number}")).data(data);
            ids.push(client.upsert_user(&request).await.unwrap().id);
        }
        let event = |data: &Map<String, Value>| Event::new("announced").matching(data);
        let events: Vec<_> = wanted.iter().map(event).collect();
        client.send_all(&events).await.unwrap();
        let found = contained(&postgres, &stored, &wanted);
        let received = server.all_events();
        assert_eq!(received.len(), wanted.len());
        for (event, received) in received.iter().enumerate() {
            for (user, id) in ids.iter().enumerate() {
                let (stored, wanted) = (&stored[user], &wanted[event]);
                let expected = found.contains(&(event, user));
                let reached = received.reached.contains(id);
                assert_eq!(reached, expected, "{stored:?} @> {wanted:?}");
            }
        }
        pairs += USERS * EVENTS;
        matches += found.len();
    }
    // Both outcomes have to occur often.
    assert!(
        (pairs / 50..pairs / 2).contains(&matches),
        "{matches} of {pairs} match"
    );
}
