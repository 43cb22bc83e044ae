//! JSON documents: what the client and the embedded server accept, and what `jsonb` stores.

use crate::http::Http;
use crate::server::Postgres;
use crate::{cases, generate};
use lunogram::testing::Server;
use lunogram::{AnyEvent, AnyTraits, Event, Identifier, ProblemKind, UpsertUserRequest};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::BTreeSet;

fn text(pattern: &'static str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

/// JSON strings, also with text that only escape sequences can express.
fn string() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        20 => any::<char>().prop_filter("needs escaping", |c| !matches!(c, '"' | '\\' | '\0'..='\x1f'))
            .prop_map(String::from),
        8 => text(r#"\\["\\/bfnrt]"#),
        8 => text(r"\\u00[2-7][0-9a-fA-F]"),
        4 => text(r"\\u[0-9a-cA-C][1-9a-f][0-9a-f]{2}"),
        4 => text(r"\\ud[89ab][0-9a-f]{2}\\u[dD][c-f][0-9A-F]{2}"),
        2 => Just(r"\\u0000\\\\ud800".to_owned()),
        1 => Just(r"\uffff\ufffe\u0001".to_owned()),
        1 => Just(r"\u0000".to_owned()),
        1 => text(r"\\ud[89ab][0-9a-f]{2}"),
        1 => text(r"\\ud[c-f][0-9a-f]{2}"),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("\"{}\"", parts.concat()))
}

/// Numbers in any spelling, also those that no double holds. Zeros have short exponents: the server
/// decodes them, so that the database does not see the long ones that it would refuse.
fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => text("-?(0|[1-9][0-9]{0,15})"),
        1 => text("-?[1-9][0-9]{16,60}"),
        4 => text(r"-?(0|[1-9][0-9]{0,60})\.[0-9]{1,60}"),
        4 => text(r"-?[1-9](\.[0-9]{1,20})?[eE][+-]?[0-9]{1,2}"),
        1 => text(r"-?[1-9](\.[0-9]{1,20})?[eE][+-]?[0-9]{3,6}"),
        1 => text(r"-?0(\.0{1,20})?[eE][+-]?[0-9]{1,3}"),
    ]
}

/// Arrays and objects of the value, with a number of levels near the limit.
fn deep() -> impl Strategy<Value = String> {
    let levels = prop_oneof![4 => 90..97_usize, 2 => 97..103_usize, 1 => 103..2_000_usize];
    (levels, any::<bool>()).prop_map(|(levels, is_array)| {
        let (open, close) = if is_array {
            ("[", "]")
        } else {
            ("{\"\":", "}")
        };
        format!("{}\"[{{\"{}", open.repeat(levels), close.repeat(levels))
    })
}

/// Parts of documents. Generating each of them anew would take most of the time.
struct Parts {
    scalars: Vec<String>,
    strings: Vec<String>,
}

impl Parts {
    fn generate(runner: &mut TestRunner) -> Self {
        let scalar = prop_oneof![
            4 => prop::sample::select(&["null", "true", "false", "{ }", "[\n]"][..])
                .prop_map(str::to_owned),
            4 => number(),
            6 => string(),
        ];
        let string = string();
        let count = (cases() / 10).max(2_000);
        Self {
            scalars: (0..count).map(|_| generate(&scalar, runner)).collect(),
            strings: (0..count).map(|_| generate(&string, runner)).collect(),
        }
    }
}

/// An object as a program without a JSON library may write it: with white space, repeated keys, and
/// keys that need escape sequences.
fn document(parts: Parts) -> impl Strategy<Value = String> {
    let key = prop_oneof![
        3 => Just("\"a\"".to_owned()),
        1 => prop::sample::select(parts.strings),
    ];
    let key = key.boxed();
    let scalar = prop::sample::select(parts.scalars);
    let within = key.clone();
    let value = scalar.prop_recursive(4, 8, 3, move |value| {
        let items = prop::collection::vec(value.clone(), 0..3);
        prop_oneof![
            items.prop_map(|items| format!("[{}]", items.join(" ,\t"))),
            object(within.clone(), value),
        ]
    });
    prop_oneof![
        12 => object(key, value),
        1 => deep().prop_map(|value| format!("{{\"a\":{value}}}")),
    ]
}

