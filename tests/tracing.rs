//! The crate's log events and spans, and that tracking them does not cause a feedback loop.

mod spool;

use lunogram::hooks::Decision;
use lunogram::queue::{Overflow, QueueOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, ErrorKind, LunogramEvent, UpsertUserRequest};
use lunogram_tests::spool::drain;
use lunogram_tests::watched::watched;
use std::fmt::{Debug, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    text: &'a str,
}

fn seen(text: &str) -> Seen<'_> {
    Seen { user: "u", text }
}

#[derive(Clone, Debug)]
struct Line {
    level: Level,
    target: String,
    text: String,
}

type OnLine = Box<dyn Fn(&Line) + Send + Sync>;

/// A subscriber that records everything.
#[derive(Clone, Default)]
struct Recorder {
    lines: Arc<Mutex<Vec<Line>>>,
    spans: Arc<AtomicU64>,
    on_line: Arc<OnceLock<OnLine>>,
}

impl Recorder {
    fn write(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut Text)) {
        let mut text = Text(metadata.name().to_owned());
        record(&mut text);
        let line = Line {
            level: *metadata.level(),
            target: metadata.target().to_owned(),
            text: text.0,
        };
        self.lines.lock().expect("no panic").push(line.clone());
        if let Some(on_line) = self.on_line.get() {
            on_line(&line);
        }
    }

    fn lines(&self) -> Vec<Line> {
        self.lines.lock().expect("no panic").clone()
    }

    /// Number of lines of one level that contain this text.
    fn count(&self, level: Level, text: &str) -> usize {
        let lines = self.lines();
        let of_level = lines.iter().filter(|line| line.level == level);
        of_level.filter(|line| line.text.contains(text)).count()
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").expect("a string never fails");
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.write(span.metadata(), |text| span.record(text));
        Id::from_u64(self.spans.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        self.write(event.metadata(), |text| event.record(text));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn options() -> QueueOptions {
    QueueOptions::default()
        .batch_age(Duration::ZERO)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
}

/// A client that logs to the recorder.
fn client(server: &Server, recorder: &Recorder, options: QueueOptions) -> Client {
    tracing::subscriber::with_default(recorder.clone(), || {
        Client::builder(server.key())
            .base_url(server.url())
            .queue(options)
            .build()
            .expect("a client")
    })
}

#[test]
fn the_beginning_and_the_end_of_an_outage_are_logged() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = client(&server, &recorder, options());
    server.inject(Fault::status(503).times(9));
    // One upsert alone could be to blame by itself.
    for user in 0..4 {
        let user = UpsertUserRequest::new(user);
        client.identify(&user).expect("room");
    }
    runtime().block_on(client.flush()).expect("not held");
    assert_eq!(recorder.count(Level::WARN, "delivery is failing"), 1);
    assert_eq!(recorder.count(Level::INFO, "delivery has resumed"), 1);
    let attempts = recorder.count(Level::DEBUG, "an attempt failed");
    let probes = recorder.count(Level::DEBUG, "a probe failed");
    assert!(attempts >= 3 && probes > 0, "{attempts} and {probes}");
    assert_eq!(attempts + probes, 9);
    assert_eq!(recorder.count(Level::DEBUG, "message=delivered"), 4);
    for line in recorder.lines() {
        assert_eq!(line.target, "lunogram");
        assert!(!line.text.contains(server.key()), "{line:?}");
    }
}

#[test]
fn a_rejected_key_is_logged() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = client(&server, &recorder, options());
    server.inject(Fault::status(401).always());
    client.track(&seen("x")).expect("room");
    let held = runtime().block_on(client.flush());
    assert_eq!(held.expect_err("held").kind(), ErrorKind::Unauthorized);
    assert_eq!(recorder.count(Level::WARN, "delivery is suspended"), 1);
    server.clear_faults();
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    while client.stats().pending() > 0 {
        // Returns an error while delivery is suspended.
        let _ = runtime().block_on(client.flush());
    }
    assert_eq!(recorder.count(Level::INFO, "delivery has resumed"), 1);
}

#[tokio::test]
async fn a_pause_that_exceeds_the_options_is_logged_once() {
    let (server, recorder, clock) = (
        Server::start().expect("a port"),
        Recorder::default(),
        Clock::new(),
    );
    let client = tracing::subscriber::with_default(recorder.clone(), || {
        let builder = Client::builder(server.key()).base_url(server.url());
        builder.clock(&clock).build().expect("a client")
    });
    let asks = |status, seconds| Fault::status(status).retry_after(Duration::from_secs(seconds));
    let advance = async |requests| {
        while server.requests().len() < requests {
            let next = clock.idle().await;
            clock.advance(next.unwrap_or_default());
        }
        clock.idle().await;
    };
    server.inject(asks(503, 3_600).always());
    client.track(&seen("x")).expect("room");
    advance(3).await;
    let warning = "asked=3600s longest=30s kept=60s";
    assert_eq!(recorder.count(Level::WARN, warning), 1);
    assert_eq!(recorder.count(Level::WARN, "exceeds `longest_pause`"), 1);

    // A delivery ends the series. A pause within the options is no reason for a line.
    server.clear_faults();
    drain(&client, &clock).await;
    for (seconds, lines) in [(40, 2), (20, 2)] {
        server.inject(asks(429, seconds));
        client.track(&seen("x")).expect("room");
        drain(&client, &clock).await;
        let logged = recorder.count(Level::WARN, "exceeds `longest_pause`");
        assert_eq!(logged, lines);
    }
}

