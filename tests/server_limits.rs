//! The limits of the embedded server, on a clock that the tests advance.

use lunogram::testing::{Clock, Counts, Fault, Limits, Server};
use lunogram::{Client, ClientBuilder, Error, ErrorKind, Event, Retries, UpsertUserRequest};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::pin::pin;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

struct World {
    clock: Clock,
    server: Server,
}

impl World {
    fn with(limits: Limits) -> Self {
        let clock = Clock::new();
        let server = Server::builder().any_key().limits(limits).clock(&clock);
        let server = server.start().expect("a port");
        Self { clock, server }
    }

    fn client(&self, key: &str) -> ClientBuilder {
        Client::builder(key)
            .base_url(self.server.url())
            .clock(&self.clock)
            .retries(Retries::none())
    }

    /// Advances the clock until the call completes, and returns how far.
    async fn drive<T>(&self, call: impl Future<Output = T>) -> (T, Duration) {
        let (mut call, mut passed) = (pin!(call), Duration::ZERO);
        loop {
            tokio::select! {
                biased;
                output = &mut call => return (output, passed),
                next = self.clock.idle() => {
                    let next = next.expect("a call in flight");
                    self.clock.advance(next);
                    passed += next;
                }
            }
        }
    }
}

async fn upsert(client: &Client) -> Result<(), Error> {
    client
        .upsert_user(&UpsertUserRequest::new("jane"))
        .await
        .map(drop)
}

fn events(count: usize) -> Vec<Event> {
    (0..count)
        .map(|n| Event::new("seen").to("jane").data(json!({"n": n})))
        .collect()
}

#[tokio::test]
async fn a_key_has_its_requests_of_any_minute() {
    let world = World::with(Limits::none().requests_per_minute(2));
    let client = world.client("sk_1").build().expect("success");
    upsert(&client).await.expect("success");
    world.clock.advance(10 * SECOND);
    upsert(&client).await.expect("success");
    let error = upsert(&client).await.expect_err("a failure");
    assert_eq!(error.status(), Some(429));
    assert_eq!(error.retry_after(), Some(50 * SECOND));
    // Another client of the key shares them; another key does not.
    upsert(&world.client("sk_1").build().expect("success"))
        .await
        .expect_err("a failure");
    upsert(&world.client("sk_2").build().expect("success"))
        .await
        .expect("success");
    world.clock.advance(50 * SECOND);
    upsert(&client).await.expect("success");
    upsert(&client).await.expect_err("a failure");
}

#[tokio::test]
async fn the_pauses_of_an_answered_call_follow_the_clock() {
    let world = World::with(Limits::none().requests_per_minute(1));
    let client = world.client("sk_1").retries(Retries::default());
    let client = client.timeout(90 * SECOND).build().expect("success");
    upsert(&client).await.expect("success");
    world.clock.advance(20 * SECOND);
    let (answer, passed) = world.drive(upsert(&client)).await;
    answer.expect("success");
    assert!((40 * SECOND..42 * SECOND).contains(&passed), "{passed:?}");
}

#[tokio::test]
async fn events_take_their_time_one_after_the_other() {
    let world = World::with(Limits::none().acknowledgement(SECOND));
    let client = world.client("sk_1").build().expect("success");
    upsert(&client).await.expect("success");
    let (answer, passed) = world.drive(client.send_all(&events(8))).await;
    answer.expect("success");
    assert_eq!(passed, 8 * SECOND);
    let received = world.server.all_events();
    let start = world.server.requests()[0].received_at;
    let ages = received
        .iter()
        .map(|event| (event.received_at - start).num_seconds());
    assert!(ages.eq(1..=8), "{received:?}");
}

#[tokio::test]
async fn an_acknowledgement_in_progress_keeps_its_time_when_the_limits_change() {
    let world = World::with(Limits::none().acknowledgement(60 * SECOND));
    let client = world
        .client("sk_1")
        .timeout(900 * SECOND)
        .build()
        .expect("success");
    let mut call = pin!(client.send_all(&events(5)));
    tokio::select! {
        biased;
        answer = &mut call => panic!("too early: {answer:?}"),
        _ = world.clock.idle() => {}
    }
    world.clock.advance(90 * SECOND);
    world
        .server
        .set_limits(Limits::none().acknowledgement(SECOND));
    let (answer, passed) = world.drive(call).await;
    answer.expect("an answer");
    // 30 s were left of the second event.
    assert_eq!(passed, 33 * SECOND);
}

