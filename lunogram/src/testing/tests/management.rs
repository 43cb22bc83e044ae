//! The management routes, which report observed schemas.

use super::*;
use crate::testing::Management;
use serde_json::{Value, json};

fn get(server: &Server, path: &str) -> Value {
    let path = format!("/api/admin/projects/{}{path}", server.project_id());
    let key = format!("Bearer {}", server.key());
    let reply = raw(server, "GET", &path, &[("authorization", &key)], b"");
    assert_eq!(reply.status, 200, "{path}");
    let mut results = reply.json()["results"].take();
    // The values of ids are not specified.
    for result in results.as_array_mut().unwrap() {
        if let Some(id) = result.as_object_mut().unwrap().remove("id") {
            let id = id.as_str().unwrap();
            assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
        }
    }
    results
}

/// A server that has received data in every scope, and requests that it refused.
fn server_with_schemas(management: Management) -> Server {
    let server = Server::builder().management(management).start().unwrap();
    let send = |route: &str, body: Value, status: u16| {
        let reply = send(&server, "POST", route, &body);
        assert_eq!(reply.status, status, "{route} {body}");
    };
    let jane = identifier("jane");
    let acme = identifier("acme");
    send(
        "users",
        json!({"identifier": jane, "data": {"plan": "pro", "two words": null}}),
        200,
    );
    send(
        "users",
        json!({"identifier": jane, "data": {"plan": 1}}),
        200,
    );
    send("users", json!({"identifier": jane, "data": 1}), 400);
    send(
        "organizations",
        json!({"identifier": acme, "data": {"seats": 3}}),
        200,
    );
    let member = json!({"organization": {"identifier": acme}, "user": {"identifier": jane}, "data": {"admin": true}});
    send("organizations/users", member, 200);
    let event = |name: &str, identifier: &Value, data: Value| json!({"name": name, "identifier": identifier, "data": data});
    let paid = event(
        "paid",
        &jane,
        json!({"items": [{"sku": "a"}, {"sku": 1}, "b"], "amount": 9.5}),
    );
    let lost = event("lost", &identifier("unknown"), json!({"why": "unknown"}));
    send("users/events", json!([paid, lost]), 202);
    // The event before the refused one is processed.
    let both = json!({"name": "never", "identifier": jane, "match": {"plan": "pro"}, "data": {}});
    send(
        "users/events",
        json!([
            event("first", &jane, json!({})),
            both,
            event("last", &jane, json!({}))
        ]),
        400,
    );
    send(
        "organizations/events",
        json!([event("signed", &acme, json!({"months": 12}))]),
        202,
    );
    send(
        "users/scheduled",
        json!({"name": "trial_end", "identifier": jane, "scheduled_at": "2030-01-01T00:00:00Z", "data": {"plan": "pro"}}),
        202,
    );
    send(
        "organizations/scheduled",
        json!({"name": "audit", "identifier": acme, "interval": "1 year"}),
        202,
    );
    server
}

#[test]
fn newer_servers_report_every_scope() {
    let server = server_with_schemas(Management::Newer);
    assert_eq!(
        get(&server, "/subjects/user/events/schema"),
        json!([
            {"name": "first", "schema": []},
            {"name": "lost", "schema": [{"path": ".data.why", "types": ["string"]}]},
            {"name": "paid", "schema": [
                {"path": ".data.amount", "types": ["number"]},
                {"path": ".data.items", "types": ["array"]},
                {"path": ".data.items[]", "types": ["object", "string"]},
                {"path": ".data.items[].sku", "types": ["number", "string"]},
            ]},
        ])
    );
    assert_eq!(
        get(&server, "/subjects/users/schema"),
        json!([
            {"path": ".data.plan", "types": ["number", "string"]},
            {"path": ".data[\"two words\"]", "types": ["null"]},
        ])
    );
    assert_eq!(
        get(&server, "/subjects/user/scheduled/schema"),
        json!([{"name": "trial_end", "schema": [{"path": ".data.plan", "types": ["string"]}]}])
    );
    assert_eq!(
        get(&server, "/subjects/organization/events/schema"),
        json!([{"name": "signed", "schema": [{"path": ".data.months", "types": ["number"]}]}])
    );
    assert_eq!(
        get(&server, "/subjects/organizations/schema"),
        json!([{"path": ".data.seats", "types": ["number"]}])
    );
    assert_eq!(
        get(&server, "/subjects/organizations/users/schema"),
        json!([{"path": ".data.admin", "types": ["boolean"]}])
    );
}

#[test]
fn older_servers_report_users_and_their_events() {
    let server = server_with_schemas(Management::Older);
    assert_eq!(
        get(&server, "/users/schema"),
        json!([
            {"path": ".plan", "types": ["number", "string"]},
            {"path": "[\"two words\"]", "types": ["null"]},
        ])
    );
    assert_eq!(
        get(&server, "/events/schema")[1],
        json!({"name": "lost", "schema": [{"path": ".why", "types": ["string"]}]})
    );
}

