//! The server that all drivers send to: a separate process that reads requests, counts events, and
//! accepts them.

use lunogram_peers::NAME;
use memchr::memmem::Finder;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

const DELAY: &str = "LUNOGRAM_PEERS_SINK";

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
    /// Starts a sink that responds after `delay`.
    pub(crate) fn start(delay: Duration) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .env(DELAY, delay.as_millis().to_string())
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
        self.stdin.write_all(b"\n")?;
        self.line()?.parse().map_err(io::Error::other)
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

/// Serves and never returns if this process is a sink.
pub(crate) fn serve_if_requested() {
    let Ok(delay) = std::env::var(DELAY) else {
        return;
    };
    let delay = Duration::from_millis(delay.parse().expect("milliseconds"));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    println!("http://{}", listener.local_addr().expect("an address"));
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = Arc::clone(&counted);
            // It ends with an error when the client closes the connection.
            thread::spawn(move || respond(&stream, delay, &counted));
        }
    });
    for _ in io::stdin().lines() {
        println!("{}", count.swap(0, Ordering::AcqRel));
    }
    std::process::exit(0);
}

/// Responds to the requests of one connection.
fn respond(mut stream: &TcpStream, delay: Duration, counted: &AtomicUsize) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::with_capacity(BUFFER, stream);
    let mut body = Vec::with_capacity(BUFFER);
    let event = Finder::new(NAME);
    loop {
        let head = head(&mut reader)?;
        body.resize(head.length, 0);
        reader.read_exact(&mut body)?;
        counted.fetch_add(event.find_iter(&body).count(), Ordering::AcqRel);
        if !delay.is_zero() {
            thread::sleep(delay);
        }
        let response = if head.is_ours {
            "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        } else {
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
        };
        stream.write_all(response.as_bytes())?;
    }
}

struct Head {
    length: usize,
    is_ours: bool,
}

fn head(reader: &mut impl BufRead) -> io::Result<Head> {
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
