//! Inboxes over HTTP.

use super::*;

const JANE: &str = "source=default&external_id=jane&channel=inbox";

fn get(server: &Server, route: &str, query: &str) -> Reply {
    let key = format!("Bearer {}", server.key());
    let path = format!("/api/client/{route}?{query}");
    raw(server, "GET", &path, &[("authorization", &key)], b"")
}

fn message(id: &str) -> Value {
    json!({"target": identifier("jane"), "identifier": {"external_id": id}, "channel": "inbox"})
}

#[test]
fn message_has_the_fields_of_the_contract() {
    let server = server_with_jane();
    let nulls = json!({
        "target": identifier("jane"), "identifier": {"external_id": "m", "source": "", "metadata": null},
        "channel": "inbox", "sender_identity_id": null, "campaign_id": null, "broadcast_id": null,
        "content": null, "data": null, "tags": [], "source": null, "scheduled_at": null, "expires_at": null,
    });
    send(&server, "POST", "users/inbox", &json!([nulls])).empty(202);
    let list = get(&server, "users/inbox", JANE).json();
    let found = &list["results"][0];
    assert_eq!(found["external_id"], "m");
    assert_eq!(
        (&found["content"], &found["data"]),
        (&json!({}), &json!({}))
    );
    assert_eq!(
        (&found["tags"], &found["priority"]),
        (&json!([]), &json!(3))
    );
    assert_eq!(found["scheduled_at"], found["created_at"]);
    assert_eq!(found.get("organization_id"), None);
    let rest = [&list["total"], &list["limit"], &list["offset"]];
    assert_eq!(rest, [&json!(1), &json!(20), &json!(0)]);
    let count = get(&server, "users/inbox/count", JANE).json();
    assert_eq!(count, json!({"unread": 1, "total": 1}));
}

#[test]
fn malformed_item_refuses_the_batch() {
    let server = server_with_jane();
    let with = |name: &str, value: Value| {
        let mut message = message("bad");
        message[name] = value;
        message
    };
    for (name, value, path) in [
        ("target", json!([]), "/1/target"),
        ("target", json!({"external_id": "jane"}), "/1/target"),
        ("identifier", identifier("m"), "/1/identifier"),
        (
            "identifier",
            json!({"external_id": ""}),
            "/1/identifier/external_id",
        ),
        ("channel", json!("fax"), "/1/channel"),
        ("channel", Value::Null, "/1/channel"),
        ("content", json!([]), "/1/content"),
        ("tags", json!("a"), "/1/tags"),
        ("tags", json!(["a", 1]), "/1/tags/1"),
        ("priority", json!(0), "/1/priority"),
        ("priority", json!(6), "/1/priority"),
        ("priority", json!(1.5), "/1/priority"),
        ("campaign_id", json!("7"), "/1/campaign_id"),
        ("expires_at", json!("soon"), "/1/expires_at"),
    ] {
        let batch = json!([message("good"), with(name, value)]);
        let (status, detail) = send(&server, "POST", "users/inbox", &batch).problem();
        assert_eq!(status, 400, "{batch}");
        assert!(detail.contains(&format!("\"{path}\"")), "{path}: {detail}");
    }
    for mark in [
        json!({"target": identifier("jane")}),
        json!({"message_id": uuid::Uuid::nil()}),
    ] {
        for route in ["users/inbox/read", "organizations/inbox/archived"] {
            assert_eq!(
                send(&server, "POST", route, &json!([mark])).problem().0,
                400
            );
        }
    }
    assert!(server.user_inbox("jane").is_empty());
    assert!(server.lost().is_empty());
}

#[test]
fn batch_has_one_to_a_hundred_items() {
    let server = server_with_jane();
    let messages = |count: u32| -> Value {
        (0..count)
            .map(|number| message(&number.to_string()))
            .collect()
    };
    for (count, status) in [(0, 400), (101, 400), (100, 202)] {
        let reply = send(&server, "POST", "users/inbox", &messages(count));
        assert_eq!(reply.status, status, "{reply:?}");
    }
    assert_eq!(server.user_inbox("jane").len(), 100);
    let mark = json!({"target": identifier("jane"), "message_id": uuid::Uuid::nil()});
    let marks = Value::from(vec![mark; 101]);
    for route in ["users/inbox/read", "users/inbox/archived"] {
        assert_eq!(send(&server, "POST", route, &marks).problem().0, 400);
        assert_eq!(send(&server, "POST", route, &json!([])).problem().0, 400);
    }
}

#[test]
fn query_parameters_are_validated() {
    let server = server_with_jane();
    for (query, name) in [
        ("external_id=jane&channel=inbox", "source"),
        ("source=default&channel=inbox", "external_id"),
        ("source=default&external_id=jane", "channel"),
        ("source=default&external_id=jane&channel=fax", "channel"),
    ] {
        for route in ["users/inbox", "users/inbox/count"] {
            let (status, detail) = get(&server, route, query).problem();
            assert_eq!(status, 400, "{query}");
            assert!(detail.contains(&format!("\"{name}\" in query")), "{detail}");
        }
    }
    for (more, name) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("status=unknown", "status"),
        ("priority=high", "priority"),
    ] {
        let (status, detail) = get(&server, "users/inbox", &format!("{JANE}&{more}")).problem();
        assert_eq!(status, 400, "{more}");
        assert!(detail.contains(&format!("\"{name}\" in query")), "{detail}");
    }
    for more in [
        "",
        "&limit=1",
        "&limit=100&offset=7&tags=&status=read",
        "&unknown=1",
    ] {
        let reply = get(&server, "users/inbox", &format!("{JANE}{more}"));
        assert_eq!(reply.status, 200, "{more}");
    }
    for route in ["users/inbox", "users/inbox/count"] {
        let empty = get(&server, route, "source=&external_id=jane&channel=inbox");
        assert_eq!(empty.problem(), (404, "user not found".to_owned()));
    }
    let beyond = get(&server, "users/inbox", &format!("{JANE}&offset=7"));
    assert_eq!(beyond.json()["total"], 0);
}

#[test]
fn inbox_of_an_unknown_subject_is_not_found() {
    let server = server_with_jane();
    let unknown = JANE.replace("jane", "unknown");
    for (route, query, detail) in [
        ("users/inbox", unknown.as_str(), "user not found"),
        ("users/inbox/count", &unknown, "user not found"),
        ("organizations/inbox", JANE, "organization not found"),
        ("organizations/inbox/count", JANE, "organization not found"),
    ] {
        let problem = get(&server, route, query).problem();
        assert_eq!(problem, (404, detail.to_owned()));
    }
}
