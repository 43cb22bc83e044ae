//! Tests of the server over raw HTTP, without the crate's client.

#![allow(clippy::unwrap_used, reason = "a failed `unwrap` fails the test")]

mod access;
mod batches;
mod bodies;
mod devices;
mod e2e;
mod inbox;
mod lifecycle;
mod management;
#[cfg(feature = "page")]
mod page;
mod routes;
mod sessions;

use super::*;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

/// A parsed HTTP response.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The status and detail of a problem, which must also have a title and the right content type.
    #[track_caller]
    fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), Some("application/json"));
        let body = self.json();
        assert!(body["title"].is_string(), "{body}");
        (self.status, body["detail"].as_str().unwrap().to_owned())
    }

    /// Asserts a response without a body.
    #[track_caller]
    fn empty(&self, status: u16) {
        assert_eq!((self.status, self.body.as_str()), (status, ""));
        assert_eq!(self.header("content-type"), None);
        if status != 204 {
            assert_eq!(self.header("content-length"), Some("0"));
        }
    }
}

/// Sends one request on a new connection, as JSON unless `headers` say otherwise.
fn raw(server: &Server, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let address = server.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n"
    )
    .unwrap();
    if !headers.iter().any(|(name, _)| *name == "content-type") {
        write!(stream, "content-type: application/json\r\n").unwrap();
    }
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n").unwrap();
    }
    write!(stream, "content-length: {}\r\n\r\n", body.len()).unwrap();
    stream.write_all(body).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    parse(&response)
}

fn parse(response: &str) -> Reply {
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    Reply {
        status: status.parse().unwrap(),
        headers: lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

/// Sends JSON with the server's key to a key-scoped route.
fn send(server: &Server, method: &str, route: &str, body: &Value) -> Reply {
    let key = format!("Bearer {}", server.key());
    raw(
        server,
        method,
        &format!("/api/client/{route}"),
        &[
            ("authorization", &key),
            ("content-type", "application/json"),
        ],
        body.to_string().as_bytes(),
    )
}

fn identifier(id: &str) -> Value {
    json!([{"external_id": id}])
}

fn server_with_jane() -> Server {
    let server = Server::start().unwrap();
    let reply = send(
        &server,
        "POST",
        "users",
        &json!({"identifier": identifier("jane")}),
    );
    assert_eq!(reply.status, 200);
    server
}
