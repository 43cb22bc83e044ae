//! Updates: their content, and when they are sent.

use super::*;
use std::thread;
use std::time::Duration;

/// Sends a request that waits for a change after the cursor, and returns once the server has
/// received it.
fn waiting(server: &Server, since: &str) -> TcpStream {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /live?since={since} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    // The server has one thread, so it has handled the first request when it answers this one.
    update_since(server, since);
    stream
}

fn response(mut stream: TcpStream) -> Value {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    parse(&text).json()
}

#[test]
fn new_page_receives_all_rows() {
    let server = server_with_page();
    add(&server, "jane");
    post(
        &server,
        &[event("signed_up", "jane"), event("left", "unknown")],
    );
    send(
        &server,
        "DELETE",
        "users",
        &json!({"identifier": identifier("unknown")}),
    );
    for cursor in ["", "nonsense", "00000000000000000000000000000007.1.1.1.1"] {
        let update = update_since(&server, cursor);
        assert_eq!(update["fresh"], true);
        assert_eq!(update["project_id"], json!(server.project_id()));
        assert_eq!(logged(&update, "events"), ["signed_up"]);
        assert_eq!(logged(&update, "lost"), ["left"]);
        assert_eq!(logged(&update, "refused"), ["DELETE /api/client/users"]);
        let sections = ["inbox", "organizations", "schedules", "users"];
        assert_eq!(snapshots(&update), sections);
        assert_eq!(update["snapshots"]["users"]["total"], 1);
    }
}

#[test]
fn later_updates_have_new_rows_only() {
    let server = server_with_page();
    add(&server, "jane");
    post(
        &server,
        &[event("first", "jane"), event("lost_first", "unknown")],
    );
    let before = update_since(&server, "");
    let empty = update_since(&server, cursor(&before));
    assert_eq!(
        (&empty["fresh"], &empty["more"]),
        (&json!(false), &json!(false))
    );
    assert!(snapshots(&empty).is_empty() && logged(&empty, "events").is_empty());

    post(
        &server,
        &[event("second", "jane"), event("lost_second", "unknown")],
    );
    raw(&server, "GET", "/nowhere", &[], b"");
    let update = update_since(&server, cursor(&empty));
    assert_eq!(update["fresh"], false);
    assert_eq!(logged(&update, "events"), ["second"]);
    assert_eq!(logged(&update, "lost"), ["lost_second"]);
    assert_eq!(logged(&update, "refused"), ["GET /nowhere"]);
    assert!(snapshots(&update).is_empty());
    for (section, total) in [("events", 2), ("lost", 2), ("refused", 1)] {
        assert_eq!(update["logs"][section]["total"], total, "{section}");
    }
    // The server keeps no state per page: the same cursor gives the same update.
    assert_eq!(update_since(&server, cursor(&empty)), update);
}

#[test]
fn changed_sections_are_sent_again() {
    let server = server_with_page();
    let mut seen = cursor(&update_since(&server, "")).to_owned();
    let jane = || identifier("jane");
    let member =
        json!({"organization": {"identifier": identifier("acme")}, "user": {"identifier": jane()}});
    let message = json!({"target": jane(), "identifier": {"external_id": "m"}, "channel": "inbox", "content": {}});
    let all = &["inbox", "organizations", "schedules", "users"][..];
    let steps: [(&str, &str, Value, &[&str]); 12] = [
        ("POST", "users", json!({"identifier": jane()}), &["users"]),
        (
            "POST",
            "organizations",
            json!({"identifier": identifier("acme")}),
            &["organizations"],
        ),
        (
            "POST",
            "organizations/users",
            member.clone(),
            &["organizations"],
        ),
        ("DELETE", "organizations/users", member, &["organizations"]),
        (
            "POST",
            "users/devices",
            json!({"identifier": jane(), "device_id": "d", "os": "ios", "config": {"token": "t"}}),
            &["users"],
        ),
        (
            "POST",
            "users/scheduled",
            json!({"name": "digest", "identifier": jane(), "interval": "1 day"}),
            &["schedules"],
        ),
        (
            "DELETE",
            "users/scheduled",
            json!({"name": "digest", "identifier": jane()}),
            &["schedules"],
        ),
        (
            "POST",
            "organizations/scheduled",
            json!({"name": "bill", "identifier": identifier("acme"), "interval": "1 day"}),
            &["schedules"],
        ),
        ("POST", "users/inbox", json!([message]), &["inbox"]),
        (
            "POST",
            "users/events",
            json!([event("signed_up", "jane")]),
            &[],
        ),
        (
            "DELETE",
            "organizations",
            json!({"identifier": identifier("acme")}),
            &["inbox", "organizations", "schedules"],
        ),
        ("DELETE", "users", json!({"identifier": jane()}), all),
    ];
    for (method, route, body, expected) in steps {
        let reply = send(&server, method, route, &body);
        assert!(reply.status < 300, "{method} {route}: {}", reply.body);
        let update = update_since(&server, &seen);
        assert_eq!(snapshots(&update), expected, "{method} {route}");
        cursor(&update).clone_into(&mut seen);
    }
    assert_eq!(update_since(&server, "")["snapshots"]["users"]["total"], 0);
}

