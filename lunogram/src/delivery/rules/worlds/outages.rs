//! A server, a network or a key that fails for a while.

use super::*;

/// The answer of a healthy server, after 20 ms.
fn healthy(events: Option<&[usize]>) -> Reply {
    answered(events.map_or(0, <[usize]>::len), 20 * MILLI)
}

#[test]
fn one_failure_in_twenty_stops_no_other_request() {
    let time = |share: u64, seed: u64| {
        let mut seed = seed;
        let mut world = World::new(Delivery::AtLeastOnce, 1_000_000);
        let mut server = |_, events: Option<&[usize]>| {
            if random(&mut seed) % 100 < share {
                failed(Outcome::Answered(503), 0, 20 * MILLI)
            } else {
                healthy(events)
            }
        };
        let took = world.run(&mut server, 600 * SECOND);
        assert_eq!(world.count(Fate::Delivered), 1_000_000);
        (took, world.requests.len())
    };
    let (undisturbed, requests) = time(0, 0);
    for seed in 1..=5 {
        let (took, more) = time(5, seed);
        let context = format!("seed {seed}: {took:?} and {undisturbed:?}");
        assert!(took <= 2 * undisturbed, "{context}");
        // One repetition for each failure, and little more.
        assert!(
            more <= requests * 115 / 100,
            "{context}: {more} and {requests}"
        );
    }
}

#[test]
fn isolated_events_go_on_while_some_answers_are_lost() {
    let mut seed = 3;
    let mut world = World::new(Delivery::Isolated, 3_000);
    // One event to a request.
    world.sizing = Sizing::new(1, 1 << 20, 16);
    let mut server = |_, events: Option<&[usize]>| {
        if random(&mut seed) % 100 < 7 {
            failed(Outcome::Lost, 1, 20 * MILLI)
        } else {
            healthy(events)
        }
    };
    let took = world.run(&mut server, 60 * SECOND);
    assert!(took < 60 * SECOND);
    assert_eq!(
        world.count(Fate::Delivered) + world.count(Fate::Unknown),
        3_000
    );
    assert!(world.count(Fate::Unknown) < 300);
    assert_eq!(world.most_copies(), 1);
}

#[test]
fn an_outage_behind_a_proxy_costs_probes_and_no_copies() {
    for (outcome, minutes) in [(Outcome::Answered(502), 10), (Outcome::Unsent, 70)] {
        let end = 60 * minutes * SECOND;
        let mut world = World::new(Delivery::AtLeastOnce, 10_000);
        let mut sends = vec![0; 10_000];
        let mut server = |at: Duration, events: Option<&[usize]>| {
            if at >= end {
                return healthy(events);
            }
            for &event in events.unwrap_or_default() {
                sends[event] += 1;
            }
            failed(outcome, 0, 20 * MILLI)
        };
        let took = world.run(&mut server, end + 60 * SECOND);
        // It is back within thirty seconds, and everything follows.
        assert!(took <= end + 32 * SECOND, "{took:?}");
        assert_eq!(world.count(Fate::Delivered), 10_000);
        assert!(
            sends.iter().all(|&sends| sends <= 1),
            "sent again during the outage"
        );
        // Pauses of 15 to 30 seconds, after the first few.
        let most = 10 + 60 * usize::try_from(minutes).expect("small") / 15;
        assert!(world.probes.len() <= most, "{}", world.probes.len());
        let failed = world.requests.iter().filter(|&&at| at < end).count();
        assert!(failed <= 4 + 3, "{failed} requests");
    }
}

#[test]
fn a_database_that_fails_over_costs_no_event() {
    for seconds in [1, 20, 90] {
        let end = seconds * SECOND;
        for events in [1, 2, 50, 5_000] {
            let mut world = World::new(Delivery::AtLeastOnce, events);
            let mut server = |at: Duration, events: Option<&[usize]>| match events {
                Some(_) if at < end => failed(Outcome::Answered(500), 0, 20 * MILLI),
                events => healthy(events),
            };
            let took = world.run(&mut server, 1_000 * SECOND);
            let context = format!("{events} events, {seconds} s: {took:?}");
            assert_eq!(world.count(Fate::Dropped), 0, "{context}");
            assert_eq!(world.count(Fate::Delivered), events, "{context}");
            assert!(took <= end + 40 * SECOND, "{context}");
        }
    }
}

#[test]
fn a_stall_costs_few_duplicates_and_at_most_three_copies() {
    // Every acknowledgement takes a minute; the server goes on after the client has gone.
    let stall = 180 * SECOND;
    let mut world = World::new(Delivery::AtLeastOnce, 10_000);
    let mut server = |at: Duration, events: Option<&[usize]>| match events {
        Some(events) if at < stall => failed(Outcome::Lost, events.len(), 10 * SECOND),
        events => answered(events.map_or(0, <[usize]>::len), MILLI),
    };
    let took = world.run(&mut server, 1_000 * SECOND);
    assert!(took <= stall + 60 * SECOND, "{took:?}");
    assert!(world.most_copies() <= 3);
    // The first requests and the canaries.
    assert!(world.duplicates() <= 4 * 32 + 20, "{}", world.duplicates());
    assert_eq!(world.count(Fate::Dropped), 0);
}

#[test]
fn slow_acknowledgements_cost_no_copies_while_answers_come_in_time() {
    // 25 ms an event, cut after ten seconds.
    let mut server = |_, events: Option<&[usize]>| {
        let events = events.unwrap_or_default().len();
        let took = 25 * MILLI * u32::try_from(events).expect("small");
        if took >= 10 * SECOND {
            failed(Outcome::Lost, events, 10 * SECOND)
        } else {
            answered(events, took.max(MILLI))
        }
    };
    let mut world = World::new(Delivery::AtLeastOnce, 30_000);
    let took = world.run(&mut server, 600 * SECOND);
    // Offered in two minutes, and two more to drain.
    assert!(took <= 240 * SECOND, "{took:?}");
    assert_eq!(world.count(Fate::Delivered), 30_000);
    assert_eq!(world.most_copies(), 1);
}

#[test]
fn answers_that_are_always_lost_end_as_unknown_after_three_copies() {
    let mut world = World::new(Delivery::AtLeastOnce, 500);
    let mut server = |_, events: Option<&[usize]>| match events {
        Some(events) => failed(Outcome::Lost, events.len(), 10 * SECOND),
        None => healthy(None),
    };
    world.run(&mut server, 40_000 * SECOND);
    assert!(world.most_copies() <= 3);
    assert_eq!(world.count(Fate::Dropped), 0);
    assert_eq!(world.count(Fate::Delivered), 0);
}

#[test]
fn a_refused_key_is_tried_every_half_minute_and_costs_nothing() {
    let end = 5_400 * SECOND;
    let mut world = World::new(Delivery::AtMostOnce, 180);
    let mut server = |at: Duration, events: Option<&[usize]>| {
        if at < end {
            failed(Outcome::Answered(401), 0, 20 * MILLI)
        } else {
            healthy(events)
        }
    };
    let took = world.run(&mut server, 6_000 * SECOND);
    assert_eq!(world.count(Fate::Delivered), 180);
    assert!(took <= end + 31 * SECOND, "{took:?}");
    assert!(
        world.requests.len() <= 10 + 5_400 / 15,
        "{}",
        world.requests.len()
    );
    let held = world.health.held_between(world.start, world.now);
    assert!(held + SECOND >= end && held <= took, "{held:?}");
}
