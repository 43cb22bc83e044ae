//! The page's files: whom they are for, and what they may do.

mod live;
mod rows;

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn server_with_page() -> Server {
    Server::builder().page().start().unwrap()
}

fn get(server: &Server, path: &str) -> Reply {
    raw(server, "GET", path, &[], b"")
}

/// What is new since the cursor, without waiting for it.
fn news(server: &Server, since: &str) -> Value {
    let reply = raw(
        server,
        "GET",
        &format!("/live?wait=no&since={since}"),
        &[],
        b"",
    );
    assert_eq!(reply.header("content-type"), Some("application/json"));
    reply.json()
}

fn cursor(update: &Value) -> &str {
    update["cursor"].as_str().unwrap()
}

/// The names of the rows of a section that grows.
fn grown(update: &Value, section: &str) -> Vec<String> {
    let rows = update["grown"][section]["rows"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The sections of what changes that an update brings.
fn changed(update: &Value) -> Vec<&str> {
    let sections = update["now"].as_object().unwrap();
    sections.keys().map(String::as_str).collect()
}

fn event(name: &str, user: &str) -> Value {
    json!({"name": name, "identifier": identifier(user), "data": {"of": user}})
}

fn post(server: &Server, events: &[Value]) {
    send(server, "POST", "users/events", &json!(events)).empty(202);
}

fn add(server: &Server, user: &str) {
    let body = json!({"identifier": identifier(user), "email": "jane@example.com"});
    assert_eq!(send(server, "POST", "users", &body).status, 200);
}

/// A request whose head is exactly this.
fn with_head(server: &Server, head: &str) -> Reply {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{head}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    parse(&answer)
}

/// The paths that a file of the page names, in quotes.
fn named(content: &str) -> Vec<String> {
    content
        .split('"')
        .filter(|text| text.starts_with('/'))
        .filter(|text| {
            [".js", ".css", ".svg"]
                .iter()
                .any(|end| text.ends_with(end))
        })
        .map(ToOwned::to_owned)
        .collect()
}

/// Every file of the page with its path, found as a browser finds them.
fn files(server: &Server) -> Vec<(String, Reply)> {
    let mut found: Vec<(String, Reply)> = Vec::new();
    let mut paths = vec!["/".to_owned()];
    while let Some(path) = paths.pop() {
        if found.iter().all(|(known, _)| *known != path) {
            let reply = get(server, &path);
            paths.extend(named(&reply.body));
            found.push((path, reply));
        }
    }
    found
}

#[test]
fn without_it_there_is_no_page() {
    let server = Server::start().unwrap();
    for path in ["/", "/page.js", "/live"] {
        assert_eq!(get(&server, path).problem().0, 404, "{path}");
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn every_file_that_the_page_names_is_there_with_its_type() {
    let server = server_with_page();
    let files = files(&server);
    assert_eq!(files.len(), 7);
    for (path, reply) in files {
        assert_eq!(reply.status, 200, "{path}");
        let expected = match path.rsplit('.').next() {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            _ => "text/html; charset=utf-8",
        };
        assert_eq!(reply.header("content-type"), Some(expected), "{path}");
    }
}

#[test]
fn nothing_comes_from_elsewhere_and_nothing_is_parsed_as_html() {
    for (path, reply) in files(&server_with_page()) {
        let content = reply.body.replace("http://www.w3.org/2000/svg", "");
        for forbidden in [
            "http://",
            "https://",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "style=",
            "<style",
            "onclick",
            "@import",
            "url(",
        ] {
            assert!(!content.contains(forbidden), "{path}: {forbidden}");
        }
    }
}

#[test]
fn every_answer_forbids_whatever_the_page_does_not_need() {
    let server = server_with_page();
    let mut answers = files(&server);
    for (path, status) in [("/live", 200), ("/", 403), ("/live", 403)] {
        let host = if status == 403 {
            "example.com"
        } else {
            "localhost"
        };
        let reply = with_head(&server, &format!("GET {path} HTTP/1.1\r\nhost: {host}"));
        assert_eq!(reply.status, status);
        answers.push((format!("{path} {status}"), reply));
    }
    for (path, reply) in answers {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(reply.header(name), Some(value), "{path}");
        }
        let policy = reply.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains('*'),
            "{policy}"
        );
    }
}

#[test]
fn no_other_site_reads_it() {
    let server = server_with_page();
    for path in ["/", "/live"] {
        let origin = [("origin", "http://example.com")];
        let reply = raw(&server, "GET", path, &origin, b"");
        let allowed = |(name, _): &(String, String)| name.starts_with("access-control-");
        assert!(!reply.headers.iter().any(allowed), "{:?}", reply.headers);
    }
}

#[test]
fn it_answers_under_a_loopback_address_alone() {
    let server = server_with_page();
    send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("jane")}),
    );
    for path in ["/", "/page.js", "/live"] {
        for host in [
            "host: localhost:4010",
            "host: 127.0.0.1",
            "host: [::1]:4010",
        ] {
            let reply = with_head(&server, &format!("GET {path} HTTP/1.1\r\n{host}"));
            assert_eq!(reply.status, 200, "{path} {host}");
        }
        for host in [
            "host: example.com",
            "host: 127.0.0.1.example.com:4010",
            "host: localhost\r\nhost: example.com",
            "x-forwarded-host: localhost",
        ] {
            let reply = with_head(&server, &format!("GET {path} HTTP/1.1\r\n{host}"));
            assert_eq!(reply.status, 403, "{path} {host}");
            assert!(reply.body.contains("http://localhost"), "{}", reply.body);
            assert!(!reply.body.contains("jane"));
        }
        let absolute = format!("GET http://example.com{path} HTTP/1.1\r\nhost: localhost");
        assert_eq!(with_head(&server, &absolute).status, 403, "{path}");
    }
}

#[test]
fn a_head_is_answered_like_a_get_without_its_body() {
    let server = server_with_page();
    let whole = get(&server, "/page.js");
    let head = raw(&server, "HEAD", "/page.js", &[], b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["content-type", "content-length", "content-security-policy"] {
        assert_eq!(head.header(name), whole.header(name), "{name}");
    }
    // Without news there would be nothing to wait for.
    let reply = raw(&server, "HEAD", "/live", &[], b"");
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
}

#[test]
fn other_methods_are_the_apis_business() {
    let server = server_with_page();
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/", "/live"] {
            assert_eq!(raw(&server, method, path, &[], b"").problem().0, 404);
        }
    }
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn its_requests_are_nobodys_business() {
    let heard = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&heard);
    let server = Server::builder()
        .page()
        .on_request(move |_| {
            counted.fetch_add(1, Ordering::Relaxed);
        })
        .start()
        .unwrap();
    server.inject(Fault::status(503));
    server.inject(Fault::cut_before_body());
    for (path, reply) in files(&server) {
        assert_eq!(reply.status, 200, "{path}");
    }
    assert_eq!(get(&server, "/live").status, 200);
    assert!(server.requests().is_empty());
    assert_eq!(heard.load(Ordering::Relaxed), 0);
    // The faults are still to come, for whom they are meant.
    assert_eq!(send(&server, "POST", "users", &json!({})).status, 503);
    assert_eq!(heard.load(Ordering::Relaxed), 1);
}
