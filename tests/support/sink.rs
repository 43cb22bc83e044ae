//! A server that records only which events have arrived, and that can be closed and opened: for
//! more events than the embedded server can store.

use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How the server handles one request.
#[derive(Clone, Copy, Debug)]
pub enum Weather {
    /// It stores the events.
    Fair,
    /// It answers with this status and stores nothing.
    Status(u16),
    /// It closes the connection before it reads the body.
    CutBeforeBody,
    /// It stores the events and closes the connection without a response.
    LoseAnswer,
}

/// The server. Each event's number is its property `n`.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    /// Keeps the port while the server is closed.
    _reserved: Socket,
    open: Mutex<Option<Open>>,
    inner: Arc<Inner>,
}

/// The sockets while the server is open.
#[derive(Debug)]
struct Open {
    listener: Socket,
    connections: Arc<Mutex<Connections>>,
}

/// `None` after the server was closed.
type Connections = Option<Vec<TcpStream>>;

struct Inner {
    weather: Box<dyn Fn(usize) -> Weather + Send + Sync>,
    requests: AtomicUsize,
    /// One bit per event.
    arrived: Vec<AtomicU64>,
    events: usize,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inner").finish_non_exhaustive()
    }
}

impl Sink {
    /// Starts the server for events with numbers below `events`. `weather` returns how to handle
    /// the first request (0), the second one, and so on.
    ///
    /// # Panics
    /// If no port is free.
    #[must_use]
    pub fn start(
        events: usize,
        weather: impl Fn(usize) -> Weather + Send + Sync + 'static,
    ) -> Self {
        let reserved = bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port");
        let address = reserved.local_addr().ok().and_then(|at| at.as_socket());
        let sink = Self {
            address: address.expect("an address"),
            _reserved: reserved,
            open: Mutex::default(),
            inner: Arc::new(Inner {
                weather: Box::new(weather),
                requests: AtomicUsize::new(0),
                arrived: (0..events.div_ceil(64))
                    .map(|_| AtomicU64::new(0))
                    .collect(),
                events,
            }),
        };
        sink.open();
        sink
    }

    /// The base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Number of events that have not arrived.
    #[must_use]
    pub fn missing(&self) -> usize {
        let arrived = &self.inner.arrived;
        let ones = arrived
            .iter()
            .map(|word| word.load(Ordering::Acquire).count_ones() as usize);
        self.inner.events - ones.sum::<usize>()
    }

    /// Opens the server, if it is closed.
    ///
    /// # Panics
    /// If it cannot listen on its port.
    pub fn open(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_some() {
            return;
        }
        let listener = bind(self.address).expect("the reserved port");
        listener.listen(64).expect("the reserved port");
        let incoming: TcpListener = listener.try_clone().expect("a listener").into();
        let connections = Arc::new(Mutex::new(Some(Vec::new())));
        let (inner, known) = (Arc::clone(&self.inner), Arc::clone(&connections));
        thread::spawn(move || {
            while let Ok((stream, _)) = incoming.accept() {
                let Ok(copy) = stream.try_clone() else { return };
                match &mut *known.lock().unwrap_or_else(PoisonError::into_inner) {
                    Some(known) => known.push(copy),
                    None => return,
                }
                let inner = Arc::clone(&inner);
                // Returns an error if either side closes the connection.
                thread::spawn(move || inner.serve(&stream));
            }
        });
        *open = Some(Open {
            listener,
            connections,
        });
    }

    /// Closes the server: open connections end, and new ones are refused.
    pub fn close(&self) {
        let open = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(Open {
            listener,
            connections,
        }) = open
        else {
            return;
        };
        let _ = listener.shutdown(Shutdown::Both);
        let known = connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        for connection in known.unwrap_or_default() {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.close();
    }
}

/// A socket that does not listen yet. Several such sockets can share one port.
fn bind(address: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(address))?;
    Ok(socket)
}

impl Inner {
    /// Answers the requests of one connection.
    fn serve(&self, stream: &TcpStream) -> io::Result<()> {
        let served = self.serve_until_cut(stream);
        // The list of connections has a copy of the stream, which would keep it open.
        let _ = stream.shutdown(Shutdown::Both);
        served
    }

    fn serve_until_cut(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        let mut body = Vec::new();
        loop {
            let length = read_head(&mut reader)?;
            let weather = (self.weather)(self.requests.fetch_add(1, Ordering::AcqRel));
            if matches!(weather, Weather::CutBeforeBody) {
                return Ok(());
            }
            body.resize(length, 0);
            reader.read_exact(&mut body)?;
            let status = match weather {
                Weather::Status(status) => status,
                Weather::Fair | Weather::LoseAnswer | Weather::CutBeforeBody => {
                    self.take(&body);
                    202
                }
            };
            if matches!(weather, Weather::LoseAnswer) {
                return Ok(());
            }
            // One write: Nagle's algorithm would delay further small ones.
            let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes())?;
        }
    }

    fn take(&self, body: &[u8]) {
        const KEY: &[u8] = b"\"n\":";
        let mut rest = body;
        while let Some(at) = rest.windows(KEY.len()).position(|window| window == KEY) {
            rest = rest.get(at + KEY.len()..).unwrap_or_default();
            let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
            let n = digits.fold(0, |n, digit| n * 10 + usize::from(digit - b'0'));
            if let Some(word) = self.arrived.get(n / 64) {
                word.fetch_or(1 << (n % 64), Ordering::AcqRel);
            }
        }
    }
}

/// Reads a request up to its body, and returns the body's length.
///
/// # Errors
/// If the connection is closed, or the length is not a number.
pub fn read_head(reader: &mut impl BufRead) -> io::Result<usize> {
    let mut length = 0;
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = line.trim_end();
        if text.is_empty() {
            return Ok(length);
        }
        if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
}
