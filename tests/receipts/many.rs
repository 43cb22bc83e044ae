//! Many receipts under random faults, compared with what the server has received and with `stats`.

use super::{advance_until, builder, options};
use lunogram::queue::{Delivery, DropReason, Fate, Overflow};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{Client, Event, UpsertUserRequest};
use lunogram_tests::random::Random;
use lunogram_tests::spool::numbers;
use serde_json::json;
use std::collections::BTreeMap;

const EVENTS: u64 = 2_500;
const USERS: u64 = 40;

fn fault(random: &mut Random) -> Fault {
    let times = u32::try_from(1 + random.below(3)).expect("a small number");
    let fault = match random.below(9) {
        0 => Fault::status(422),
        1 => Fault::status(413),
        2 => Fault::status(429),
        3 => Fault::status(500),
        4 => Fault::status(503),
        5 => Fault::fail_after(usize::try_from(random.below(20)).expect("small")),
        6 => Fault::cut_before_body(),
        7 => Fault::cut_after_body(),
        _ => Fault::lose_answer(),
    };
    fault.times(times)
}

async fn run(server: &Server, client: &Client, clock: &Clock, delivery: Delivery) {
    for user in 0..USERS {
        let user = UpsertUserRequest::new(user.to_string());
        client.upsert_user(&user).await.expect("no fault yet");
    }
    server.inject(Fault::refuse_event("bad").always());
    // The same numbers in every run.
    let mut random = Random::new(u64::from(delivery == Delivery::AtMostOnce));
    let mut receipts = Vec::new();
    for n in 0..EVENTS {
        if random.below(100) == 0 {
            server.inject(fault(&mut random));
        }
        let name = if random.below(500) == 0 {
            "bad"
        } else {
            "good"
        };
        let user = random.below(USERS).to_string();
        let event = Event::new(name).to(user).data(json!({"n": n}));
        let tracked = client.waiting().receipts().track(&event);
        let tracked = advance_until(tracked, clock).await;
        receipts.push((name, tracked.expect("room")));
    }
    let mut copies = BTreeMap::<u64, u64>::new();
    let mut fates = BTreeMap::new();
    let flushed = advance_until(client.flush(), clock).await;
    flushed.expect("not held");
    // The others may all have been in batches whose fate is unknown.
    server.clear_faults();
    server.inject(Fault::refuse_event("bad").always());
    let event = Event::new("bad").to("0").data(json!({"n": EVENTS}));
    let tracked = client.receipts().track(&event).expect("room");
    receipts.push(("bad", tracked));
    let flushed = advance_until(client.flush(), clock).await;
    flushed.expect("not held");
    for n in numbers(server) {
        *copies.entry(n).or_default() += 1;
    }
    for (n, (name, receipt)) in (0..).zip(receipts) {
        let fate = receipt.await;
        let arrived = copies.get(&n).copied().unwrap_or_default();
        match fate {
            Fate::Delivered => assert!(name == "good" && arrived >= 1, "{n} is missing"),
            Fate::Dropped(DropReason::Refused | DropReason::TooLarge) => {
                // After an ambiguous failure, a part of the batch may be in.
                let may_be_in = delivery == Delivery::AtLeastOnce;
                assert!(may_be_in || arrived == 0, "{n} was dropped and is there");
            }
            // With `AtLeastOnce`, after the last copy.
            Fate::Unknown => {}
            _ => panic!("{n}: {fate}"),
        }
        assert!(delivery == Delivery::AtLeastOnce || arrived <= 1);
        *fates.entry(fate.to_string()).or_insert(0) += 1;
    }
    let stats = client.stats();
    let count = |fate: Fate| fates.get(&fate.to_string()).copied().unwrap_or_default();
    assert_eq!(count(Fate::Delivered), stats.delivered());
    assert_eq!(count(Fate::Unknown), stats.unknown());
    for reason in DropReason::all() {
        let dropped = count(Fate::Dropped(reason));
        assert_eq!(dropped, stats.dropped_because(reason), "{reason}");
    }
    assert_eq!((stats.accepted(), stats.pending()), (EVENTS + 1, 0));
    assert!(count(Fate::Dropped(DropReason::Refused)) > 0);
    assert!(count(Fate::Unknown) > 0 || delivery == Delivery::AtLeastOnce);
}

#[tokio::test]
async fn receipts_agree_with_the_server_and_the_counts() {
    for delivery in [Delivery::AtLeastOnce, Delivery::AtMostOnce] {
        for has_spool in [false, true] {
            let server = Server::start().expect("a port");
            let spool = tempfile::tempdir().expect("a folder");
            let options = options().delivery(delivery).max_events(300);
            let options = options.overflow(Overflow::Wait);
            let clock = Clock::new();
            let mut builder = builder(&server, options).clock(&clock);
            if has_spool {
                builder = builder.spool(spool.path());
            }
            let client = builder.build().expect("a client");
            run(&server, &client, &clock, delivery).await;
        }
    }
}
