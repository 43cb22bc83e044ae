//! Start and stop, recorded requests, reset, and waiting.

use super::*;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn requests_are_recorded_without_the_key() {
    let server = server_with_jane();
    raw(&server, "GET", "/nowhere?secret=1", &[], b"text");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (requests[0].method.as_str(), requests[0].path.as_str()),
        ("POST", "/api/client/users")
    );
    assert_eq!(
        requests[0].body,
        Some(json!({"identifier": identifier("jane")}))
    );
    assert!(requests[0].authorization && !requests[1].authorization);
    assert_eq!(requests[0].received_at, server.users()[0].created_at);
    assert_eq!((requests[1].status, &requests[1].body), (200, &None));
    assert_eq!(requests[1].path, "/nowhere");
    assert!(!format!("{requests:?}").contains(server.key()));
}

#[test]
fn callback_is_called_for_each_request() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&lines);
    let server = Server::builder()
        .on_request(move |request| collected.lock().unwrap().push(request.clone()))
        .start()
        .unwrap();
    send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("jane")}),
    );
    send(
        &server,
        "DELETE",
        "users",
        &json!({"identifier": identifier("joe")}),
    );
    let lines = lines.lock().unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[0].status, &lines[0].detail), (200, &None));
    assert!(
        lines[0]
            .to_string()
            .starts_with("POST /api/client/users 200 (")
    );
    assert!(
        lines[1].to_string().ends_with(" ms): user not found"),
        "{}",
        lines[1]
    );
}

#[test]
fn debug_does_not_show_the_key() {
    let builder = Server::builder().key("sk_secret");
    assert!(!format!("{builder:?}").contains("secret"));
    let server = builder.start().unwrap();
    assert!(!format!("{server:?}").contains("secret"));
    assert_eq!(server.key(), "sk_secret");
}

#[test]
fn servers_are_independent() {
    let one = server_with_jane();
    let two = Server::start().unwrap();
    assert_ne!(one.url(), two.url());
    assert_ne!(one.key(), two.key());
    assert_ne!(one.project_id(), two.project_id());
    assert!(two.users().is_empty());
}

#[test]
fn reset_deletes_data_and_keeps_the_address() {
    let server = server_with_jane();
    let (key, url) = (server.key().to_owned(), server.url().to_owned());
    server.reset();
    assert!(server.users().is_empty());
    assert!(server.requests().is_empty());
    assert_eq!((server.key(), server.url()), (&*key, &*url));
    let reply = send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("jane")}),
    );
    assert_eq!(reply.json()["version"], 0);
}

#[test]
fn port_in_use_is_an_error() {
    let first = Server::start().unwrap();
    let port = first.url().rsplit(':').next().unwrap().parse().unwrap();
    let second = Server::builder().port(port).start();
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn dropping_the_server_closes_open_connections() {
    let server = Server::start().unwrap();
    let address = server.url().strip_prefix("http://").unwrap().to_owned();
    let mut idle = TcpStream::connect(&address).unwrap();
    let mut busy = TcpStream::connect(&address).unwrap();
    busy.write_all(b"POST /api/client/users HTTP/1.1\r\ncontent-length: 9\r\n\r\n{")
        .unwrap();
    // The response on a third connection proves that the first two were accepted.
    send(&server, "POST", "users", &json!({}));
    drop(server);
    let mut rest = Vec::new();
    assert!(matches!(idle.read_to_end(&mut rest), Ok(0) | Err(_)));
    assert!(matches!(busy.read_to_end(&mut rest), Ok(0) | Err(_)));
}

#[test]
fn one_connection_serves_many_requests() {
    let server = Server::start().unwrap();
    let mut stream = TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap();
    let body = r#"{"identifier":[{"external_id":"jane"}]}"#;
    let request = format!(
        "POST /api/client/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        server.key(),
        body.len()
    );
    for _ in 0..3 {
        stream.write_all(request.as_bytes()).unwrap();
    }
    assert!(
        server.blocking_wait_for(Duration::from_secs(30), |server| server.requests().len()
            == 3)
    );
    assert_eq!(server.user("jane").unwrap().version, 2);
}

#[test]
fn waiting_ends_when_the_condition_holds_or_at_the_timeout() {
    let server = Server::start().unwrap();
    assert!(!server.blocking_wait_for(Duration::ZERO, |_| false));
    assert!(!server.blocking_wait_for(Duration::from_millis(5), |_| false));
    assert!(server.blocking_wait_for(Duration::ZERO, |_| true));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for id in ["one", "two", "three"] {
                send(
                    &server,
                    "POST",
                    "users",
                    &json!({"identifier": identifier(id)}),
                );
            }
        });
        assert!(
            server.blocking_wait_for(Duration::from_secs(30), |server| server.users().len() == 3)
        );
    });
}

#[test]
fn server_works_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let server = server_with_jane();
        assert!(
            server
                .wait_for(Duration::from_secs(30), |server| server
                    .user("jane")
                    .is_some())
                .await
        );
    });
}

#[test]
fn newest_requests_and_events_are_kept_and_all_are_counted() {
    let server = Server::builder().keep(4).start().unwrap();
    let jane = json!({"identifier": identifier("jane")});
    send(&server, "POST", "users", &jane);
    let event = |name: &str| json!({"name": name, "identifier": identifier("jane"), "data": {}});
    let lost = json!({"name": "lost", "identifier": identifier("unknown"), "data": {}});
    let names = |from: usize| (from..from + 3).map(|at| event(&at.to_string()));
    for from in [0, 3] {
        let batch: Vec<_> = names(from).chain([lost.clone()]).collect();
        send(&server, "POST", "users/events", &json!(batch)).empty(202);
    }
    let kept: Vec<_> = server
        .all_events()
        .into_iter()
        .map(|event| event.name)
        .collect();
    assert_eq!(kept, ["2", "3", "4", "5"]);
    assert_eq!(server.lost().len(), 2);
    // The batch alone has the weight of four requests.
    assert_eq!(server.requests().len(), 1);
    assert_eq!(server.user("jane").unwrap().version, 0);
    let counts = server.counts();
    assert_eq!((counts.requests, counts.events, counts.lost), (3, 6, 2));
    server.reset();
    assert_eq!(server.counts(), Counts::default());
}

/// A writer that fails after one line.
struct OneLine(Arc<Mutex<Vec<u8>>>);

impl Write for OneLine {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut written = self.0.lock().unwrap();
        if written.ends_with(b"\n") {
            return Err(std::io::Error::other("full"));
        }
        written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn recording_has_a_line_for_each_request_until_it_cannot_be_written() {
    let written = Arc::new(Mutex::new(Vec::new()));
    let recording = OneLine(Arc::clone(&written));
    let server = Server::builder().record(recording).start().unwrap();
    let jane = json!({"identifier": identifier("jane")});
    for _ in 0..2 {
        assert_eq!(send(&server, "POST", "users", &jane).status, 200);
    }
    let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    let request = &server.requests()[0];
    assert_eq!(recorded, json!(request));
    assert_eq!(
        (&recorded["method"], &recorded["body"]),
        (&json!("POST"), &jane)
    );
    assert_eq!(recorded["answer"]["version"], 0);
    assert!(!text.contains(server.key()));
}
