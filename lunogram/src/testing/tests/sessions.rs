//! Minting sessions, and using their tokens.

use super::*;

const MINT: &str = "/api/client/auth-methods/00000000-0000-0000-0000-000000000007/sessions";
const BODY: &[u8] = br#"{"identifier": [{"external_id": "jane"}]}"#;

fn mint(server: &Server) -> String {
    let route = MINT.strip_prefix("/api/client/").unwrap();
    let reply = send(server, "POST", route, &json!({"user_id": "jane"}));
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    format!("Bearer {}", reply.json()["token"].as_str().unwrap())
}

#[test]
fn user_id_is_required() {
    let server = Server::start().unwrap();
    let route = MINT.strip_prefix("/api/client/").unwrap();
    for body in [
        json!({}),
        json!({"user_id": 7}),
        json!({"user_id": null}),
        json!([]),
    ] {
        assert_eq!(
            send(&server, "POST", route, &body).problem().0,
            400,
            "{body}"
        );
    }
    assert!(server.sessions().is_empty());
}

#[test]
fn only_an_api_key_mints_sessions() {
    let server = Server::start().unwrap();
    let session = mint(&server);
    for body in [&br#"{"user_id": "jane"}"#[..], b"{}"] {
        let reply = raw(&server, "POST", MINT, &[("authorization", &session)], body);
        let expected = (403, "an API key is required to mint sessions".to_owned());
        assert_eq!(reply.problem(), expected);
    }
    assert_eq!(raw(&server, "POST", MINT, &[], b"{}").problem().0, 401);
}

#[test]
fn session_token_is_valid_in_browsers_and_its_project() {
    let server = Server::start().unwrap();
    let session = mint(&server);
    let headers = [
        ("authorization", &*session),
        ("origin", "https://shop.example"),
    ];
    let send = |path: &str| raw(&server, "POST", path, &headers, BODY).status;
    assert_eq!(send("/api/client/users"), 200);
    let scoped = |project: uuid::Uuid| format!("/api/client/projects/{project}/users");
    assert_eq!(send(&scoped(server.project_id())), 200);
    assert_eq!(send(&scoped(uuid::Uuid::nil())), 401);
}

const OWN: &str = "session:00000000-0000-0000-0000-000000000007";

/// Sends JSON with a session's token.
fn call(server: &Server, session: &str, method: &str, route: &str, body: &Value) -> Reply {
    let headers = [("authorization", session)];
    let path = format!("/api/client/{route}");
    raw(server, method, &path, &headers, body.to_string().as_bytes())
}

#[test]
fn session_is_bound_to_its_own_identifier() {
    let server = server_with_jane();
    let own = json!([{"external_id": "jane"}, {"source": OWN, "external_id": "jane"}]);
    send(&server, "POST", "users", &json!({"identifier": own}));
    send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("joe")}),
    );
    let session = mint(&server);
    let call = |method, route, body: &Value| call(&server, &session, method, route, body);
    let joe = || identifier("joe");

    let upsert = json!({"identifier": joe(), "data": {"seen": true}});
    let user = call("POST", "users", &upsert).json();
    assert_eq!(user["id"], json!(server.user("jane").unwrap().id));
    assert!(server.user("joe").unwrap().data.is_empty());

    let events = json!([
        {"name": "for_joe", "identifier": joe(), "data": {}},
        {"name": "without_identifier", "data": {}},
        {"name": "for_both", "identifier": joe(), "match": null, "data": {}},
    ]);
    call("POST", "users/events", &events).empty(202);
    let jane = server.user("jane").unwrap().id;
    assert_eq!(server.all_events().len(), 3);
    assert!(
        server
            .all_events()
            .iter()
            .all(|event| event.reached == [jane])
    );

    let at = json!({"name": "call", "identifier": joe(), "scheduled_at": "2027-01-01T00:00:00Z"});
    assert_eq!(call("POST", "users/scheduled", &at).status, 202);
    assert_eq!(server.user_schedules("jane").len(), 1);
    call(
        "DELETE",
        "users/scheduled",
        &json!({"name": "call", "identifier": joe()}),
    )
    .empty(200);
    assert!(server.user_schedules("jane").is_empty());

    let device =
        json!({"identifier": joe(), "device_id": "d", "os": "ios", "config": {"token": "t"}});
    call("POST", "users/devices", &device).empty(201);
    assert_eq!(
        (server.devices("jane").len(), server.devices("joe").len()),
        (1, 0)
    );

    let message =
        json!([{"target": joe(), "identifier": {"external_id": "m"}, "channel": "inbox"}]);
    call("POST", "users/inbox", &message).empty(202);
    let of_joe = "users/inbox?source=default&external_id=joe&channel=inbox";
    let page = call("GET", of_joe, &Value::Null).json();
    assert_eq!(page["total"], 1);
    let mark = json!([{"target": joe(), "message_id": page["results"][0]["id"]}]);
    call("POST", "users/inbox/read", &mark).empty(202);
    assert!(server.user_inbox("jane")[0].read_at.is_some());
    assert!(server.lost().is_empty());

    call("DELETE", "users", &json!({"identifier": joe()})).empty(204);
    assert!(server.user("jane").is_none() && server.user("joe").is_some());
}

