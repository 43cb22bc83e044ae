//! When the page is told something, and what.

use super::*;
use std::thread;
use std::time::Duration;

/// A request that waits for news after the cursor, once the server has it.
fn waiting(server: &Server, since: &str) -> TcpStream {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET /live?since={since} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    )
    .unwrap();
    // The server has one thread, and this request comes behind the other one.
    news(server, since);
    stream
}

fn answer(mut stream: TcpStream) -> Value {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    parse(&text).json()
}

#[test]
fn a_page_that_comes_is_told_everything() {
    let server = server_with_page();
    add(&server, "jane");
    post(
        &server,
        &[event("signed_up", "jane"), event("left", "nobody")],
    );
    send(
        &server,
        "DELETE",
        "users",
        &json!({"identifier": identifier("nobody")}),
    );
    for cursor in ["", "nonsense", "00000000000000000000000000000007.1.1.1.1"] {
        let update = news(&server, cursor);
        assert_eq!(update["fresh"], true);
        assert_eq!(update["project_id"], json!(server.project_id()));
        assert_eq!(grown(&update, "events"), ["signed_up"]);
        assert_eq!(grown(&update, "lost"), ["left"]);
        assert_eq!(grown(&update, "refused"), ["DELETE /api/client/users"]);
        let sections = ["inbox", "organizations", "schedules", "users"];
        assert_eq!(changed(&update), sections);
        assert_eq!(update["now"]["users"]["total"], 1);
    }
}

#[test]
fn afterwards_only_what_is_new() {
    let server = server_with_page();
    add(&server, "jane");
    post(
        &server,
        &[event("first", "jane"), event("lost_first", "nobody")],
    );
    let before = news(&server, "");
    let none = news(&server, cursor(&before));
    assert_eq!(
        (&none["fresh"], &none["more"]),
        (&json!(false), &json!(false))
    );
    assert!(changed(&none).is_empty() && grown(&none, "events").is_empty());

    post(
        &server,
        &[event("second", "jane"), event("lost_second", "nobody")],
    );
    raw(&server, "GET", "/nowhere", &[], b"");
    let update = news(&server, cursor(&none));
    assert_eq!(update["fresh"], false);
    assert_eq!(grown(&update, "events"), ["second"]);
    assert_eq!(grown(&update, "lost"), ["lost_second"]);
    assert_eq!(grown(&update, "refused"), ["GET /nowhere"]);
    assert!(changed(&update).is_empty());
    for (section, total) in [("events", 2), ("lost", 2), ("refused", 1)] {
        assert_eq!(update["grown"][section]["total"], total, "{section}");
    }
    // The same question has the same answer: the server remembers no pages.
    assert_eq!(news(&server, cursor(&none)), update);
}

#[test]
fn what_may_have_changed_comes_again() {
    let server = server_with_page();
    let mut seen = cursor(&news(&server, "")).to_owned();
    let jane = || identifier("jane");
    let who =
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
            who.clone(),
            &["organizations"],
        ),
        ("DELETE", "organizations/users", who, &["organizations"]),
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
        let update = news(&server, &seen);
        assert_eq!(changed(&update), expected, "{method} {route}");
        cursor(&update).clone_into(&mut seen);
    }
    assert_eq!(news(&server, "")["now"]["users"]["total"], 0);
}

#[test]
fn a_page_waits_until_there_is_something_to_see() {
    let server = server_with_page();
    add(&server, "jane");
    let seen = cursor(&news(&server, "")).to_owned();
    let waits = waiting(&server, &seen);
    // Answered, and nothing to see.
    let key = format!("Bearer {}", server.key());
    let path = "/api/client/push/vapid";
    let reply = raw(&server, "GET", path, &[("authorization", &key)], b"");
    assert_eq!(reply.status, 200);

    post(&server, &[event("signed_up", "jane")]);
    let update = answer(waits);
    assert_eq!(update["fresh"], false);
    assert_eq!(grown(&update, "events"), ["signed_up"]);
}

#[test]
fn a_reset_is_told_to_those_who_wait_and_to_those_who_come_late() {
    let server = server_with_page();
    add(&server, "jane");
    post(&server, &[event("signed_up", "jane")]);
    let seen = cursor(&news(&server, "")).to_owned();
    let waits = waiting(&server, &seen);
    server.reset();
    for update in [answer(waits), news(&server, &seen)] {
        assert_eq!(update["fresh"], true);
        assert!(grown(&update, "events").is_empty());
        assert_eq!(update["now"]["users"]["total"], 0);
    }
    // As many as before are something else all the same.
    add(&server, "joe");
    post(&server, &[event("left", "joe")]);
    let update = news(&server, &seen);
    assert_eq!(update["fresh"], true);
    assert_eq!(grown(&update, "events"), ["left"]);
}

#[test]
fn another_server_starts_anew() {
    let one = server_with_page();
    let two = server_with_page();
    assert_eq!(news(&two, cursor(&news(&one, "")))["fresh"], true);
}

#[test]
fn a_page_that_waits_keeps_no_server_from_stopping() {
    let server = server_with_page();
    let seen = cursor(&news(&server, "")).to_owned();
    let mut waits = waiting(&server, &seen);
    let stopping = thread::spawn(move || drop(server));
    let mut rest = Vec::new();
    assert!(matches!(waits.read_to_end(&mut rest), Ok(0) | Err(_)));
    stopping.join().unwrap();
}

#[test]
fn a_burst_comes_in_pieces_and_its_end_is_complete() {
    let server = server_with_page();
    add(&server, "jane");
    for batch in 0..52 {
        let events: Vec<_> = (0..100)
            .map(|at| event(&format!("e{}", batch * 100 + at), "jane"))
            .collect();
        post(&server, &events);
    }
    let mut update = news(&server, "");
    let mut names = grown(&update, "events");
    while update["more"] == true {
        assert!(grown(&update, "events").len() <= 500);
        let next = news(&server, cursor(&update));
        assert_eq!(next["fresh"], false);
        names.extend(grown(&next, "events"));
        update = next;
    }
    let expected: Vec<_> = (200..5_200).map(|at| format!("e{at}")).collect();
    assert!(names == expected, "{} names", names.len());
    assert_eq!(update["grown"]["events"]["total"], 5_200);
}

#[test]
fn refused_requests_are_counted_over_pieces() {
    let server = server_with_page();
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    for at in 0..1_200 {
        write!(stream, "GET /nowhere/{at} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    }
    let all = |server: &Server| server.requests().len() == 1_200;
    assert!(server.blocking_wait_for(Duration::from_secs(60), all));
    let first = news(&server, "");
    let second = news(&server, cursor(&first));
    let third = news(&server, cursor(&second));
    for (update, rows, total) in [
        (&first, 500, 500),
        (&second, 500, 1_000),
        (&third, 200, 1_200),
    ] {
        assert_eq!(grown(update, "refused").len(), rows);
        assert_eq!(update["grown"]["refused"]["total"], total);
        assert_eq!(update["more"], total < 1_200);
    }
    assert_eq!(grown(&third, "refused")[199], "GET /nowhere/1199");
}
