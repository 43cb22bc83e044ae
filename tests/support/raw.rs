//! A server that answers with exactly the bytes that it is told, for what no real server does on purpose.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What becomes of one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These bytes, and the connection stays open.
    Bytes(String),
    /// These bytes, and the connection is closed.
    Cut(String),
    /// These bytes, and then the same chunk again and again, until the other side has enough.
    Endless(String, String),
    /// Nothing, while the connection stays open.
    Silence,
}

impl Reply {
    /// An answer with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::with(status, "content-type: application/json\r\n", body)
    }

    /// An answer with these headers, each with its line break.
    #[must_use]
    pub fn with(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Bytes(format!(
            "HTTP/1.1 {status} Whatever\r\n{headers}content-length: {length}\r\n\r\n{body}"
        ))
    }
}

/// The server.
#[derive(Debug)]
pub struct Raw {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    ended: Mutex<Receiver<usize>>,
}

type Replies = dyn Fn(usize) -> Reply + Send + Sync;

impl Raw {
    /// Starts it; `replies` tells what becomes of the first request (0), the second, and so on.
    ///
    /// # Panics
    /// When there is no port.
    #[must_use]
    pub fn start(replies: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (end, ended) = channel();
        let replies: Arc<Replies> = Arc::new(replies);
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, replies, end) = (Arc::clone(&seen), Arc::clone(&replies), end.clone());
                thread::spawn(move || serve(&stream, &seen, &*replies, &end));
            }
        });
        Self {
            url: format!("http://{address}"),
            requests,
            ended: Mutex::new(ended),
        }
    }

    /// One that answers every request alike.
    #[must_use]
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far, heads and bodies.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until an endless reply has ended, and gives the bytes of it that could be written.
    ///
    /// It waits on a thread of its own: closing the connection takes the client's runtime.
    ///
    /// # Panics
    /// When the server is gone.
    pub async fn end(self) -> usize {
        let wait = move || {
            self.ended
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv()
        };
        let ended = tokio::task::spawn_blocking(wait).await;
        ended.expect("no panic").expect("the server goes on")
    }
}

fn serve(
    mut stream: &TcpStream,
    seen: &Mutex<Vec<String>>,
    replies: &Replies,
    end: &Sender<usize>,
) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read(&mut reader) {
        let number = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(request);
            seen.len() - 1
        };
        match replies(number) {
            Reply::Bytes(bytes) => {
                if stream.write_all(bytes.as_bytes()).is_err() {
                    return;
                }
            }
            Reply::Cut(bytes) => {
                let _ = stream.write_all(bytes.as_bytes());
                return;
            }
            Reply::Endless(head, chunk) => {
                let _ = stream.write_all(head.as_bytes());
                let mut written = 0;
                while stream.write_all(chunk.as_bytes()).is_ok() {
                    written += chunk.len();
                }
                let _ = end.send(written);
                return;
            }
            Reply::Silence => {
                // Until the other side hangs up.
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

/// One request, or nothing where the connection is closed.
fn read(reader: &mut impl BufRead) -> Option<String> {
    let mut request = String::new();
    loop {
        let start = request.len();
        if reader.read_line(&mut request).ok()? == 0 {
            return None;
        }
        if request.get(start..) == Some("\r\n") {
            break;
        }
    }
    let length = request
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, length)| length.trim().parse().ok())
        .unwrap_or_default();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    request.push_str(&String::from_utf8_lossy(&body));
    Some(request)
}
