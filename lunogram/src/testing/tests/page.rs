//! The page's files, their headers, and the hosts that they are served to.

mod rows;
mod updates;

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn server_with_page() -> Server {
    Server::builder().page().start().unwrap()
}

fn get(server: &Server, path: &str) -> Reply {
    raw(server, "GET", path, &[], b"")
}

/// The update since the cursor, without waiting for a change.
fn update_since(server: &Server, since: &str) -> Value {
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

/// The names of the new rows of a log.
fn logged(update: &Value, section: &str) -> Vec<String> {
    let rows = update["logs"][section]["rows"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

/// The snapshot sections in an update.
fn snapshots(update: &Value) -> Vec<&str> {
    let sections = update["snapshots"].as_object().unwrap();
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

/// Sends a request with exactly this head.
fn with_head(server: &Server, head: &str) -> Reply {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{head}\r\nconnection: close\r\n\r\n").unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    parse(&response)
}

/// The quoted paths in a file of the page.
fn referenced(content: &str) -> Vec<String> {
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

/// Every file of the page with its path, found by following references from `/`.
fn files(server: &Server) -> Vec<(String, Reply)> {
    let mut found: Vec<(String, Reply)> = Vec::new();
    let mut paths = vec!["/".to_owned()];
    while let Some(path) = paths.pop() {
        if found.iter().all(|(other, _)| *other != path) {
            let reply = get(server, &path);
            paths.extend(referenced(&reply.body));
            found.push((path, reply));
        }
    }
    found
}

#[test]
fn page_is_not_served_by_default() {
    let server = Server::start().unwrap();
    for path in ["/", "/page.js", "/live"] {
        let reply = get(&server, path);
        assert_eq!(reply.header("content-security-policy"), None, "{path}");
    }
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn every_referenced_file_is_served_with_its_type() {
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
fn files_load_nothing_from_other_hosts_and_parse_no_html() {
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
fn every_response_has_the_security_headers() {
    let server = server_with_page();
    let mut replies = files(&server);
    for (path, status) in [("/live", 200), ("/", 403), ("/live", 403)] {
        let host = if status == 403 {
            "example.com"
        } else {
            "localhost"
        };
        let reply = with_head(&server, &format!("GET {path} HTTP/1.1\r\nhost: {host}"));
        assert_eq!(reply.status, status);
        replies.push((format!("{path} {status}"), reply));
    }
    for (path, reply) in replies {
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
fn other_origins_get_no_cors_headers() {
    let server = server_with_page();
    for path in ["/", "/live"] {
        let origin = [("origin", "http://example.com")];
        let reply = raw(&server, "GET", path, &origin, b"");
        let allowed = |(name, _): &(String, String)| name.starts_with("access-control-");
        assert!(!reply.headers.iter().any(allowed), "{:?}", reply.headers);
    }
}

#[test]
fn page_is_served_under_loopback_hosts_only() {
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
fn head_is_answered_like_get_without_the_body() {
    let server = server_with_page();
    let full = get(&server, "/page.js");
    let head = raw(&server, "HEAD", "/page.js", &[], b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    for name in ["content-type", "content-length", "content-security-policy"] {
        assert_eq!(head.header(name), full.header(name), "{name}");
    }
    // A `HEAD` does not wait for a change.
    let reply = raw(&server, "HEAD", "/live", &[], b"");
    assert_eq!((reply.status, reply.body.as_str()), (200, ""));
}

#[test]
fn other_methods_are_answered_by_the_api() {
    let server = server_with_page();
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/", "/live"] {
            let reply = raw(&server, method, path, &[], b"");
            assert_eq!(reply.header("content-security-policy"), None, "{path}");
        }
    }
    assert_eq!(server.requests().len(), 8);
}

#[test]
fn page_requests_are_not_recorded_and_meet_no_faults() {
    let reported = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&reported);
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
    assert_eq!(reported.load(Ordering::Relaxed), 0);
    // The faults still apply to the next API request.
    assert_eq!(send(&server, "POST", "users", &json!({})).status, 503);
    assert_eq!(reported.load(Ordering::Relaxed), 1);
}
