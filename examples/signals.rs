//! Each example that runs for long ends on `SIGTERM` and Ctrl-C alike, and loses nothing.
#![cfg(unix)]

use lunogram::testing::{Fault, Server};
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

const SIGNALS: [&str; 2] = ["-TERM", "-INT"];

/// The folder with the programs of this package, and with that of the orders.
fn programs() -> PathBuf {
    static BUILT: OnceLock<()> = OnceLock::new();
    BUILT.get_or_init(|| {
        for package in ["lunogram-examples", "lunogram-example-import-orders"] {
            let mut build = Command::new(env!("CARGO"));
            build.args(["build", "--quiet", "--examples", "-p", package]);
            assert!(build.status().expect("cargo").success(), "{package}");
        }
    });
    // This program is `debug/deps/signals-…`.
    let this = std::env::current_exe().expect("this program");
    let target = this.ancestors().nth(2).expect("a folder");
    target.join("examples")
}

/// An example that runs.
struct Running {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
}

impl Running {
    /// Starts an example with this server, or with its own.
    fn start(example: &str, arguments: &[&str], server: Option<&Server>) -> Self {
        let mut command = Command::new(programs().join(example));
        command
            .args(arguments)
            .env_remove("LUNOGRAM_API_KEY")
            .env_remove("LUNOGRAM_PROJECT_ID")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(server) = server {
            command
                .env("LUNOGRAM_API_KEY", server.key())
                .env("LUNOGRAM_API_URL", server.url());
        }
        let mut child = command.spawn().expect("a built example");
        let output = child.stdout.take().expect("piped");
        Self {
            child,
            output: BufReader::new(output).lines(),
        }
    }

    /// Reads the output up to the line that contains this, and returns what follows it there.
    fn until(&mut self, text: &str) -> String {
        let mut lines = self.output.by_ref().map(|line| line.expect("text"));
        let found = lines.find_map(|line| line.split_once(text).map(|(_, rest)| rest.to_owned()));
        found.unwrap_or_else(|| panic!("it ends without `{text}`"))
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("a process").success());
    }

    /// Waits for the end, and returns the rest of the output, and the errors.
    fn end(mut self) -> (ExitStatus, String, String) {
        let mut output = String::new();
        for line in self.output {
            writeln!(output, "{}", line.expect("text")).expect("a string never fails");
        }
        let mut errors = String::new();
        let mut stderr = self.child.stderr.take().expect("piped");
        stderr.read_to_string(&mut errors).expect("text");
        (self.child.wait().expect("a process"), output, errors)
    }
}

/// Waits until the server has received a request.
fn wait_for_request(server: &Server) {
    while server.requests().is_empty() {
        std::thread::yield_now();
    }
}

#[test]
fn the_web_application_delivers_its_queue() {
    for signal in SIGNALS {
        let server = Server::start().expect("a port");
        let mut app = Running::start("axum_app", &["0"], Some(&server));
        let address = app.until("listening on http://");
        let get = || {
            let mut visitor = TcpStream::connect(&address).expect("it listens");
            let request = b"GET /users/user_123 HTTP/1.1\r\nHost: localhost\r\n\r\n";
            visitor.write_all(request).expect("a connection");
            let mut answer = String::new();
            let mut lines = BufReader::new(&visitor);
            while !answer.contains("hello, user_123") {
                assert!(lines.read_line(&mut answer).expect("text") > 0, "{answer}");
            }
            drop(lines);
            visitor
        };
        // They stay open, one of them without a request.
        let visitors: Vec<_> = (0..3).map(|_| get()).collect();
        let silent = TcpStream::connect(&address).expect("it listens");
        app.signal(signal);
        let (status, output, errors) = app.end();
        drop((visitors, silent));
        assert!(status.success(), "{signal}: {status} {output}{errors}");
        assert!(
            output.contains("6 accepted: 6 delivered, 0 pending"),
            "{output}"
        );
        assert_eq!(server.events_named("profile_viewed").len(), 3);
    }
}

#[test]
fn the_import_of_events_delivers_what_it_has_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("events.jsonl");
    let mut lines = r#"{"user": {"identifier": [{"external_id": "u"}]}}"#.to_owned();
    for _ in 0..5_000 {
        lines.push_str("\n{\"event\": {\"name\": \"seen\", \"match\": {\"external_id\": \"u\"}}}");
    }
    fs::write(&path, lines).expect("a writable folder");
    for signal in SIGNALS {
        let server = Server::start().expect("a port");
        server.inject(Fault::status(503).always());
        let path = path.to_str().expect("text");
        let import = Running::start("import_events", &[path], Some(&server));
        wait_for_request(&server);
        import.signal(signal);
        server.clear_faults();
        let (status, output, errors) = import.end();
        assert!(status.success(), "{signal}: {status} {output}{errors}");
        let (_, counts) = output
            .split_once("of the lines that were read: ")
            .expect(&output);
        let (accepted, rest) = counts.split_once(" accepted: ").expect(counts);
        assert!(
            rest.starts_with(&format!("{accepted} delivered, 0 pending")),
            "{counts}"
        );
        let accepted: usize = accepted.parse().expect("a number");
        assert_eq!(server.all_events().len() + 1, accepted);
    }
}

#[test]
fn the_outage_ends_early_and_delivers_its_queue() {
    for signal in SIGNALS {
        let mut outage = Running::start("outage", &["--seconds", "3600"], None);
        outage.until("tracking 2000 events");
        outage.signal(signal);
        let (status, output, errors) = outage.end();
        assert!(status.success(), "{signal}: {status} {output}{errors}");
        assert!(output.contains(" delivered, 0 pending"), "{output}");
        assert!(output.contains("and lost 0"), "{output}");
    }
}

#[test]
fn the_server_ends() {
    for signal in SIGNALS {
        let mut server = Running::start("server", &[], None);
        server.until("http://127.0.0.1:");
        server.signal(signal);
        let (status, output, errors) = server.end();
        assert!(status.success(), "{signal}: {status} {output}{errors}");
    }
}

#[test]
fn the_import_of_orders_says_how_far_it_came() {
    for signal in SIGNALS {
        let server = Server::start().expect("a port");
        // It makes thousands of calls, one after the other.
        server.inject(Fault::latency(Duration::from_millis(20)).always());
        let import = Running::start("import_orders", &[], Some(&server));
        wait_for_request(&server);
        import.signal(signal);
        let (status, output, errors) = import.end();
        // It has not imported everything, and so has failed.
        assert_eq!(
            status.code(),
            Some(1),
            "{signal}: {status} {output}{errors}"
        );
        let text = "import stopped: by a signal; so far: ";
        let (_, report) = errors.split_once(text).expect(&errors);
        let count = |what: &str| -> usize {
            let of = report.split(", ").find_map(|part| part.strip_suffix(what));
            of.map_or(0, |count| count.parse().expect("a number"))
        };
        let answered = count(" users") + count(" schedules");
        // The calls of the row at which it has stopped are not in the report.
        let requests = server.requests().len();
        assert!(
            (answered..=answered + 2).contains(&requests),
            "{requests}: {report}"
        );
    }
}
