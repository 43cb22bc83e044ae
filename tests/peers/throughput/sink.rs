//! The server that a driver sends to: a separate process that reads requests, counts events, and
//! accepts them.

use crate::deployed::{Deployed, Limits, Report};
use lunogram_peers::NAME;
use memchr::memmem::Finder;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// The variable that makes a process a sink: its kind and its settings.
const SINK: &str = "LUNOGRAM_PEERS_SINK";
const ACCEPTING: &str = "accepting";
const DEPLOYED: &str = "deployed";

/// Large enough for every body.
const BUFFER: usize = 1 << 20;

/// The process, as the benchmark sees it.
pub(crate) struct Sink {
    pub(crate) url: String,
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Sink {
    /// Starts a sink that accepts every request after `delay`.
    pub(crate) fn start(delay: Duration) -> io::Result<Self> {
        Self::spawn(&format!("{ACCEPTING} {}", delay.as_millis()))
    }

    /// Starts a sink with the limits of a deployed server.
    pub(crate) fn deployed(limits: Limits) -> io::Result<Self> {
        Self::spawn(&format!("{DEPLOYED} {limits}"))
    }

    fn spawn(settings: &str) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(SINK, settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("the process has no pipes"));
        };
        let mut sink = Self {
            url: String::new(),
            child,
            stdin,
            stdout: BufReader::new(stdout),
        };
        sink.url = sink.line()?;
        Ok(sink)
    }

    /// The number of events since the last call.
    pub(crate) fn count(&mut self) -> io::Result<usize> {
        self.ask()?.parse().map_err(io::Error::other)
    }

    /// The counts of a sink with limits.
    pub(crate) fn report(&mut self) -> io::Result<Report> {
        let line = self.ask()?;
        Report::parse(&line).ok_or_else(|| io::Error::other(format!("malformed report: {line}")))
    }

    fn ask(&mut self) -> io::Result<String> {
        self.stdin.write_all(b"\n")?;
        self.line()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        Ok(line.trim().to_owned())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The behaviour of a kind of sink.
pub(crate) trait Serve: Send + Sync + 'static {
    /// Responds to the requests of one connection. It ends with an error when the client closes the
    /// connection.
    fn respond(&self, stream: &TcpStream) -> io::Result<()>;

    /// One line with the counts.
    fn report(&self) -> String;
}

/// Serves and never returns if this process is a sink.
pub(crate) fn serve_if_requested() {
    let Ok(sink) = std::env::var(SINK) else {
        return;
    };
    match sink.split_once(' ') {
        Some((ACCEPTING, delay)) => {
            let delay = Duration::from_millis(delay.parse().expect("milliseconds"));
            let count = AtomicUsize::new(0);
            serve(Accepting { delay, count });
        }
        Some((DEPLOYED, limits)) => {
            serve(Deployed::new(Limits::parse(limits).expect("limits")));
        }
        _ => panic!("unknown sink: {sink}"),
    }
    std::process::exit(0);
}

/// Serves until the benchmark closes the standard input, and reports for each line of it.
fn serve(sink: impl Serve) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    let sink = Arc::new(sink);
    let serving = Arc::clone(&sink);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serving = Arc::clone(&serving);
            thread::spawn(move || serving.respond(&stream));
        }
    });
    for _ in io::stdin().lines() {
        println!("{}", sink.report());
    }
}

/// Accepts every request.
struct Accepting {
    delay: Duration,
    count: AtomicUsize,
}

impl Serve for Accepting {
    fn respond(&self, mut stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::with_capacity(BUFFER, stream);
        let mut body = Vec::with_capacity(BUFFER);
        let event = Finder::new(NAME);
        loop {
            let head = head(&mut reader)?;
            body.resize(head.length, 0);
            reader.read_exact(&mut body)?;
            let events = event.find_iter(&body).count();
            self.count.fetch_add(events, Ordering::AcqRel);
            if !self.delay.is_zero() {
                thread::sleep(self.delay);
            }
            stream.write_all(head.accepted().as_bytes())?;
        }
    }

    fn report(&self) -> String {
        self.count.swap(0, Ordering::AcqRel).to_string()
    }
}

/// The head of a request, as far as a sink needs it.
pub(crate) struct Head {
    pub(crate) length: usize,
    is_ours: bool,
}

impl Head {
    /// The response that the client takes as success.
    pub(crate) fn accepted(&self) -> &'static str {
        if self.is_ours {
            "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        } else {
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        }
    }
}

/// Reads the head of a request.
pub(crate) fn head(reader: &mut impl BufRead) -> io::Result<Head> {
    let mut head = Head {
        length: 0,
        is_ours: false,
    };
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = line.trim_end();
        if text.is_empty() {
            return Ok(head);
        }
        head.is_ours |= text.starts_with("POST /api/client");
        if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            head.length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
}
