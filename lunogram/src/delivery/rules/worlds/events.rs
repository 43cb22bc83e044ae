//! One event among many that the server, or something before it, does not take.

use super::*;

/// Stops at the bad event with this outcome; what stood before it is in. A firewall, which answers
/// 503, lets nothing pass.
fn stops_at(
    bad: usize,
    outcome: Outcome,
    took: Duration,
) -> impl FnMut(Duration, Option<&[usize]>) -> Reply {
    move |_, events| {
        let Some(events) = events else {
            return answered(0, took);
        };
        match events.iter().position(|&event| event == bad) {
            Some(_) if outcome == Outcome::Answered(503) => failed(outcome, 0, took),
            Some(index) => failed(outcome, index, took),
            None => answered(events.len(), took),
        }
    }
}

#[test]
fn one_event_that_is_answered_500_is_refused_and_the_others_arrive() {
    for (events, bad) in [
        (1 + 1, 1),
        (3, 0),
        (100, 0),
        (100, 57),
        (100, 99),
        (500, 321),
    ] {
        let mut world = World::new(Delivery::AtLeastOnce, events);
        // One request has them all.
        for _ in 0..5 {
            world.sizing.answered(500, 125_000, 20 * MILLI, 1, true);
        }
        let took = world.run(
            &mut stops_at(bad, Outcome::Answered(500), 20 * MILLI),
            3_600 * SECOND,
        );
        let context = format!(
            "{bad} of {events}, {took:?}, {} requests",
            world.requests.len()
        );
        assert_eq!(world.fates[bad], Some(Fate::Dropped), "{context}");
        assert_eq!(world.count(Fate::Delivered), events - 1, "{context}");
        assert!(world.most_copies() <= 3, "{context}");
        assert!(took <= 300 * SECOND, "{context}");
        let extra = world.requests.len() - 1;
        // At most 2√n + 5.
        assert!(extra.saturating_sub(5).pow(2) <= 4 * events, "{context}");
    }
}

#[test]
fn what_stood_in_the_batch_is_unknown_if_nothing_may_arrive_twice() {
    let mut world = World::new(Delivery::AtMostOnce, 100);
    world.run(
        &mut stops_at(57, Outcome::Answered(500), 20 * MILLI),
        60 * SECOND,
    );
    assert_eq!(world.most_copies(), 1);
    assert_eq!(world.count(Fate::Dropped), 0);
    assert_eq!(world.count(Fate::Unknown), 32);
}

#[test]
fn one_event_that_a_firewall_or_a_proxy_stops_holds_up_no_other() {
    for (status, fate) in [(503, Fate::Dropped), (504, Fate::Unknown)] {
        let mut world = World::new(Delivery::AtLeastOnce, 20_000);
        let mut server = stops_at(777, Outcome::Answered(status), 20 * MILLI);
        world.run(&mut server, 10 * SECOND);
        assert!(
            world.count(Fate::Delivered) == 19_999,
            "{status}: {}",
            world.count(Fate::Delivered)
        );
        assert!(
            world.requests.len() <= 20_000 / 500 + 100,
            "{}",
            world.requests.len()
        );
        world.run(&mut server, 400 * SECOND);
        assert_eq!(world.fates[777], Some(fate), "{status}");
        assert!(world.most_copies() <= 3, "{status}");
    }
}

#[test]
fn refused_events_are_found_by_halving() {
    let mut world = World::new(Delivery::AtMostOnce, 500);
    let mut server = |_, events: Option<&[usize]>| match events {
        Some(events) if events.contains(&123) => failed(Outcome::Answered(400), 0, 20 * MILLI),
        events => answered(events.map_or(0, <[usize]>::len), 20 * MILLI),
    };
    let took = world.run(&mut server, 60 * SECOND);
    assert!(took < SECOND, "{took:?}");
    assert_eq!(world.fates[123], Some(Fate::Dropped));
    assert_eq!(world.count(Fate::Delivered), 499);
    assert_eq!(world.most_copies(), 1);
}

#[test]
fn many_bad_events_cost_no_right_one() {
    let mut world = World::new(Delivery::AtLeastOnce, 2_000);
    let mut server = |_, events: Option<&[usize]>| {
        let events = events.unwrap_or_default();
        match events.iter().position(|&event| event % 100 == 50) {
            Some(index) => failed(Outcome::Answered(500), index, 20 * MILLI),
            None => answered(events.len(), 20 * MILLI),
        }
    };
    world.run(&mut server, 3_600 * SECOND);
    let fates = [Fate::Dropped, Fate::Unknown].map(|fate| world.count(fate));
    assert_eq!(fates, [20, 0], "{}", world.most_copies());
    assert_eq!(world.count(Fate::Delivered), 1_980);
    assert!(world.most_copies() <= 3);
}