#[test]
fn drops_are_logged_once_per_episode() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let queue = options().max_events(1).overflow(Overflow::DropNewest);
    let clock = Clock::new();
    let client = tracing::subscriber::with_default(recorder.clone(), || {
        Client::builder(server.key())
            .base_url(server.url())
            .queue(queue.batch_age(Duration::from_secs(1)))
            .clock(&clock)
            .build()
            .expect("a client")
    });
    for _ in 0..2 {
        for _ in 0..10 {
            client.track(&seen("x")).expect("dropped without an error");
        }
        // Two deliveries without a drop end the episode.
        for _ in 0..3 {
            runtime().block_on(client.flush()).expect("not held");
            client.track(&seen("x")).expect("room");
        }
        runtime().block_on(client.flush()).expect("not held");
    }
    assert_eq!(client.stats().dropped(), 18);
    assert_eq!(recorder.count(Level::WARN, "queue full"), 2);
    assert_eq!(recorder.count(Level::WARN, "name=\"seen\""), 2);
}

#[test]
fn a_loss_at_the_end_is_logged() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = client(&server, &recorder, options());
    server.inject(Fault::status(503).always());
    client.track(&seen("x")).expect("room");
    let ended = client.shutdown(Duration::ZERO);
    let _ = runtime().block_on(ended).expect("not held");
    assert_eq!(
        recorder.count(Level::WARN, "delivery has ended with a loss"),
        1
    );
}

#[test]
fn a_subscriber_that_tracks_log_events_gets_an_error() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = client(&server, &recorder, options());
    let refused = Arc::new(AtomicU64::new(0));
    let (tracker, counter) = (client.clone(), Arc::clone(&refused));
    let on_line: OnLine = Box::new(move |line| {
        let error = tracker.track(&seen(&line.text));
        assert_eq!(
            error.expect_err("a feedback loop").kind(),
            ErrorKind::Feedback
        );
        counter.fetch_add(1, Ordering::Relaxed);
    });
    assert!(recorder.on_line.set(on_line).is_ok());
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    client.track(&seen("x")).expect("room");
    runtime().block_on(client.flush()).expect("not held");
    let stats = client.stats();
    assert_eq!((stats.accepted(), stats.requests()), (2, 2));
    assert_eq!(stats.hook_panics(), 0);
    assert_eq!(
        refused.load(Ordering::Relaxed),
        recorder.lines().len() as u64
    );
    assert!(!recorder.lines().is_empty());
}

#[test]
fn a_subscriber_that_waits_for_deliveries_gets_an_error() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = client(&server, &recorder, options());
    let blocking = client.blocking().expect("a thread");
    let refused = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&refused);
    let on_line: OnLine = Box::new(move |_| {
        for outcome in [
            blocking.flush(),
            blocking.shutdown(Duration::from_secs(3_600)).map(drop),
            blocking.delete_user("u"),
            blocking.delete_organization("o"),
        ] {
            let error = outcome.expect_err("it would wait for itself");
            assert_eq!(error.kind(), ErrorKind::Feedback, "{error}");
            assert!(error.to_string().contains("a subscriber"), "{error}");
        }
        counter.fetch_add(1, Ordering::Relaxed);
    });
    assert!(recorder.on_line.set(on_line).is_ok());
    let stats = watched(move || {
        client.identify(&UpsertUserRequest::new("u")).expect("room");
        client.track(&seen("x")).expect("room");
        runtime().block_on(client.flush()).expect("not held");
        client.stats()
    });
    assert_eq!((stats.delivered(), stats.requests()), (2, 2), "{stats}");
    let lines = recorder.lines().len() as u64;
    assert!(lines > 0 && refused.load(Ordering::Relaxed) == lines);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_call_has_a_span() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = server.client();
    tracing::subscriber::with_default(recorder.clone(), || {
        let user = UpsertUserRequest::new("u");
        runtime()
            .block_on(client.upsert_user(&user))
            .expect("no faults");
    });
    assert_eq!(
        recorder.count(Level::DEBUG, "call operation=\"upsertUser\""),
        1
    );
}

#[test]
fn failures_of_before_send_are_logged_and_its_decisions_are_not() {
    let (server, recorder) = (Server::start().expect("a port"), Recorder::default());
    let client = tracing::subscriber::with_default(recorder.clone(), || {
        Client::builder(server.key())
            .base_url(server.url())
            .before_send(|payload| {
                let data = payload.data_mut();
                match data["text"].as_str() {
                    Some("drop") => return Decision::Drop,
                    Some("break") => data.insert("number".to_owned(), u64::MAX.into()),
                    _ => None,
                };
                Decision::Send
            })
            .build()
            .expect("a client")
    });
    client.track(&seen("drop")).expect("counted");
    assert_eq!(recorder.count(Level::WARN, ""), 0);
    for _ in 0..3 {
        client.track(&seen("break")).expect("counted");
    }
    assert_eq!(recorder.count(Level::WARN, ""), 1);
    let what = "reason=invalid after before_send: event `seen` was not sent: data.number: integer";
    assert_eq!(
        recorder.count(Level::WARN, what),
        1,
        "{:?}",
        recorder.lines()
    );
}
