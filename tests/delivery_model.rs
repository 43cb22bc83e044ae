//! Random work and random faults: whatever happens, the books balance, and each kind of delivery keeps its promise.
//!
//! `LUNOGRAM_TEST_CASES=10000 cargo test --test delivery_model` runs more of it.

use lunogram::testing::{Fault, Server};
use lunogram::{Client, Delivery, DropReason, LunogramEvent, QueueOptions, UpsertUserRequest};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: u8,
    n: u64,
}

#[derive(Clone, Debug)]
enum Step {
    Track { user: u8, events: u8 },
    Identify { user: u8 },
    Flush,
    Fault(Fault),
}

fn fault() -> impl Strategy<Value = Fault> {
    let statuses = prop::sample::select(vec![400_u16, 408, 413, 422, 425, 429, 500, 502, 503, 504]);
    let what = prop_oneof![
        6 => statuses.prop_map(Fault::status),
        1 => Just(Fault::cut_before_body()),
        1 => Just(Fault::cut_in_body()),
        1 => Just(Fault::cut_after_body()),
        2 => Just(Fault::lose_answer()),
        2 => (0..6_usize).prop_map(Fault::fail_after),
        1 => Just(Fault::status(429).retry_after(Duration::ZERO)),
    ];
    (what, 1..4_u32).prop_map(|(fault, times)| fault.times(times))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (0..5_u8, 1..9_u8).prop_map(|(user, events)| Step::Track { user, events }),
        1 => (0..5_u8).prop_map(|user| Step::Identify { user }),
        1 => Just(Step::Flush),
        3 => fault().prop_map(Step::Fault),
    ]
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop::sample::select(vec![
        Delivery::AtLeastOnce,
        Delivery::AtMostOnce,
        Delivery::Isolated,
    ])
}

/// One run; the steps in order, and then everything is delivered without faults.
fn run(
    delivery: Delivery,
    batch: usize,
    in_flight: usize,
    steps: &[Step],
) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let server = Server::start().expect("a port");
    let dropped = Arc::new(Mutex::new(BTreeSet::new()));
    let told = Arc::clone(&dropped);
    let options = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .batch_events(batch)
        .in_flight(in_flight)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
        .delivery(delivery);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .on_drop(move |dropped| {
            assert_ne!(dropped.reason(), DropReason::Shutdown);
            let event: serde_json::Value = serde_json::from_slice(dropped.json()).expect("JSON");
            if let Some(n) = event["data"]["n"].as_u64() {
                assert!(
                    told.lock().expect("no panic").insert(n),
                    "{n} was dropped twice"
                );
            }
        })
        .build()
        .expect("a client");
    for user in 0..5_u8 {
        client
            .identify(&UpsertUserRequest::new(user))
            .expect("there is room");
    }
    runtime.block_on(client.flush()).expect("nothing is held");
    let mut tracked = Vec::new();
    for step in steps {
        match step {
            Step::Track { user, events } => {
                for _ in 0..*events {
                    let n = tracked.len() as u64;
                    client
                        .track(&Seen { user: *user, n })
                        .expect("there is room");
                    tracked.push(*user);
                }
            }
            Step::Identify { user } => {
                client
                    .identify(&UpsertUserRequest::new(*user))
                    .expect("there is room");
            }
            Step::Flush => runtime.block_on(client.flush()).expect("nothing is held"),
            Step::Fault(fault) => server.inject(fault.clone()),
        }
        let stats = client.stats();
        let sum = stats.delivered() + stats.dropped() + stats.unknown() + stats.pending();
        prop_assert_eq!(stats.accepted(), sum);
    }
    runtime.block_on(client.flush()).expect("nothing is held");
    let stats = client.stats();
    prop_assert_eq!(stats.pending(), 0);
    prop_assert_eq!(stats.pending_bytes(), 0);
    prop_assert_eq!(
        stats.accepted(),
        stats.delivered() + stats.dropped() + stats.unknown()
    );
    prop_assert_eq!(stats.hook_panics(), 0);
    prop_assert!(server.lost().is_empty());

    let dropped = dropped.lock().expect("no panic");
    let arrived: Vec<u64> = server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect();
    let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
    if delivery == Delivery::AtLeastOnce {
        prop_assert_eq!(stats.unknown(), 0);
        for n in 0..tracked.len() as u64 {
            prop_assert!(
                distinct.contains(&n) || dropped.contains(&n),
                "{} is lost",
                n
            );
        }
    } else {
        prop_assert_eq!(
            arrived.len(),
            distinct.len(),
            "something arrived twice: {:?}",
            arrived
        );
        let known = distinct.union(&dropped).count() as u64;
        prop_assert!(known + stats.unknown() >= tracked.len() as u64);
    }
    in_order(&arrived, &tracked)
}

/// The first arrivals of each subject are in the order of tracking.
fn in_order(arrived: &[u64], tracked: &[u8]) -> Result<(), TestCaseError> {
    let mut seen = BTreeSet::new();
    let mut last = [None; 5];
    for n in arrived.iter().copied().filter(|n| seen.insert(*n)) {
        let last = &mut last[usize::from(tracked[usize::try_from(n).expect("a small number")])];
        prop_assert!(*last < Some(n), "{:?} came before {}", last, n);
        *last = Some(n);
    }
    Ok(())
}

#[test]
fn the_books_balance_and_each_delivery_keeps_its_promise() {
    let cases = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let work = (
        delivery(),
        1..9_usize,
        1..5_usize,
        prop::collection::vec(step(), 1..30),
    );
    let outcome = TestRunner::new(config).run(&work, |(delivery, batch, in_flight, steps)| {
        run(delivery, batch, in_flight, &steps)
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
