//! The requests of another SDK's end-to-end test, in the same order, on both route families.

use super::*;

fn run(server: &Server, prefix: &str) {
    let key = format!("Bearer {}", server.key());
    let call = |method: &str, route: &str, body: Value| {
        let headers = [
            ("content-type", "application/json"),
            ("authorization", &*key),
        ];
        let path = format!("{prefix}/{route}");
        raw(server, method, &path, &headers, body.to_string().as_bytes())
    };
    let user = || identifier("test-user-1");
    let organization = || identifier("test-org-1");

    let reply = call(
        "POST",
        "users",
        json!({
            "identifier": user(), "email": "test-user-1@test.example.com",
            "data": {"first_name": "Test", "last_name": "User"},
        }),
    );
    assert_eq!(reply.status, 200);
    assert!(reply.json()["id"].is_string());
    assert_eq!(reply.json()["email"], "test-user-1@test.example.com");

    let more = json!([
        {"external_id": "test-user-1"},
        {"source": "test-suite", "external_id": "suite-test-user-1"},
    ]);
    let onboarded = json!({"identifier": more, "data": {"has_completed_onboarding": true}});
    let reply = call("POST", "users", onboarded);
    assert_eq!(reply.json()["identifier"].as_array().map(Vec::len), Some(2));
    assert_eq!(reply.json()["data"]["first_name"], "Test");

    let source = json!({"source": "integration_test"});
    let event = json!([{"name": "test_event", "identifier": user(), "data": source}]);
    call("POST", "users/events", event).empty(202);

    let reminder = json!({
        "name": "test_reminder", "identifier": user(),
        "scheduled_at": "2030-01-08T00:00:00.000Z", "data": {"reason": "integration_test"},
    });
    let reply = call("POST", "users/scheduled", reminder);
    assert_eq!(
        (reply.status, reply.json()["name"].as_str()),
        (202, Some("test_reminder"))
    );
    let reminder = json!({"name": "test_reminder", "identifier": user()});
    call("DELETE", "users/scheduled", reminder).empty(200);

    let sent = json!({
        "identifier": organization(), "name": "Test Organization", "data": {"industry": "testing"},
    });
    let reply = call("POST", "organizations", sent);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["name"], "Test Organization");
    let pair =
        json!({"organization": {"identifier": organization()}, "user": {"identifier": user()}});
    let mut admin = pair.clone();
    admin["data"] = json!({"role": "admin"});
    call("POST", "organizations/users", admin).empty(200);
    assert_eq!(server.members("test-org-1")[0].data["role"], "admin");

    let event = json!([{"identifier": organization(), "name": "test_org_event", "data": source}]);
    call("POST", "organizations/events", event).empty(202);
    let renewal = json!({
        "name": "test_contract_renewal", "identifier": organization(),
        "scheduled_at": "2030-02-01T00:00:00.000Z",
    });
    let reply = call("POST", "organizations/scheduled", renewal);
    assert_eq!(
        (reply.status, reply.json()["name"].as_str()),
        (202, Some("test_contract_renewal"))
    );
    let renewal = json!({"name": "test_contract_renewal", "identifier": organization()});
    call("DELETE", "organizations/scheduled", renewal).empty(200);

    call("DELETE", "organizations/users", pair).empty(204);
    call(
        "DELETE",
        "organizations",
        json!({"identifier": organization()}),
    )
    .empty(204);
    call("DELETE", "users", json!({"identifier": user()})).empty(204);
}

#[test]
fn end_to_end_run_leaves_no_data_and_loses_nothing() {
    let server = Server::start().unwrap();
    let project = format!("/api/client/projects/{}", server.project_id());
    for prefix in ["/api/client", &project] {
        run(&server, prefix);
        assert!(server.users().is_empty());
        assert!(server.organizations().is_empty());
        assert!(server.schedules().is_empty());
    }
    assert!(server.lost().is_empty());
    assert_eq!(server.events_named("test_event").len(), 2);
    assert_eq!(server.requests().len(), 26);
}
