//! The semantics of the Client API, as tables of requests with their statuses and effects.
//!
//! Each file in `semantics` is a table, and its lines are described in [`table`]. A row is a
//! statement about the API, the requests that show it, and what they must leave behind in the
//! embedded server. `beyond.txt` has the statements that no request can show, with the test of the
//! client that covers the statement, or with the reason why nothing can observe it.

mod run;
mod state;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use table::{Proof, Row};

const TABLES: [(&str, &str); 11] = [
    ("routes", include_str!("semantics/routes.txt")),
    ("answers", include_str!("semantics/answers.txt")),
    ("database", include_str!("semantics/database.txt")),
    ("identifiers", include_str!("semantics/identifiers.txt")),
    ("upserts", include_str!("semantics/upserts.txt")),
    ("events", include_str!("semantics/events.txt")),
    ("schedules", include_str!("semantics/schedules.txt")),
    ("inboxes", include_str!("semantics/inboxes.txt")),
    ("sessions", include_str!("semantics/sessions.txt")),
    ("management", include_str!("semantics/management.txt")),
    ("beyond", include_str!("semantics/beyond.txt")),
];

fn rows() -> impl Iterator<Item = Row<'static>> {
    TABLES
        .into_iter()
        .flat_map(|(name, text)| table::parse(name, text))
}

#[tokio::test]
async fn every_statement_that_requests_can_show_holds() {
    let http = run::http();
    let mut failures = Vec::new();
    let mut shown = 0;
    for row in rows() {
        if let Proof::Steps { settings, steps } = &row.proof {
            shown += 1;
            let failed = run::run(&http, settings, steps).await.err();
            failures.extend(failed.map(|failure| format!("{}\n{failure}", row.place())));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(shown > 100, "only {shown} rows were run");
}

#[test]
fn every_other_statement_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for row in rows() {
        if let Proof::Test { file, function } = row.proof {
            let code = fs::read_to_string(root.join(file)).unwrap_or_default();
            let exists = code.contains(&format!("fn {function}("));
            assert!(exists, "{}: no test {function} in {file}", row.place());
        }
    }
}

#[test]
fn no_statement_stands_twice() {
    let mut seen = BTreeSet::new();
    for row in rows() {
        assert!(seen.insert(row.statement), "{} stands twice", row.place());
    }
}

/// Proves that a row can fail, at each kind of expectation.
#[tokio::test]
async fn rows_with_wrong_expectations_fail() {
    let http = run::http();
    let request = r#"POST users {"identifier": [{"external_id": "u"}], "data": {"a": 1}}"#;
    for (wrong, message) in [
        ("-> 201", "status"),
        ("-> 200 empty", "body"),
        ("-> 200 html", "content-type"),
        (r#"-> 200 "~user""#, "body"),
        (r#"-> 200 {"version": 1}"#, "version"),
        (r#"-> 200 {"data": {}}"#, "data"),
        ("-> 200\n  users []", "users"),
        ("-> 200\n  lost [{}]", "lost"),
        ("-> 200\n  users [{\"email\": \"*\"}]", "email"),
        ("-> 200\n  users [{\"identifiers\": null}]", "identifiers"),
    ] {
        let text = format!("= Anything.\n  {request}\n  {wrong}\n");
        let row = table::parse("wrong", &text).remove(0);
        let Proof::Steps { settings, steps } = &row.proof else {
            panic!("{text} has no steps");
        };
        let failure = run::run(&http, settings, steps).await.expect_err(wrong);
        assert!(failure.contains(message), "{wrong}: {failure}");
    }
}
