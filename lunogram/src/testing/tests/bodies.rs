//! Request and response bodies.

use super::*;

#[track_caller]
fn assert_keys(object: &Value, keys: &[&str]) {
    let mut actual: Vec<_> = object
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let mut keys = keys.to_vec();
    actual.sort_unstable();
    keys.sort_unstable();
    assert_eq!(actual, keys);
}

#[test]
fn user_has_the_fields_of_the_contract() {
    let server = Server::start().unwrap();
    let bare = send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("jane")}),
    );
    assert_eq!(bare.status, 200);
    assert_eq!(bare.header("content-type"), Some("application/json"));
    let bare = bare.json();
    let required = [
        "id",
        "project_id",
        "identifier",
        "data",
        "has_push_device",
        "version",
        "created_at",
        "updated_at",
    ];
    assert_keys(&bare, &required);
    assert_keys(
        &bare["identifier"][0],
        &[
            "id",
            "source",
            "external_id",
            "metadata",
            "created_at",
            "updated_at",
        ],
    );
    assert_eq!(bare["identifier"][0]["source"], "default");
    assert_eq!((&bare["version"], &bare["data"]), (&json!(0), &json!({})));

    let full = json!({
        "identifier": [{"external_id": "jane", "source": "", "metadata": null}],
        "email": "jane@example.com", "phone": "+31612345678", "timezone": "Europe/Amsterdam", "locale": "nl-NL",
        "data": {"gone": null, "big": 9_007_199_254_740_993_i64}, "unknown": [1, 2, 3],
    });
    let full = send(&server, "POST", "users", &full).json();
    assert_keys(
        &full,
        &[&required[..], &["email", "phone", "timezone", "locale"]].concat(),
    );
    assert_eq!(
        full["data"],
        json!({"gone": null, "big": 9_007_199_254_740_992_i64})
    );
    assert_eq!((&full["id"], &full["version"]), (&bare["id"], &json!(1)));

    let nulls = json!({
        "identifier": identifier("jane"),
        "email": null, "phone": null, "timezone": null, "locale": null, "data": null,
    });
    let kept = send(&server, "POST", "users", &nulls).json();
    assert_eq!(kept["email"], "jane@example.com");
    assert_eq!(kept["locale"], "nl-NL");
    assert_eq!(kept["data"], full["data"]);
    assert_eq!(kept["version"], 2);
}

#[test]
fn organization_and_schedule_have_the_fields_of_the_contract() {
    let server = server_with_jane();
    let sent = json!({"identifier": identifier("acme")});
    let organization = send(&server, "POST", "organizations", &sent).json();
    let required = [
        "id",
        "project_id",
        "identifier",
        "data",
        "version",
        "created_at",
        "updated_at",
    ];
    assert_keys(&organization, &required);

    let sent = json!({
        "name": "trial_end", "identifier": identifier("jane"), "id": null, "interval": null,
        "scheduled_at": "2027-01-02T03:04:05.25+01:00", "data": {"plan": "pro"},
    });
    let reply = send(&server, "POST", "users/scheduled", &sent);
    assert_eq!(reply.status, 202);
    let accepted = reply.json();
    assert_keys(&accepted, &["id", "name", "scheduled_at", "data"]);
    assert_eq!(accepted["scheduled_at"], "2027-01-02T02:04:05.250Z");
    let stored = server.user_schedule("jane", "trial_end").unwrap();
    assert_eq!(json!(stored.id), accepted["id"]);
    assert_eq!(stored.data["plan"], "pro");
}

#[test]
fn invalid_values_are_refused() {
    let server = Server::start().unwrap();
    let with = |name: &str, value: Value| {
        let mut body = json!({"identifier": identifier("jane"), "name": "x"});
        body[name] = value;
        body
    };
    for (route, body) in [
        ("users", with("email", json!("not an address"))),
        ("users", with("email", json!(1))),
        ("users", with("phone", json!("0612345678"))),
        ("users", with("timezone", json!({}))),
        ("users", with("data", json!([]))),
        ("users", with("identifier", json!("jane"))),
        ("users", json!({})),
        ("users", json!([])),
        ("organizations", with("name", json!(1))),
        (
            "organizations/users",
            json!({"organization": {"identifier": identifier("acme")}}),
        ),
        ("users/scheduled", with("scheduled_at", json!("tomorrow"))),
        ("users/scheduled", with("id", json!("7"))),
        ("users/scheduled", with("data", json!({}))),
        ("users/scheduled", with("interval", json!("one day"))),
    ] {
        let (status, detail) = send(&server, "POST", route, &body).problem();
        assert_eq!(status, 400, "{route} {body}");
        for value in ["not an address", "0612345678", "tomorrow", "one day"] {
            assert!(!detail.contains(value), "{detail}");
        }
    }
    assert!(server.users().is_empty());
    assert!(server.organizations().is_empty());
}

#[test]
fn invalid_json_is_refused() {
    let server = Server::start().unwrap();
    let key = format!("Bearer {}", server.key());
    for body in [&b""[..], b"{", b"{} {}", b"identifier=jane", b"\xff"] {
        let reply = raw(
            &server,
            "DELETE",
            "/api/client/users",
            &[("authorization", &key)],
            body,
        );
        assert_eq!(reply.problem(), (400, "invalid request body".to_owned()));
    }
}