fn object(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = String> {
    let entry = (key, value).prop_map(|(key, value)| format!("{key} : {value}"));
    prop::collection::vec(entry, 1..4).prop_map(|entries| format!("{{ {} }}", entries.join(" ,\n")))
}

/// Whether `jsonb` stores each document.
fn stored(postgres: &Postgres, documents: &[String]) -> Vec<bool> {
    let setup = "
        CREATE FUNCTION pg_temp.stores(document text) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM document::jsonb;
                RETURN true;
            EXCEPTION
                WHEN untranslatable_character OR invalid_text_representation
                    OR numeric_value_out_of_range THEN RETURN false;
            END
        $$;
    ";
    let rows = documents.iter().map(|document| [document.clone()]);
    postgres.verdicts(setup, "stores", ["document text"], rows)
}

/// The kinds of the problems that the client finds in a document. The schema of a `match` and of
/// metadata is not learnt, so paths have no limit.
fn problems(document: &str) -> BTreeSet<String> {
    let raw = RawValue::from_string(document.to_owned()).unwrap();
    let event = Event::new("announced").matching(&raw).check();
    let upsert = UpsertUserRequest::new(Identifier::new("u").metadata(&raw)).check();
    let kinds = |problems: &[lunogram::Problem]| -> BTreeSet<String> {
        problems
            .iter()
            .map(|problem| format!("{:?}", problem.kind()))
            .collect()
    };
    let found = event.map_or_else(|invalid| kinds(invalid.problems()), |()| BTreeSet::new());
    let other = upsert.map_or_else(|invalid| kinds(invalid.problems()), |()| BTreeSet::new());
    assert_eq!(found, other, "{document}");
    found
}

/// The documents that `jsonb` stores and the client refuses, since the server changes or refuses
/// them before they reach the database: it decodes numbers as doubles.
fn is_refused_on_purpose(kinds: &BTreeSet<String>) -> bool {
    [
        ProblemKind::UnsafeInteger,
        ProblemKind::NotFinite,
        ProblemKind::OutOfRange,
        ProblemKind::TooDeep,
    ]
    .iter()
    .any(|kind| kinds.contains(&format!("{kind:?}")))
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(entries) => entries
            .iter()
            .any(|(key, value)| key.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[tokio::test]
async fn generated_documents_that_jsonb_does_not_store_do_not_leave() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    let http = Http::to(&server);
    let mut runner = TestRunner::deterministic();
    let strategy = document(Parts::generate(&mut runner));
    let documents: Vec<String> = (0..cases())
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    let verdicts = stored(&postgres, &documents);
    let (mut accepted, mut seen) = (0, BTreeSet::new());
    for (index, (document, is_stored)) in documents.iter().zip(verdicts).enumerate() {
        let kinds = problems(document);
        accepted += usize::from(kinds.is_empty());
        if kinds.is_empty() {
            assert!(is_stored, "{document}");
        } else if is_stored {
            assert!(is_refused_on_purpose(&kinds), "{kinds:?} {document}");
        }
        seen.extend(kinds.clone());
        // Each of them would take a long time.
        if index % 10 != 0 {
            continue;
        }
        let body = format!(
            "{{\"identifier\":[{{\"external_id\":\"u{index}\",\"metadata\":{document}}}]}}"
        );
        let status = http.post("users", body).await;
        let has = |kind: ProblemKind| kinds.contains(&format!("{kind:?}"));
        // The server decodes a document before the database sees it: it refuses numbers beyond the
        // doubles, and keeps the last value of a repeated key. The client refuses everything that
        // the server replaces, so the database never sees it.
        let expected = match serde_json::from_str(document) {
            _ if has(ProblemKind::NotFinite) => 400,
            Ok(value) if has_nul(&value) => 500,
            // Not Unicode, with U+0000 in the same text or another one.
            Err(_) if document.contains(r"\u0000") => continue,
            _ => 200,
        };
        assert_eq!(status, expected, "{kinds:?} {document}");
        assert!(expected != 500 || !is_stored, "{document}");
    }
    // Every reason and both verdicts have to occur.
    let every = [
        "NotFinite",
        "Nul",
        "OutOfRange",
        "TooDeep",
        "UnsafeInteger",
        "Unserializable",
    ];
    assert_eq!(seen, every.map(str::to_owned).into());
    assert!(
        (cases() / 4..cases() * 9 / 10).contains(&accepted),
        "{accepted} leave"
    );
}
