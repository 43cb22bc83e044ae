//! Texts: what the client and the embedded server accept, and what `jsonb` and the platform's
//! columns store.

use crate::http::Http;
use crate::server::Postgres;
use crate::{cases, generate};
use lunogram::testing::Server;
use lunogram::{AnyTraits, Identifier, UpsertOrganizationRequest};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// The texts of an upsert.
#[derive(Debug)]
struct Upsert {
    external_id: String,
    source: String,
    metadata: Value,
    name: String,
    data: Value,
}

/// The characters that a column counts as one each.
fn character() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["x", "é", "日", "🦀", "\u{301}"][..])
}

/// A text whose length is near the limit of a column. It never ends with a space, since a column
/// cuts off those that are too many.
fn column() -> impl Strategy<Value = String> {
    let length = prop_oneof![20 => 1..5_usize, 3 => 250..256_usize, 1 => 256..259_usize];
    (character(), length, prop::bool::weighted(0.01)).prop_map(|(character, length, nul)| {
        let end = if nul { "\0" } else { character };
        format!("x{}{end}", character.repeat(length.saturating_sub(2)))
    })
}

/// A text without a limit.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => prop::sample::select(&["", "a", "\u{1}\u{1f}\u{7f}", "\\u0000", "\"\\", "\u{fffe}"][..])
            .prop_map(ToOwned::to_owned),
        2 => (character(), 1..600_usize).prop_map(|(text, times)| text.repeat(times)),
        1 => Just("a\0b".to_owned()),
    ]
}

/// A key whose path is near the limit of the column for paths, alone or with those around it.
fn key() -> impl Strategy<Value = String> {
    let length = prop_oneof![
        8 => 0..5_usize,
        2 => 55..65_usize,
        2 => 110..125_usize,
        1 => 240..252_usize,
    ];
    let end = prop_oneof![60 => Just(""), 1 => Just("\0"), 5 => Just("\"\\"), 5 => Just("a b.c")];
    (character(), length, end).prop_map(|(character, length, end)| character.repeat(length) + end)
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        Just(json!(1)),
        text().prop_map(Value::from)
    ];
    scalar.prop_recursive(4, 6, 2, |value| {
        prop_oneof![
            1 => prop::collection::vec(value.clone(), 0..3).prop_map(Value::from),
            2 => object(value),
        ]
    })
}

fn object(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let entries = prop::collection::vec((key(), value), 0..3);
    entries.prop_map(|entries| entries.into_iter().collect::<Map<_, _>>().into())
}

fn upsert() -> impl Strategy<Value = Upsert> {
    let metadata = prop_oneof![4 => Just(json!({})), 1 => object(value())];
    (column(), column(), metadata, column(), object(value())).prop_map(
        |(external_id, source, metadata, name, data)| Upsert {
            external_id,
            source,
            metadata,
            name,
            data,
        },
    )
}

impl Upsert {
    fn request(&self) -> UpsertOrganizationRequest {
        let id = Identifier::new(&self.external_id).source(&*self.source);
        UpsertOrganizationRequest::new(id.metadata(&self.metadata))
            .name(&self.name)
            .data(&self.data)
    }

    fn body(&self) -> Value {
        let identifier = json!([{
            "external_id": self.external_id, "source": self.source, "metadata": self.metadata,
        }]);
        json!({"identifier": identifier, "name": self.name, "data": self.data})
    }
}

/// Whether `PostgreSQL` stores all of an upsert.
fn stored(postgres: &Postgres, upserts: &[Upsert]) -> Vec<bool> {
    let setup = "
        CREATE TEMP TABLE organizations (
            external_id varchar(255), source varchar(255), metadata jsonb, name varchar(255), data jsonb
        );
        CREATE TEMP TABLE paths (path varchar(255));
        CREATE FUNCTION pg_temp.paths_below(parent text, value jsonb)
        RETURNS SETOF text LANGUAGE plpgsql AS $$
            BEGIN
                RETURN NEXT parent;
                IF jsonb_typeof(value) = 'object' THEN
                    RETURN QUERY SELECT pg_temp.paths_below(parent || '.' || entry.key, entry.value)
                        FROM jsonb_each(value) AS entry;
                ELSIF jsonb_typeof(value) = 'array' THEN
                    RETURN QUERY SELECT pg_temp.paths_below(parent || '[]', item)
                        FROM jsonb_array_elements(value) AS items(item);
                END IF;
            END
        $$;
        CREATE FUNCTION pg_temp.stores(body text) RETURNS boolean LANGUAGE plpgsql AS $$
            DECLARE
                request jsonb;
            BEGIN
                request := body::jsonb;
                INSERT INTO organizations VALUES (
                    request #>> '{identifier,0,external_id}', request #>> '{identifier,0,source}',
                    request #> '{identifier,0,metadata}', request ->> 'name', request -> 'data'
                );
                INSERT INTO paths SELECT pg_temp.paths_below('.data', request -> 'data');
                RETURN true;
            EXCEPTION
                WHEN string_data_right_truncation OR untranslatable_character THEN RETURN false;
            END
        $$;
    ";
    let rows = upserts.iter().map(|upsert| [upsert.body().to_string()]);
    postgres.verdicts(setup, "stores", ["body text"], rows)
}

#[tokio::test]
async fn client_and_embedded_server_refuse_what_postgresql_does_not_store() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    let http = Http::to(&server);
    let mut runner = TestRunner::deterministic();
    let strategy = upsert();
    let upserts: Vec<Upsert> = (0..cases())
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    let verdicts = stored(&postgres, &upserts);
    for (upsert, is_stored) in upserts.iter().zip(&verdicts) {
        let verdict = upsert.request().check();
        assert_eq!(verdict.is_ok(), *is_stored, "{upsert:?}: {verdict:?}");
    }
    for (upsert, is_stored) in upserts.iter().zip(&verdicts).take(cases() / 20) {
        let status = http.post("organizations", upsert.body().to_string()).await;
        let expected = if *is_stored { 200 } else { 500 };
        assert_eq!(status, expected, "{upsert:?}");
    }
    // Both verdicts have to occur often.
    let accepted = verdicts.iter().filter(|verdict| **verdict).count();
    assert!(
        (cases() / 4..cases() * 3 / 4).contains(&accepted),
        "{accepted} are stored"
    );
}