#[tokio::test]
async fn an_answer_that_is_late_is_cut_and_the_request_is_processed() {
    let limits = Limits::deployed().acknowledgement(SECOND);
    let world = World::with(limits);
    let client = world.client("sk_1").build().expect("success");
    let (answer, passed) = world.drive(client.send_all(&events(11))).await;
    assert_eq!(
        answer.expect_err("a failure").kind(),
        ErrorKind::Interrupted
    );
    assert_eq!(passed, 10 * SECOND);
    assert_eq!(world.server.counts().lost, 0);
    world.clock.advance(SECOND);
    world.clock.idle().await;
    assert_eq!(world.server.counts().lost, 11);
}

#[tokio::test]
async fn time_outs_of_requests_follow_the_clock_and_the_server_finishes() {
    let world = World::with(Limits::deployed().acknowledgement(SECOND));
    let client = world
        .client("sk_1")
        .timeout(3 * SECOND)
        .build()
        .expect("success");
    let (answer, passed) = world.drive(client.send_all(&events(5))).await;
    assert_eq!(answer.expect_err("a failure").kind(), ErrorKind::Timeout);
    assert_eq!(passed, 3 * SECOND);
    world.clock.advance(2 * SECOND);
    world.clock.idle().await;
    assert_eq!(world.server.counts().lost, 5);
}

#[tokio::test]
async fn a_batch_stops_at_an_event_that_is_too_large() {
    let world = World::with(Limits::none().largest_event(1_000));
    let client = world.client("sk_1").build().expect("success");
    let mut batch = events(5);
    batch[3] = Event::new("seen")
        .to("jane")
        .data(json!({"text": "x".repeat(1_000)}));
    let error = client.send_all(&batch).await.expect_err("a failure");
    assert_eq!(error.status(), Some(500));
    assert_eq!(world.server.counts().lost, 3);
}

#[tokio::test]
async fn requests_wait_for_each_other_if_the_server_has_no_room() {
    for (room, expected) in [(1, 20), (2, 10)] {
        let limits = Limits::none()
            .acknowledgement(SECOND)
            .requests_at_a_time(room);
        let world = World::with(limits);
        let client = world.client("sk_1").build().expect("success");
        let (one, other) = (client.send_all(&events(10)), client.send_all(&events(10)));
        let (both, passed) = world.drive(async { tokio::join!(one, other) }).await;
        assert!(both.0.is_ok() && both.1.is_ok(), "{both:?}");
        assert_eq!(passed, expected * SECOND);
    }
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_cut_and_not_processed() {
    let world = World::with(Limits::deployed());
    let client = world.client("sk_1").build().expect("success");
    world.server.inject(Fault::bandwidth(10));
    let (answer, passed) = world.drive(client.send_all(&events(2))).await;
    assert_eq!(
        answer.expect_err("a failure").kind(),
        ErrorKind::Interrupted
    );
    assert_eq!(passed, 5 * SECOND);
    assert_eq!(world.server.counts(), Counts::default());
}

#[test]
fn connections_that_are_idle_or_slow_are_closed() {
    let slow = "POST /api/client/users HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\n{";
    for (limits, sent) in [
        (Limits::none().idle_timeout(SECOND), ""),
        (Limits::none().read_timeout(SECOND), "POST /api"),
        (Limits::none().read_timeout(SECOND), slow),
    ] {
        let world = World::with(limits);
        let address = world.server.url().strip_prefix("http://").expect("success");
        let mut stream = TcpStream::connect(address).expect("success");
        stream.write_all(sent.as_bytes()).expect("success");
        let reading = std::thread::spawn(move || stream.read(&mut [0; 1]));
        while !reading.is_finished() {
            // The server has not necessarily received the bytes yet.
            world.clock.advance(SECOND);
            std::thread::yield_now();
        }
        // The end of the connection, and no byte of an answer.
        let read = reading.join().expect("success");
        assert!(matches!(read, Ok(0) | Err(_)), "{sent:?}: {read:?}");
    }
}
