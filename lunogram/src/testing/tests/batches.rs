//! Batches of events: errors that refuse the batch, and errors that stop it at one event.

use super::*;
use crate::subject::SubjectKind;

fn names(server: &Server) -> Vec<String> {
    server
        .all_events()
        .into_iter()
        .map(|event| event.name)
        .collect()
}

#[test]
fn malformed_event_refuses_the_batch() {
    let server = server_with_jane();
    let good = json!({"name": "good", "identifier": identifier("jane"), "data": {}});
    for (bad, path) in [
        (
            json!({"identifier": identifier("jane"), "data": {}}),
            "/1/name",
        ),
        (
            json!({"name": 1, "identifier": identifier("jane"), "data": {}}),
            "/1/name",
        ),
        (
            json!({"name": "x", "identifier": identifier("jane")}),
            "/1/data",
        ),
        (
            json!({"name": "x", "identifier": identifier("jane"), "data": null}),
            "/1/data",
        ),
        (
            json!({"name": "x", "identifier": identifier("jane"), "data": []}),
            "/1/data",
        ),
        (
            json!({"name": "x", "identifier": [], "data": {}}),
            "/1/identifier",
        ),
        (
            json!({"name": "x", "identifier": null, "data": {}}),
            "/1/identifier",
        ),
        (
            json!({"name": "x", "identifier": [{}], "data": {}}),
            "/1/identifier/0/external_id",
        ),
        (
            json!({"name": "x", "identifier": identifier(""), "data": {}}),
            "/1/identifier/0/external_id",
        ),
        (json!({"name": "x", "match": "pro", "data": {}}), "/1/match"),
        (json!("x"), "/1"),
    ] {
        let reply = send(&server, "POST", "users/events", &json!([good, bad]));
        let (status, detail) = reply.problem();
        assert_eq!(status, 400, "{bad}");
        assert!(detail.contains(&format!("\"{path}\"")), "{bad}: {detail}");
    }
    for body in [json!([]), json!({}), json!(null)] {
        assert_eq!(
            send(&server, "POST", "users/events", &body).problem().0,
            400
        );
    }
    assert!(server.all_events().is_empty());
}

#[test]
fn event_without_one_target_stops_the_batch() {
    let server = server_with_jane();
    let event = |name: &str| json!({"name": name, "identifier": identifier("jane"), "data": {}});
    let neither = json!({"name": "neither", "match": null, "data": {}});
    let reply = send(
        &server,
        "POST",
        "users/events",
        &json!([event("one"), neither, event("two")]),
    );
    assert_eq!(
        reply.problem(),
        (400, "one of match or identifier is required".to_owned())
    );
    assert_eq!(names(&server), ["one"]);

    let mut both = event("both");
    both["match"] = json!({});
    let reply = send(
        &server,
        "POST",
        "users/events",
        &json!([event("three"), both]),
    );
    assert_eq!(
        reply.problem(),
        (
            400,
            "match and identifier are mutually exclusive".to_owned()
        )
    );
    assert_eq!(names(&server), ["one", "three"]);
}

#[test]
fn allow_list_is_checked_after_the_shapes_and_before_the_first_event() {
    let server = Server::builder().allow_events(["fine"]).start().unwrap();
    let event = |name: &str| json!({"name": name, "match": {}, "data": {}});
    let post = |body: &Value| send(&server, "POST", "users/events", body);

    assert_eq!(
        post(&json!([event("fine"), event("Fine")])).problem().0,
        403
    );
    assert_eq!(
        post(&json!([event("other"), {"name": "fine"}])).problem().0,
        400
    );
    // The allow-list is checked for the whole batch before the targets.
    assert_eq!(
        post(&json!([{"name": "fine", "data": {}}, event("other")]))
            .problem()
            .0,
        403
    );
    assert!(server.all_events().is_empty());

    post(&json!([event("fine")])).empty(202);
    assert_eq!(names(&server), ["fine"]);
    let reply = send(
        &server,
        "POST",
        "organizations/events",
        &json!([event("other")]),
    );
    assert_eq!(reply.problem().0, 403);
}

#[test]
fn organization_event_may_omit_data() {
    let server = Server::start().unwrap();
    let acme = json!({"identifier": identifier("acme"), "data": {"plan": "pro"}});
    send(&server, "POST", "organizations", &acme);
    let batch = json!([
        {"name": "renewed", "identifier": identifier("acme")},
        {"name": "renewed", "match": {"plan": "pro"}, "data": null},
        {"name": "renewed", "identifier": identifier("unknown"), "data": {"n": 1}},
    ]);
    send(&server, "POST", "organizations/events", &batch).empty(202);
    let id = server.organization("acme").unwrap().id;
    let renewed = server.events_named("renewed");
    assert_eq!(renewed.len(), 2);
    assert!(
        renewed
            .iter()
            .all(|event| event.reached == [id] && event.data.is_empty())
    );
    let lost = server.lost();
    assert_eq!(lost.len(), 1);
    assert_eq!(
        (lost[0].kind, lost[0].subject),
        (LostKind::Event, SubjectKind::Organization)
    );
    assert_eq!(lost[0].data["n"], 1);
}
