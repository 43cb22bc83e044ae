//! A server that answers with exactly the given bytes: for responses that no real server would
//! send.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How the server handles one request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It sends these bytes and keeps the connection open.
    Bytes(String),
    /// It sends these bytes and closes the connection.
    Cut(String),
    /// It sends these bytes, and then the chunk repeatedly until the other side closes the
    /// connection.
    Endless(String, String),
    /// It sends nothing and keeps the connection open.
    Silence,
}

impl Reply {
    /// A response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::with(status, "content-type: application/json\r\n", body)
    }

    /// A response with these headers, each with its line break.
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

type Replies = dyn Fn(usize, &str) -> Reply + Send + Sync;

impl Raw {
    /// Starts the server. `replies` returns how to handle the first request (0), the second one,
    /// and so on.
    ///
    /// # Panics
    /// If no port is free.
    #[must_use]
    pub fn start(replies: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(move |number, _| replies(number))
    }

    /// Starts a server whose reply to a request depends on its head and body.
    ///
    /// # Panics
    /// If no port is free.
    #[must_use]
    pub fn judging(replies: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        Self::serve(move |_, request| replies(request))
    }

    fn serve(replies: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
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

    /// Starts a server that handles every request alike.
    #[must_use]
    pub fn always(reply: Reply) -> Self {
        Self::start(move |_| reply.clone())
    }

    /// The base URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests received so far, heads and bodies.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until an endless reply has ended, and returns how many bytes of the chunks were
    /// written.
    ///
    /// It waits on a blocking thread, because closing the connection needs the client's runtime.
    ///
    /// # Panics
    /// If the server has ended.
    pub async fn end(self) -> usize {
        let wait = move || {
            self.ended
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .recv()
        };
        let ended = tokio::task::spawn_blocking(wait).await;
        ended.expect("no panic").expect("a running server")
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
            seen.push(request.clone());
            seen.len() - 1
        };
        match replies(number, &request) {
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
                // Until the other side closes the connection.
                let _ = reader.read(&mut [0]);
                return;
            }
        }
    }
}

/// Reads one request; `None` if the connection is closed.
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
