//! Connections that a server closes, and hosts that take none: on real sockets, with every time of
//! a deployed server divided by 20, judged by counts.

use lunogram::queue::{Delivery, QueueOptions};
use lunogram::testing::{Clock, Limits, Server};
use lunogram::{Client, ErrorKind, Event, Retries};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

/// A server that closes idle connections after a twentieth of the time that a deployed one does.
fn closing() -> Server {
    let idle = Duration::from_millis(5_000 / 20);
    let limits = Limits::none().idle_timeout(idle);
    Server::builder().limits(limits).start().expect("a port")
}

/// A client with a twentieth of the default settings, which sends each event once.
fn impatient(url: &str, key: &str) -> lunogram::ClientBuilder {
    Client::builder(key)
        .base_url(url)
        .idle_timeout(Duration::from_millis(4_000 / 20))
        .timeout(Duration::from_millis(30_000 / 20))
        .retries(Retries::none())
}

/// Lets real time pass: the kernel and the server's thread go on, and nothing else does.
fn pass(time: Duration) {
    let (_kept, nothing) = channel::<()>();
    assert_eq!(nothing.recv_timeout(time), Err(RecvTimeoutError::Timeout));
}

#[test]
fn no_call_uses_a_connection_that_the_server_closed_while_the_runtime_was_not_polled() {
    let server = closing();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().expect("a runtime");
    let client = impatient(server.url(), server.key());
    let with_age = client.clone().build().expect("a client");
    // Even without the age of connections, the client looks at its sockets before it sends.
    let without_age = client
        .idle_timeout(Duration::from_secs(60))
        .build()
        .expect("a client");
    for client in [with_age, without_age] {
        for pause in [0, 40, 80, 400, 600].repeat(3) {
            let event = Event::new("seen").to("u");
            runtime.block_on(client.send(&event)).expect("an answer");
            pass(Duration::from_millis(pause));
        }
    }
    assert_eq!(server.counts().requests, 30);
}

#[test]
fn the_queue_uses_no_connection_that_the_server_closed() {
    let server = closing();
    let queue = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .delivery(Delivery::AtMostOnce);
    let client = impatient(server.url(), server.key()).queue(queue);
    let client = client
        .build()
        .and_then(|client| client.blocking())
        .expect("a client");
    for pause in [0, 40, 80, 400, 600].repeat(3) {
        client.track(&Event::new("seen").to("u")).expect("room");
        client.flush().expect("not held");
        pass(Duration::from_millis(pause));
    }
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.requests()), (15, 15), "{stats}");
}

#[tokio::test]
async fn a_connection_is_used_again_until_its_time_is_over() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::AcqRel);
            std::thread::spawn(move || {
                let answer = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";
                // Each request comes in one piece.
                while stream.read(&mut [0; 4_096]).is_ok_and(|length| length > 0) {
                    stream.write_all(answer).expect("a client that reads");
                }
            });
        }
    });
    let clock = Clock::new();
    let client = Client::builder("sk_1").base_url(url).clock(&clock);
    let client = client.build().expect("a client");
    for (pause, expected) in [(0, 1), (3_999, 1), (4_000, 2), (3_999, 2), (60_000, 3)] {
        clock.advance(Duration::from_millis(pause));
        let sent = client.send(&Event::new("seen").to("u")).await;
        sent.expect("an answer");
        assert_eq!(connections.load(Ordering::Acquire), expected, "{pause}");
    }
}

/// An address that answers no connection request: its backlog is full.
struct Unresponsive {
    address: SocketAddr,
    _listener: TcpListener,
    _backlog: Vec<TcpStream>,
}

impl Unresponsive {
    fn new() -> Self {
        let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let listener = listener.expect("a socket");
        let any: SocketAddr = (Ipv4Addr::LOCALHOST, 0).into();
        listener.bind(&any.into()).expect("a port");
        listener.listen(0).expect("a socket that listens");
        let listener: TcpListener = listener.into();
        let address = listener.local_addr().expect("an address");
        let short = Duration::from_millis(500);
        let mut backlog = Vec::new();
        while let Ok(stream) = TcpStream::connect_timeout(&address, short) {
            backlog.push(stream);
        }
        Self {
            address,
            _listener: listener,
            _backlog: backlog,
        }
    }
}

#[tokio::test]
async fn a_request_without_a_connection_was_not_sent_whichever_time_out_is_shorter() {
    let host = Unresponsive::new();
    let url = format!("http://{}", host.address);
    for (timeout, connect_timeout) in [(100, 500), (100, 100), (300, 100)] {
        let client = Client::builder("sk_1")
            .base_url(url.as_str())
            .timeout(Duration::from_millis(timeout))
            .connect_timeout(Duration::from_millis(connect_timeout))
            .retries(Retries::none())
            .build()
            .expect("a client");
        let sent = client.send(&Event::new("seen").to("u")).await;
        let error = sent.expect_err("no connection");
        assert_eq!(
            error.kind(),
            ErrorKind::Connect,
            "{timeout} {connect_timeout}: {error}"
        );
        assert!(!error.may_have_arrived(), "{error}");
        assert!(error.is_retryable(), "{error}");
    }
}

#[tokio::test]
async fn at_most_once_keeps_events_that_found_no_connection() {
    let host = Unresponsive::new();
    let queue = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .first_pause(Duration::from_millis(10))
        .delivery(Delivery::AtMostOnce);
    let client = Client::builder("sk_1")
        .base_url(format!("http://{}", host.address))
        .timeout(Duration::from_millis(100))
        .connect_timeout(Duration::from_millis(500))
        .queue(queue)
        .build()
        .expect("a client");
    for n in 0..20 {
        client.track(&Event::new("seen").to(n)).expect("room");
    }
    // Long enough for each of them to be attempted.
    let flushed = tokio::time::timeout(Duration::from_secs(1), client.flush()).await;
    assert!(flushed.is_err(), "no server, so no end");
    let stats = client.stats();
    assert!(stats.requests() > 0, "{stats}");
    assert_eq!((stats.pending(), stats.unknown()), (20, 0), "{stats}");
}

#[tokio::test]
async fn an_answer_that_comes_too_late_is_an_interrupted_request_that_was_processed() {
    let limits = Limits::none()
        .answer_timeout(Duration::from_millis(10_000 / 20))
        .acknowledgement(Duration::from_millis(25));
    let server = Server::builder().limits(limits).start().expect("a port");
    let client = impatient(server.url(), server.key())
        .build()
        .expect("a client");
    let events: Vec<_> = (0..40).map(|n| Event::new("seen").to(n)).collect();
    let error = client
        .send_all(&events)
        .await
        .expect_err("a connection that is cut");
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
    assert!(error.may_have_arrived(), "{error}");
    let arrived = server.wait_for(Duration::from_secs(60), |server| server.lost().len() == 40);
    assert!(arrived.await);
}