#[test]
fn body_beyond_the_limit_is_refused() {
    let server = Server::start().unwrap();
    let send_padded = |length: usize| {
        let body = json!({"identifier": identifier("jane"), "padding": ""});
        let padding = "x".repeat(length - body.to_string().len());
        let body = json!({"identifier": identifier("jane"), "padding": padding});
        assert_eq!(body.to_string().len(), length);
        send(&server, "POST", "users", &body)
    };
    assert_eq!(send_padded((5 << 20) + 1).problem().0, 413);
    assert!(server.users().is_empty());
    assert_eq!(server.requests()[0].body, None);
    assert_eq!(send_padded(5 << 20).status, 200);
}

#[test]
fn unknown_subjects_and_schedules_are_not_found() {
    let server = server_with_jane();
    let unknown = json!({"identifier": identifier("unknown")});
    let named = json!({"identifier": identifier("unknown"), "name": "x"});
    let jane = json!({"identifier": identifier("jane"), "name": "x"});
    let acme = json!({"identifier": identifier("acme")});
    send(&server, "POST", "organizations", &acme);
    let pair = |organization: &str, user: &str| {
        json!({
            "organization": {"identifier": identifier(organization)},
            "user": {"identifier": identifier(user)},
        })
    };
    let single = json!({
        "identifier": identifier("unknown"), "name": "x", "scheduled_at": "2027-01-01T00:00:00Z",
    });
    for (method, route, body, missing) in [
        ("DELETE", "users", &unknown, "user"),
        ("DELETE", "organizations", &unknown, "organization"),
        ("DELETE", "users/scheduled", &named, "user"),
        ("DELETE", "users/scheduled", &jane, "schedule"),
        ("DELETE", "organizations/scheduled", &named, "organization"),
        ("POST", "organizations/scheduled", &single, "organization"),
        (
            "POST",
            "organizations/users",
            &pair("unknown", "jane"),
            "organization",
        ),
        (
            "POST",
            "organizations/users",
            &pair("acme", "unknown"),
            "user",
        ),
        (
            "DELETE",
            "organizations/users",
            &pair("acme", "unknown"),
            "user",
        ),
    ] {
        let problem = send(&server, method, route, body).problem();
        assert_eq!(
            problem,
            (404, format!("{missing} not found")),
            "{method} {route}"
        );
    }
}

#[test]
fn conflicting_identifiers_fail_and_change_nothing() {
    let server = server_with_jane();
    send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("joe")}),
    );
    let before = server.users();
    let both = json!([{"external_id": "jane"}, {"external_id": "joe"}, {"external_id": "new"}]);
    for method in ["POST", "DELETE"] {
        let body = json!({"identifier": both, "data": {"x": 1}});
        assert_eq!(send(&server, method, "users", &body).problem().0, 500);
    }
    assert_eq!(server.users(), before);
}

#[test]
fn body_must_be_sent_as_json() {
    let server = Server::start().unwrap();
    let key = format!("Bearer {}", server.key());
    let body = json!({"identifier": identifier("jane")}).to_string();
    let send = |content_type: &str| {
        let headers = [("authorization", &*key), ("content-type", content_type)];
        raw(
            &server,
            "POST",
            "/api/client/users",
            &headers,
            body.as_bytes(),
        )
    };
    for wrong in [
        "",
        "text/plain",
        "application/json5",
        "application/problem+json",
    ] {
        let expected = (400, "the content-type must be application/json".to_owned());
        assert_eq!(send(wrong).problem(), expected, "{wrong}");
    }
    assert!(server.users().is_empty());
    for right in [
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
    ] {
        assert_eq!(send(right).status, 200, "{right}");
    }
}

#[test]
fn moments_are_read_as_the_platform_reads_them() {
    let server = server_with_jane();
    for (moment, status) in [
        ("2027-01-02T03:04:05Z", 202),
        ("2027-01-02T03:04:05.123456+01:30", 202),
        ("2027-01-02T23:59:60Z", 400),
        ("2027-01-02t03:04:05Z", 400),
        ("2027-01-02T03:04:05z", 400),
        ("2027-01-02 03:04:05Z", 400),
    ] {
        let body = json!({"identifier": identifier("jane"), "name": "x", "scheduled_at": moment});
        let reply = send(&server, "POST", "users/scheduled", &body);
        assert_eq!(reply.status, status, "{moment}");
    }
}

#[test]
fn reason_of_an_internal_error_is_logged_and_not_answered() {
    let details = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let collected = std::sync::Arc::clone(&details);
    let server = Server::builder()
        .on_request(move |request| collected.lock().unwrap().extend(request.detail.clone()))
        .start()
        .unwrap();
    let body = json!({"identifier": identifier("jane"), "data": {"note": "a\0b"}});
    let (status, detail) = send(&server, "POST", "users", &body).problem();
    assert_eq!(
        (status, detail.as_str()),
        (500, "an internal server error has occurred")
    );
    assert_eq!(
        *details.lock().unwrap(),
        ["data.note has the character U+0000, which the database does not take"]
    );
}