#[test]
fn update_waits_for_a_visible_change() {
    let server = server_with_page();
    add(&server, "jane");
    let seen = cursor(&update_since(&server, "")).to_owned();
    let waits = waiting(&server, &seen);
    // This request changes nothing that the page shows.
    let key = format!("Bearer {}", server.key());
    let path = "/api/client/push/vapid";
    let reply = raw(&server, "GET", path, &[("authorization", &key)], b"");
    assert_eq!(reply.status, 200);

    post(&server, &[event("signed_up", "jane")]);
    let update = response(waits);
    assert_eq!(update["fresh"], false);
    assert_eq!(logged(&update, "events"), ["signed_up"]);
}

#[test]
fn reset_reaches_waiting_and_later_requests() {
    let server = server_with_page();
    add(&server, "jane");
    post(&server, &[event("signed_up", "jane")]);
    let seen = cursor(&update_since(&server, "")).to_owned();
    let waits = waiting(&server, &seen);
    server.reset();
    for update in [response(waits), update_since(&server, &seen)] {
        assert_eq!(update["fresh"], true);
        assert!(logged(&update, "events").is_empty());
        assert_eq!(update["snapshots"]["users"]["total"], 0);
    }
    // The same number of rows in another epoch is still a fresh start.
    add(&server, "joe");
    post(&server, &[event("left", "joe")]);
    let update = update_since(&server, &seen);
    assert_eq!(update["fresh"], true);
    assert_eq!(logged(&update, "events"), ["left"]);
}

#[test]
fn cursor_of_another_server_starts_over() {
    let one = server_with_page();
    let two = server_with_page();
    assert_eq!(
        update_since(&two, cursor(&update_since(&one, "")))["fresh"],
        true
    );
}

#[test]
fn waiting_page_does_not_block_the_shutdown() {
    let server = server_with_page();
    let seen = cursor(&update_since(&server, "")).to_owned();
    let mut waits = waiting(&server, &seen);
    let stopping = thread::spawn(move || drop(server));
    let mut rest = Vec::new();
    assert!(matches!(waits.read_to_end(&mut rest), Ok(0) | Err(_)));
    stopping.join().unwrap();
}

#[test]
fn burst_is_split_and_ends_with_the_latest_rows() {
    let server = server_with_page();
    add(&server, "jane");
    for batch in 0..52 {
        let events: Vec<_> = (0..100)
            .map(|at| event(&format!("e{}", batch * 100 + at), "jane"))
            .collect();
        post(&server, &events);
    }
    let mut update = update_since(&server, "");
    let mut names = logged(&update, "events");
    while update["more"] == true {
        assert!(logged(&update, "events").len() <= 500);
        let next = update_since(&server, cursor(&update));
        assert_eq!(next["fresh"], false);
        names.extend(logged(&next, "events"));
        update = next;
    }
    let expected: Vec<_> = (200..5_200).map(|at| format!("e{at}")).collect();
    assert!(names == expected, "{} names", names.len());
    assert_eq!(update["logs"]["events"]["total"], 5_200);
}

#[test]
fn refused_requests_are_counted_across_updates() {
    let server = server_with_page();
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    for at in 0..1_200 {
        write!(stream, "GET /nowhere/{at} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    }
    let all = |server: &Server| server.requests().len() == 1_200;
    assert!(server.blocking_wait_for(Duration::from_secs(60), all));
    let first = update_since(&server, "");
    let second = update_since(&server, cursor(&first));
    let third = update_since(&server, cursor(&second));
    for (update, rows, more) in [
        (&first, 500, true),
        (&second, 500, true),
        (&third, 200, false),
    ] {
        assert_eq!(logged(update, "refused").len(), rows);
        assert_eq!(update["logs"]["refused"]["total"], 1_200);
        assert_eq!(update["more"], more);
    }
    assert_eq!(logged(&third, "refused")[199], "GET /nowhere/1199");
}