#[test]
fn session_makes_a_second_profile_if_its_identifier_is_unknown() {
    let server = server_with_jane();
    let session = mint(&server);
    let upsert = json!({"identifier": identifier("jane")});
    call(&server, &session, "POST", "users", &upsert);
    assert_eq!(server.users().len(), 2);
    assert_ne!(
        server.user_by(OWN, "jane").unwrap().id,
        server.user("jane").unwrap().id
    );
}

#[test]
fn session_sends_no_match_and_reaches_no_organization() {
    let server = Server::builder()
        .allow_events(["of_the_key"])
        .allow_session_events(["of_the_session"])
        .start()
        .unwrap();
    let session = mint(&server);
    let call = |method, route, body: &Value| call(&server, &session, method, route, body);
    call("POST", "users", &json!({"identifier": identifier("jane")}));

    let event = json!({"name": "of_the_session", "data": {}});
    let mut by_match = event.clone();
    by_match["match"] = json!({});
    let batch = json!([event, by_match, event]);
    assert_eq!(call("POST", "users/events", &batch).problem().0, 403);
    assert_eq!(
        server.all_events().len(),
        1,
        "the event before the `match` is processed"
    );
    let other = json!([event, {"name": "of_the_key", "data": {}}]);
    assert_eq!(call("POST", "users/events", &other).problem().0, 403);
    assert_eq!(server.all_events().len(), 1);

    let query = "source=default&external_id=acme&channel=inbox";
    let (inbox, count) = ("organizations/inbox", "organizations/inbox/count");
    let (inbox, count) = (format!("{inbox}?{query}"), format!("{count}?{query}"));
    for (method, route) in [
        ("POST", "organizations"),
        ("DELETE", "organizations"),
        ("POST", "organizations/users"),
        ("DELETE", "organizations/users"),
        ("POST", "organizations/events"),
        ("POST", "organizations/scheduled"),
        ("DELETE", "organizations/scheduled"),
        ("POST", "organizations/inbox"),
        ("GET", &*inbox),
        ("GET", &*count),
        ("POST", "organizations/inbox/read"),
        ("POST", "organizations/inbox/archived"),
    ] {
        assert_eq!(
            call(method, route, &json!({})).problem().0,
            403,
            "{method} {route}"
        );
    }
    assert_eq!(call("GET", "push/vapid", &Value::Null).status, 200);
}

#[test]
fn session_of_all_data_acts_like_a_key() {
    let server = Server::builder()
        .session_data(SessionData::All)
        .start()
        .unwrap();
    let session = mint(&server);
    let call = |method, route, body: &Value| call(&server, &session, method, route, body);
    for route in ["users", "organizations"] {
        let upsert = json!({"identifier": identifier("joe"), "data": {"plan": "pro"}});
        assert_eq!(call("POST", route, &upsert).status, 200);
    }
    assert!(server.user("joe").is_some() && server.organization("joe").is_some());
    let by_match = json!([{"name": "x", "match": {"plan": "pro"}, "data": {}}]);
    call("POST", "users/events", &by_match).empty(202);
    let no_subject = json!([{"name": "x", "data": {}}]);
    assert_eq!(call("POST", "users/events", &no_subject).problem().0, 400);
    let route = MINT.strip_prefix("/api/client/").unwrap();
    assert_eq!(
        call("POST", route, &json!({"user_id": "joe"})).problem().0,
        403
    );
}

#[test]
fn expired_session_is_refused_even_if_any_key_is_accepted() {
    let server = Server::builder().any_key().start().unwrap();
    let session = mint(&server);
    let send = || {
        let headers = [("authorization", &*session)];
        raw(&server, "POST", "/api/client/users", &headers, BODY).status
    };
    assert_eq!(send(), 200);
    server.expire_sessions();
    assert_eq!(send(), 401);
}
