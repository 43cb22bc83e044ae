//! The content of rows.

use super::*;

#[test]
fn rows_show_subject_reason_and_data() {
    let server = server_with_page();
    add(&server, "jane");
    let matching =
        json!({"name": "announced", "match": {"plan": "pro"}, "data": {"9": 2, "10": 1.5}});
    post(
        &server,
        &[
            event("signed_up", "jane"),
            event("left", "unknown"),
            matching,
        ],
    );
    send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("joe"), "email": "no"}),
    );
    let update = update_since(&server, "");
    let events = &update["logs"]["events"]["rows"];
    assert_eq!(events[0]["about"], "jane");
    assert_eq!(
        events[0]["texts"],
        json!([["data", "{\n  \"of\": \"jane\"\n}"]])
    );
    assert_eq!(events[1]["about"], "reached 0 by {\"plan\":\"pro\"}");
    // The order of the server, not of a JavaScript object.
    assert_eq!(events[1]["texts"][0][1], "{\n  \"10\": 1.5,\n  \"9\": 2\n}");
    let lost = &update["logs"]["lost"]["rows"][0];
    let reason = "no user has any of these identifiers; upsert the user first";
    assert_eq!(
        (&lost["problem"], &lost["tag"]),
        (&json!(reason), &json!("event"))
    );
    let refused = &update["logs"]["refused"]["rows"][0];
    assert_eq!(refused["tag"], "400");
    let reason = "request body has an error: \"/email\" must be an e-mail address";
    assert_eq!(refused["problem"], reason);
    let body = refused["texts"][0][1].as_str().unwrap();
    assert!(body.contains("\"email\": \"no\""), "{body}");
    let user = &update["snapshots"]["users"]["rows"][0];
    assert_eq!(
        (&user["name"], &user["about"]),
        (&json!("jane"), &json!("jane@example.com"))
    );
}

#[test]
fn rows_and_updates_are_limited_in_size() {
    let server = server_with_page();
    add(&server, "jane");
    let long = "x".repeat(100_000);
    let events: Vec<_> = (0..20)
        .map(|_| json!({"name": long, "identifier": identifier("jane"), "data": {"long": long}}))
        .collect();
    post(&server, &events);
    post(&server, &events);
    raw(
        &server,
        "POST",
        &format!("/{}", "y".repeat(20_000)),
        &[],
        b"",
    );
    let reply = raw(&server, "GET", "/live", &[], b"");
    assert!(reply.body.len() < 2 << 20, "{} bytes", reply.body.len());
    let update = reply.json();
    assert_eq!(update["more"], true);
    let row = &update["logs"]["lost"]["rows"][0];
    assert!(row["name"].as_str().unwrap().len() < 2_000);
    assert!(row.to_string().len() < 40_000);
}

#[test]
fn secrets_are_not_shown() {
    let server = server_with_page();
    add(&server, "jane");
    let device = |user: &str| json!({"identifier": identifier(user), "device_id": "d", "os": "ios", "config": {"token": "s3cret"}});
    send(&server, "POST", "users/devices", &device("jane")).empty(201);
    assert_eq!(
        send(&server, "POST", "users/devices", &device("unknown")).status,
        404
    );
    let mint = "auth-methods/00000000-0000-0000-0000-000000000007/sessions";
    let session = send(&server, "POST", mint, &json!({"user_id": "jane"})).json();
    let token = session["token"].as_str().unwrap();
    raw(
        &server,
        "POST",
        "/api/client/users",
        &[("authorization", "Bearer s3cret")],
        b"{}",
    );
    let shown = raw(&server, "GET", "/live", &[], b"").body;
    assert!(shown.contains("[secret]") && shown.contains("device_id"));
    for secret in ["s3cret", token, server.key()] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
