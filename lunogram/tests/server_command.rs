//! The command `lunogram server`.

use lunogram::{Client, Event, UpsertUserRequest};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use uuid::Uuid;

/// The running command. Dropping it ends the process.
struct Running {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_lunogram"))
            .arg("server")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command runs");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        Self { process, output }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim_end().to_owned()
    }

    /// The value of a variable in a line such as `A=1 B=2`.
    fn variable(line: &str, name: &str) -> String {
        let mut words = line.split_whitespace();
        let value = words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
        value
            .unwrap_or_else(|| panic!("no {name} in {line}"))
            .to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.process.kill().expect("still running");
        self.process.wait().expect("ended");
    }
}

/// The response to a browser that opens the server's address.
fn get(url: &str) -> String {
    let address = url.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("a response");
    response
}

#[tokio::test]
async fn server_serves_logs_and_records_requests() {
    let folder = tempfile::tempdir().expect("a folder");
    let recording = folder.path().join("requests.jsonl");
    let project = Uuid::from_u128(7);
    let arguments = [
        "--key",
        "sk_right",
        "--project",
        &project.to_string(),
        "--record",
        recording.to_str().expect("a path in UTF-8"),
    ];
    for run in 1..=2 {
        let mut running = Running::start(&arguments);
        let url = running.line();
        let url = url.strip_prefix("listening on ").expect("the address");
        assert_eq!(running.line(), format!("  page  {url}/"));
        let variables = running.line();
        assert!(!variables.contains("sk_right"), "{variables}");
        assert_eq!(Running::variable(&variables, "LUNOGRAM_API_URL"), url);
        let printed = Running::variable(&variables, "LUNOGRAM_PROJECT_ID");
        assert_eq!(printed, project.to_string());
        assert_eq!(running.line(), "press Ctrl-C to stop");

        let builder = Client::builder("sk_right").base_url(url).project(project);
        let client = builder.build().expect("a client");
        let jane = UpsertUserRequest::new("jane");
        client.upsert_user(&jane).await.expect("the right key");
        let path = format!("/api/client/projects/{project}/users");
        let line = running.line();
        assert!(line.starts_with(&format!("POST {path} 200 (")), "{line}");
        let page = get(url);
        assert!(page.contains("page.js"), "{page}");

        // The second process appends to the file of the first.
        let text = fs::read_to_string(&recording).expect("a recording");
        assert_eq!(text.lines().count(), run);
        assert!(!text.contains("sk_right"), "{text}");
        let request: Value =
            serde_json::from_str(text.lines().last().expect("a line")).expect("JSON");
        assert_eq!(request["path"], path.as_str());
        assert_eq!(request["body"]["identifier"][0]["external_id"], "jane");
        assert_eq!(
            (&request["status"], &request["authorization"]),
            (&200.into(), &true.into())
        );
    }
}

#[tokio::test]
async fn server_without_options_accepts_every_key() {
    let mut running = Running::start(&[]);
    let lines: Vec<_> = (0..4).map(|_| running.line()).collect();
    let url = Running::variable(&lines[2], "LUNOGRAM_API_URL");
    let client = Client::builder("any")
        .base_url(url)
        .build()
        .expect("a client");
    let event = Event::new("page_viewed").to("jane");
    client.send(&event).await.expect("any key is accepted");
}

#[tokio::test]
async fn the_limits_of_a_deployed_server_are_an_option() {
    let text = "x".repeat(1 << 20);
    let large = Event::new("seen").to("u").data(json!({"text": text}));
    for (arguments, expected) in [(&[][..], None), (&["--as-deployed"], Some(500))] {
        let mut running = Running::start(arguments);
        let url = running.line();
        let url = url.strip_prefix("listening on ").expect("the address");
        let client = Client::builder("sk_any").base_url(url).build();
        let sent = client.expect("a client").send(&large).await;
        let status = sent.err().and_then(|error| error.status());
        assert_eq!(status, expected, "{arguments:?}");
    }
}

#[test]
fn wrong_options_and_a_used_port_are_errors() {
    let used = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = used.local_addr().expect("an address").port().to_string();
    for (arguments, text) in [
        (&["--port", "70000"][..], "70000"),
        (&["--key", ""], "--key"),
        (&["--project", "acme"], "acme"),
        (&["--record", "/nowhere/file"], "cannot write /nowhere/file"),
        (&["--port", &port], &format!("cannot listen on port {port}")),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_lunogram"))
            .arg("server")
            .args(arguments)
            .output()
            .expect("the command runs");
        let shown = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{shown}");
        assert!(shown.contains(text), "{shown}");
    }
}
