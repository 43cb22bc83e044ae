//! The server of the cases. It counts events itself, outside of every client.

use crate::plan::Weather;
use crate::tamper::numbers;
use lunogram_tests::sink::read_head;
use lunogram_tests::watched::TOO_LONG;
use std::io::{self, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

#[derive(Debug)]
pub(crate) struct Server {
    url: String,
    listener: TcpListener,
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    closed: Condvar,
}

#[derive(Debug)]
struct State {
    weather: Weather,
    /// The numbers of events and upserts, in the order in which they arrived.
    arrived: Vec<u64>,
    /// The ports of the connections that were accepted, and how many of them are open.
    accepted: Vec<u16>,
    open: usize,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let address = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner {
            state: Mutex::new(State {
                weather: Weather::Fair,
                arrived: Vec::new(),
                accepted: Vec::new(),
                open: 0,
            }),
            closed: Condvar::new(),
        });
        let server = Self {
            url: format!("http://{address}"),
            listener: listener.try_clone().expect("a listener"),
            inner: Arc::clone(&inner),
        };
        thread::spawn(move || {
            while let Ok((stream, peer)) = listener.accept() {
                {
                    let mut state = inner.state();
                    state.accepted.push(peer.port());
                    state.open += 1;
                }
                let inner = Arc::clone(&inner);
                thread::spawn(move || {
                    // An error if either side closes the connection.
                    let _ = inner.serve(&stream);
                    let _ = stream.shutdown(Shutdown::Both);
                    inner.state().open -= 1;
                    inner.closed.notify_all();
                });
            }
        });
        server
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        self.inner.state().weather = weather;
    }

    /// Waits until all connections have ended, and returns the numbers that have arrived.
    pub(crate) fn wait(&self) -> Vec<u64> {
        // Connections are accepted in order, so those before this one are counted when it is.
        let address = self.listener.local_addr().expect("an address");
        let last = TcpStream::connect(address).expect("a connection");
        let port = last.local_addr().expect("an address").port();
        drop(last);
        let (mut state, waited) = self
            .inner
            .closed
            .wait_timeout_while(self.inner.state(), TOO_LONG, |state| {
                state.open > 0 || !state.accepted.contains(&port)
            })
            .unwrap_or_else(PoisonError::into_inner);
        assert!(
            !waited.timed_out(),
            "a connection of an ended client is open"
        );
        state.accepted.clear();
        state.arrived.clone()
    }

    /// Forgets what has arrived.
    pub(crate) fn forget(&self) {
        self.inner.state().arrived.clear();
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut reader = BufReader::new(stream);
        loop {
            let mut body = vec![0; read_head(&mut reader)?];
            reader.read_exact(&mut body)?;
            let status = {
                let mut state = self.state();
                let numbers: Vec<_> = numbers(&body).collect();
                if matches!(state.weather, Weather::Holds(held) if numbers.contains(&held)) {
                    drop(state);
                    // Until the client closes the connection.
                    reader.read_to_end(&mut body)?;
                    return Ok(());
                }
                if state.weather == Weather::Down {
                    503
                } else {
                    state.arrived.extend(numbers);
                    if let Weather::LosesAnswers(times) = state.weather {
                        state.weather = match times {
                            0..2 => Weather::Fair,
                            more => Weather::LosesAnswers(more - 1),
                        };
                        return Ok(());
                    }
                    202
                }
            };
            // One write: Nagle's algorithm would delay further small ones.
            let answer = format!("HTTP/1.1 {status} Whatever\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes())?;
        }
    }
}
