//! The least and the greatest value of every option with which a client builds: it delivers, and no
//! value panics or hangs. Those that are refused are in `client_settings`.

use lunogram::queue::{Delivery, Durability, Overflow, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Fault};
use lunogram::{Client, ClientBuilder, ErrorKind, Event, Retries, UpsertUserRequest};
use lunogram_tests::spool::{assert_conserved, drain, server};
use std::time::Duration;

const NEVER: Duration = Duration::MAX;
const MOMENT: Duration = Duration::from_nanos(1);

fn queue() -> QueueOptions {
    QueueOptions::default()
}

fn queues() -> Vec<QueueOptions> {
    let mut values = vec![
        queue().batch_bytes(37),
        queue().batch_age(NEVER).event_deadline(NEVER),
        queue().occurred_at("x".repeat(1 << 20)),
        queue().event_id("x".repeat(1 << 20)),
    ];
    for most in [1, usize::MAX] {
        values.push(queue().max_events(most));
        values.push(queue().max_bytes(most));
        values.push(queue().batch_events(most));
    }
    values.push(queue().batch_bytes(usize::MAX));
    for in_flight in [1, 1_024] {
        values.push(queue().in_flight(in_flight));
    }
    for number in [1, u32::MAX] {
        values.push(queue().requests_per_minute(number));
        values.push(queue().max_copies(number));
    }
    for time in [Duration::ZERO, MOMENT, NEVER] {
        values.push(queue().skip_identical(time));
        values.push(queue().first_pause(time));
        values.push(queue().longest_pause(time));
        values.push(queue().first_pause(time).longest_pause(time));
        values.push(queue().batch_age(time.min(MOMENT)));
        values.push(queue().drain_on_drop(time));
    }
    values.push(queue().event_deadline(NEVER));
    values.push(queue().batch_events(1).event_deadline(MOMENT));
    let extreme = || {
        queue()
            .max_events(usize::MAX)
            .max_bytes(usize::MAX)
            .batch_events(usize::MAX)
            .batch_bytes(usize::MAX)
            .in_flight(1_024)
            .requests_per_minute(u32::MAX)
            .max_copies(u32::MAX)
            .skip_identical(NEVER)
            .event_deadline(NEVER)
            .first_pause(NEVER)
            .longest_pause(NEVER)
    };
    for delivery in [
        Delivery::AtLeastOnce,
        Delivery::AtMostOnce,
        Delivery::Isolated,
    ] {
        values.push(extreme().delivery(delivery));
    }
    for overflow in [Overflow::Refuse, Overflow::DropNewest, Overflow::DropOldest] {
        values.push(extreme().overflow(overflow));
        values.push(queue().max_events(1).overflow(overflow));
        values.push(queue().max_bytes(1).overflow(overflow));
    }
    values
}

/// Tracks with a client, with a failure in between, until everything is settled.
async fn use_it(builder: ClientBuilder, clock: &Clock) {
    let client = builder.clock(clock).build().expect("a client");
    for n in 0..3 {
        let event = Event::new("seen").to("u").data(serde_json::json!({"n": n}));
        let tracked = client.identify(&UpsertUserRequest::new("u"));
        for outcome in [tracked, client.track(&event)] {
            if let Err(error) = outcome {
                let kind = error.kind();
                assert!(
                    matches!(kind, ErrorKind::QueueFull | ErrorKind::TooLarge),
                    "{error}"
                );
            }
        }
    }
    drain(&client, clock).await;
    let stats = client.shutdown(NEVER).await.expect("not suspended");
    assert_conserved(&stats);
    assert_eq!(stats.pending(), 0, "{stats}");
    assert_eq!(client.shutdown(Duration::ZERO).await.expect("ended"), stats);
}

#[tokio::test]
async fn options_of_the_queue() {
    let server = server().await;
    for options in queues() {
        let builder = || {
            let builder = Client::builder(server.key()).base_url(server.url());
            builder.queue(options.clone())
        };
        println!("{options:?}");
        use_it(builder(), &Clock::new()).await;
        // Retried requests use the pauses.
        server.inject(Fault::status(503));
        use_it(builder(), &Clock::new()).await;
        server.clear_faults();
        let folder = tempfile::tempdir().expect("a folder");
        use_it(builder().spool(folder.path()), &Clock::new()).await;
    }
}

#[tokio::test]
async fn options_of_the_spool() {
    let server = server().await;
    let folder = tempfile::tempdir().expect("a folder");
    let spool = || SpoolOptions::new(folder.path());
    let options = [
        spool().max_bytes(1),
        spool().max_bytes(u64::MAX),
        spool().durability(Durability::Immediate),
        spool().durability(Durability::Within(Duration::ZERO)),
        spool().durability(Durability::Within(NEVER)),
        spool().wait_for_lock(Duration::ZERO),
        spool().wait_for_lock(NEVER),
    ];
    for spool in options {
        println!("{spool:?}");
        let builder = Client::builder(server.key()).base_url(server.url());
        use_it(builder.spool(spool), &Clock::new()).await;
    }
}

#[tokio::test]
async fn times_and_attempts_of_calls() {
    let server = server().await;
    let builder = || Client::builder(server.key()).base_url(server.url());
    let event = Event::new("seen").to("u");
    for time in [MOMENT, NEVER] {
        let client = builder().timeout(time).build().expect("a client");
        let sent = client.send(&event).await;
        assert!(sent.is_ok() || time == MOMENT, "{sent:?}");
        let client = builder().connect_timeout(time).build().expect("a client");
        let sent = client.send(&event).await;
        assert!(sent.is_ok() || time == MOMENT, "{sent:?}");
    }
    for time in [Duration::ZERO, NEVER] {
        let client = builder().idle_timeout(time).build().expect("a client");
        client.send(&event).await.expect("no fault");
        client.send(&event).await.expect("no fault");
    }
    let retries = Retries::default;
    for retries in [
        retries().attempts(0),
        retries().attempts(u32::MAX),
        retries()
            .first_pause(Duration::ZERO)
            .longest_pause(Duration::ZERO),
        retries().first_pause(Duration::ZERO).longest_pause(NEVER),
    ] {
        server.inject(Fault::status(503));
        let client = builder().retries(retries).build().expect("a client");
        let upserted = client.upsert_user(&UpsertUserRequest::new("u")).await;
        let failed = upserted.err().map(|error| error.kind());
        assert!(failed.is_none() || retries == Retries::none(), "{failed:?}");
        server.clear_faults();
    }
}