#[test]
fn management_routes_check_key_method_and_path() {
    let server = Server::start().unwrap();
    let key = format!("Bearer {}", server.key());
    let right = [("authorization", key.as_str())];
    let own = format!("/api/admin/projects/{}", server.project_id());
    let newer = format!("{own}/subjects/users/schema");
    assert_eq!(raw(&server, "GET", &newer, &[], b"").problem().0, 401);
    assert_eq!(raw(&server, "POST", &newer, &right, b"{}").problem().0, 405);
    let another = format!(
        "/api/admin/projects/{}/subjects/users/schema",
        uuid::Uuid::nil()
    );
    assert_eq!(raw(&server, "GET", &another, &right, b"").problem().0, 401);
    for unknown in [
        "/users/schema",
        "/subjects/users",
        "/subjects/users/schema/",
        "",
    ] {
        let path = format!("{own}{unknown}");
        let reply = raw(&server, "GET", &path, &right, b"");
        let content_type = reply.header("content-type");
        assert_eq!(content_type, Some("text/html; charset=utf-8"), "{unknown}");
    }
}

/// The names of the schemas of a scope, with their ids.
fn named(server: &Server, path: &str) -> Vec<(String, String)> {
    let path = format!("/api/admin/projects/{}{path}", server.project_id());
    let key = format!("Bearer {}", server.key());
    let reply = raw(server, "GET", &path, &[("authorization", &key)], b"").json();
    let text = |result: &Value, field: &str| result[field].as_str().unwrap().to_owned();
    let results = reply["results"].as_array().unwrap();
    results
        .iter()
        .map(|result| (text(result, "name"), text(result, "id")))
        .collect()
}

#[test]
fn schema_ids_are_stable_and_unique() {
    let server = server_with_schemas(Management::Newer);
    let before = named(&server, "/subjects/user/events/schema");
    let event = json!([{"name": "paid", "identifier": identifier("jane"), "data": {"new": 1}}]);
    assert_eq!(send(&server, "POST", "users/events", &event).status, 202);
    assert_eq!(named(&server, "/subjects/user/events/schema"), before);
    let mut ids: Vec<_> = before.into_iter().map(|(_, id)| id).collect();
    ids.extend(
        named(&server, "/subjects/user/scheduled/schema")
            .into_iter()
            .map(|(_, id)| id),
    );
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((all, ids.len()), (4, 4));
}

#[test]
fn only_published_data_is_observed() {
    let server = Server::builder()
        .allow_events(["fine", "conflict"])
        .start()
        .unwrap();
    for subject in ["users", "organizations"] {
        for id in ["one", "two"] {
            let body = json!({"identifier": identifier(id)});
            assert_eq!(send(&server, "POST", subject, &body).status, 200);
        }
        let conflicting = json!([identifier("one")[0], identifier("two")[0]]);
        let events = format!("{subject}/events");
        let upsert = json!({"identifier": conflicting, "data": {"conflict": 1}});
        assert_eq!(send(&server, "POST", subject, &upsert).status, 500);
        let forbidden = json!([
            {"name": "fine", "identifier": identifier("one"), "data": {"forbidden": 1}},
            {"name": "forbidden", "identifier": identifier("one"), "data": {}},
        ]);
        assert_eq!(send(&server, "POST", &events, &forbidden).status, 403);
        let fine = json!([
            {"name": "fine", "match": {"no": "match"}, "data": {"by_match": 1}},
            {"name": "fine", "identifier": identifier("unknown"), "data": {"lost": 1}},
        ]);
        assert_eq!(send(&server, "POST", &events, &fine).status, 202);
        // The platform looks organizations up before it answers, and users afterwards.
        let status = if subject == "users" { 202 } else { 500 };
        let conflict = json!([{"name": "conflict", "identifier": conflicting, "data": {}}]);
        assert_eq!(send(&server, "POST", &events, &conflict).status, status);
    }
    for (name, interval) in [("never", json!("0 days")), ("no_moment", Value::Null)] {
        let body = json!({"name": name, "identifier": identifier("one"), "interval": interval});
        assert_eq!(send(&server, "POST", "users/scheduled", &body).status, 400);
    }
    let number = |path: &str| json!({"path": path, "types": ["number"]});
    let fine = json!({"name": "fine", "schema": [number(".data.by_match"), number(".data.lost")]});
    assert_eq!(
        get(&server, "/subjects/user/events/schema"),
        json!([{"name": "conflict", "schema": []}, fine])
    );
    assert_eq!(
        get(&server, "/subjects/organization/events/schema"),
        json!([fine])
    );
    for empty in [
        "/subjects/users/schema",
        "/subjects/organizations/schema",
        "/subjects/user/scheduled/schema",
    ] {
        assert_eq!(get(&server, empty), json!([]), "{empty}");
    }
}

#[test]
fn only_routes_of_the_own_generation_exist() {
    let newer = [
        "/subjects/user/events/schema",
        "/subjects/users/schema",
        "/subjects/user/scheduled/schema",
        "/subjects/organization/events/schema",
        "/subjects/organizations/schema",
        "/subjects/organizations/users/schema",
    ];
    let older = ["/events/schema", "/users/schema"];
    for (generation, own, others) in [
        (Management::Newer, &newer[..], &older[..]),
        (Management::Older, &older[..], &newer[..]),
    ] {
        let server = Server::builder().management(generation).start().unwrap();
        let key = format!("Bearer {}", server.key());
        let status = |method: &str, path: &str| {
            let path = format!("/api/admin/projects/{}{path}", server.project_id());
            let reply = raw(&server, method, &path, &[("authorization", &key)], b"");
            let is_api = reply.header("content-type") == Some("application/json");
            is_api.then_some(reply.status)
        };
        for path in own {
            assert_eq!(status("GET", path), Some(200), "{path}");
            for method in ["POST", "PUT", "PATCH", "DELETE"] {
                assert_eq!(status(method, path), Some(405), "{method} {path}");
            }
        }
        for path in others {
            assert_eq!(status("GET", path), None, "{path}");
        }
    }
}
