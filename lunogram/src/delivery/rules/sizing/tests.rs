use super::in_flight::{FIRST_REQUESTS, InFlight};
use super::queue::{
    MOST_BYTES, MOST_EVENTS, MOST_REQUESTS, Queue, Reply, cut_after, millis, publishing, sizing,
};
use super::*;
use proptest::prelude::*;

#[test]
fn an_ideal_sink_soon_gets_full_requests_at_full_width() {
    let mut queue = Queue::new(250);
    queue.run(publishing(millis(20), Duration::ZERO), millis(150));
    assert_eq!(queue.sizing.events(), MOST_EVENTS);
    assert_eq!(queue.sizing.requests(), MOST_REQUESTS);
}

#[test]
fn a_server_that_needs_25_ms_an_event_gets_forty_at_a_time_and_loses_no_answer() {
    let mut queue = Queue::new(250);
    queue.run(publishing(millis(2), millis(25)), millis(3_000));
    assert!((35..=45).contains(&queue.sizing.events()), "{queue:?}");
    let before = queue.delivered;
    queue.run(publishing(millis(2), millis(25)), millis(60_000));
    assert_eq!(queue.lost, 0);
    assert!(queue.slowest <= millis(1_500), "{queue:?}");
    // Four requests at a time would deliver 160 a second.
    assert!(queue.delivered - before >= 60 * 250, "{queue:?}");
}

#[test]
fn a_server_that_becomes_slow_loses_only_what_is_on_its_way() {
    let mut queue = Queue::new(250);
    queue.run(publishing(millis(20), Duration::ZERO), millis(2_000));
    let in_flight = queue.flying.len();
    queue.run(publishing(millis(2), millis(25)), millis(120_000));
    // Those in flight were answered quickly, and their successors left at the full size.
    assert!(queue.lost <= in_flight, "{queue:?}");
    let lost = queue.lost;
    queue.run(publishing(millis(2), millis(25)), millis(600_000));
    assert_eq!(queue.lost, lost);
    queue.run(publishing(millis(20), Duration::ZERO), millis(5_000));
    assert_eq!(queue.sizing.events(), MOST_EVENTS);
    assert_eq!(queue.sizing.requests(), MOST_REQUESTS);
}

#[test]
fn requests_become_smaller_until_they_pass_a_slow_uplink() {
    for (event_bytes, kib_per_second) in [(400, 2), (400, 8), (400, 20), (8_000, 20), (400, 200)] {
        let mut queue = Queue::new(event_bytes);
        let uplink = move |_, bytes: usize, _| {
            let seconds = u32::try_from(bytes).expect("few bytes");
            let took = Duration::from_secs(1) * seconds / (kib_per_second << 10);
            cut_after(millis(5_000), took)
        };
        queue.run(uplink, millis(60_000));
        let context = format!("{event_bytes} B, {kib_per_second} KiB/s: {queue:?}");
        let lost = queue.lost;
        // The first requests pass an uplink of 20 KiB/s.
        let most = if kib_per_second < 20 { 8 } else { 0 };
        assert!(lost <= most, "{context}");
        queue.run(uplink, millis(600_000));
        assert_eq!(queue.lost, lost, "{context}");
        assert!(queue.slowest <= millis(2_000), "{context}");
        if lost > 0 {
            let two_seconds = usize::try_from(kib_per_second << 11).expect("small");
            assert!(queue.sizing.bytes() <= two_seconds, "{context}");
        }
    }
}

#[test]
fn a_size_that_is_always_lost_is_tried_ever_less_often() {
    let mut queue = Queue::new(250);
    let wall = |events, _, _| match events {
        ..200 => Reply::Answer(millis(20)),
        _ => Reply::Cut(millis(10_000)),
    };
    queue.run(wall, millis(120_000));
    let trials = usize::try_from(MOST_STRIKES).expect("small") + 1;
    assert!(queue.lost <= trials * MOST_REQUESTS, "{queue:?}");
    let (lost, answers) = (queue.lost, queue.answers);
    queue.run(wall, millis(60_000));
    assert!(queue.sizing.events() >= 100, "{queue:?}");
    assert!(
        (queue.lost - lost) * 100 <= queue.answers - answers,
        "{queue:?}"
    );
}

#[test]
fn a_server_with_one_worker_does_not_get_more_and_more_requests() {
    let mut queue = Queue::new(250);
    // The time of each request is proportional to the number of requests in flight.
    let shared = |events, _, in_flight| {
        let events = u32::try_from(events * in_flight).expect("few events");
        Reply::Answer(millis(1) * events)
    };
    queue.run(shared, millis(60_000));
    assert!(queue.sizing.requests() <= 3 * FIRST_REQUESTS, "{queue:?}");
    // One worker can do a thousand.
    assert!(queue.delivered >= 60 * 900, "{queue:?}");
}

#[test]
fn one_failure_in_twenty_does_not_narrow_the_queue_and_many_in_a_row_do() {
    let mut queue = Queue::new(250);
    let count = std::cell::Cell::new(0_u64);
    let failing = |_, _, _| {
        count.set(count.get() + 1);
        // Knuth's multiplicative hash: a fixed sequence without a rhythm.
        if count.get().wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32 < (1 << 32) / 20 {
            Reply::Unavailable
        } else {
            Reply::Answer(millis(20))
        }
    };
    queue.run(failing, millis(10_000));
    // The undisturbed queue delivers 16 × 500 events in 20 ms.
    assert!(
        queue.delivered >= 10_000 / 20 * 16 * 500 * 3 / 4,
        "{queue:?}"
    );
    let before = queue.sizing.requests();
    for _ in 0..6 {
        queue.sizing.failed();
    }
    assert!(queue.sizing.requests() <= before / 2);
}

#[test]
fn requests_without_a_backlog_do_not_widen_the_queue() {
    let mut sizing = sizing();
    for _ in 0..100 {
        sizing.answered(sizing.events(), 8_000, millis(20), 1, true);
        sizing.answered(sizing.events(), 8_000, millis(20), 4, false);
        sizing.answered(1, 250, millis(20), 4, true);
    }
    assert_eq!(sizing.requests(), FIRST_REQUESTS);
    sizing.answered(sizing.events(), 8_000, millis(20), 4, true);
    assert_eq!(sizing.requests(), FIRST_REQUESTS + 1);
}

/// A full request of ten events was answered while others waited.
fn answer(requests: &mut InFlight, took: u64, in_flight: usize) -> usize {
    requests.answered(10, millis(took), true, in_flight);
    requests.limit
}

/// The limit after each of so many failures in a row.
fn fail(requests: &mut InFlight, failures: usize) -> Vec<usize> {
    let fails = |_| {
        requests.failed();
        requests.limit
    };
    (0..failures).map(fails).collect()
}

#[test]
fn answers_that_are_not_quick_widen_the_queue_after_a_round_of_them() {
    let mut requests = InFlight::new(16);
    let found = [4, 4, 4, 4, 5, 5, 5, 5, 5].map(|flying| answer(&mut requests, 250, flying));
    assert_eq!(found, [4, 4, 4, 5, 5, 5, 5, 5, 6]);
    assert_eq!(answer(&mut requests, 249, 6), 7);
}

#[test]
fn events_that_take_more_than_twice_as_long_halve_the_requests_once() {
    let mut requests = InFlight::new(16);
    let found = [300, 600, 610, 610, 610].map(|took| answer(&mut requests, took, 4));
    assert_eq!(found, [4; 5]);
    // One that does not is no part of a round.
    assert_eq!(answer(&mut requests, 600, 3), 4);
    let found = [610; 4].map(|took| answer(&mut requests, took, 4));
    assert_eq!(found, [4, 4, 4, 2]);
    // The others of the four left before.
    let found = [20; 3].map(|took| answer(&mut requests, took, 4));
    assert_eq!(found, [2; 3]);
    assert_eq!(answer(&mut requests, 20, 2), 3);
}

#[test]
fn quick_answers_are_not_too_slow_whatever_their_events_cost() {
    let mut requests = InFlight::new(16);
    let found =
        [(1, 4), (249, 5), (249, 6)].map(|(took, flying)| answer(&mut requests, took, flying));
    assert_eq!(found, [5, 6, 7]);
    let found = [250; 7].map(|took| answer(&mut requests, took, 7));
    assert_eq!(found, [7, 7, 7, 7, 7, 7, 3]);
}

#[test]
fn a_server_that_stays_slow_with_fewer_requests_gets_more_again() {
    let mut requests = InFlight::new(16);
    let found = [300, 610, 610, 610, 610].map(|took| answer(&mut requests, took, 4));
    assert_eq!(found, [4, 4, 4, 4, 2]);
    let found = [610; 4].map(|took| answer(&mut requests, took, 2));
    assert_eq!(found, [2, 2, 2, 3]);
}

#[test]
fn larger_requests_may_take_longer() {
    let mut requests = InFlight::new(16);
    answer(&mut requests, 300, 4);
    for _ in 0..20 {
        let limit = requests.limit;
        requests.answered(40, millis(800), true, limit);
    }
    assert!(requests.limit > 4, "{requests:?}");
}

#[test]
fn three_failures_in_a_row_narrow_the_queue_and_five_halve_it() {
    let wide = || {
        let mut requests = InFlight::new(16);
        while requests.limit < 16 {
            let limit = requests.limit;
            answer(&mut requests, 20, limit);
        }
        requests
    };
    assert_eq!(fail(&mut wide(), 5), [16, 16, 15, 14, 7]);
    // One answer does not make up for two failures, and ten answers do.
    for (answers, limit) in [(1, 15), (10, 16)] {
        let mut requests = wide();
        fail(&mut requests, 2);
        (0..answers).for_each(|_| requests.answered(10, millis(20), false, 1));
        assert_eq!(fail(&mut requests, 1), [limit], "{answers}");
    }
}

#[test]
fn small_answers_predict_that_a_full_request_would_take_too_long() {
    let mut sizing = sizing();
    for size in [32, 64, 128, 256, 500] {
        sizing.answered(size, size * 250, millis(20), 1, true);
    }
    // A lone event that takes a while, as a round trip does, says nothing about the others.
    sizing.answered(1, 250, millis(200), 1, false);
    assert_eq!(sizing.events(), 500);
    sizing.answered(10, 2_500, millis(500), 1, false);
    assert!(sizing.events() <= 21, "{sizing:?}");
}

#[test]
fn the_first_requests_are_small_enough_for_a_slow_server_and_a_slow_uplink() {
    let sizing = sizing();
    assert_eq!((sizing.events(), sizing.bytes()), (32, 64 << 10));
    assert_eq!(sizing.requests(), FIRST_REQUESTS);
}

#[test]
fn a_server_that_loses_everything_gets_single_events_of_a_few_kibibytes() {
    let mut sizing = sizing();
    for _ in 0..10 {
        sizing.lost(sizing.events(), sizing.bytes(), millis(10_000));
    }
    assert_eq!((sizing.events(), sizing.bytes()), (1, 4 << 10));
    assert_eq!(sizing.requests(), 1);
}

#[test]
fn a_connection_that_is_cut_at_once_says_nothing_about_the_size() {
    let mut sizing = sizing();
    sizing.lost(32, 8_000, millis(249));
    assert_eq!((sizing.events(), sizing.bytes()), (32, 64 << 10));
    sizing.lost(32, 8_000, millis(250));
    assert_eq!((sizing.events(), sizing.bytes()), (16, 4_096));
}

/// The limit after each of some quick answers to requests that use the whole limit.
fn grown(sizing: &mut Sizing, answers: usize) -> Vec<usize> {
    let grows = |_| {
        let events = sizing.events();
        sizing.answered(events, events * 250, millis(20), 1, true);
        sizing.events()
    };
    (0..answers).map(grows).collect()
}

#[test]
fn the_least_size_that_was_lost_waits_until_it_may_be_tried_again() {
    let mut sizing = sizing();
    sizing.lost(20, 5_000, millis(10_000));
    // It left before the other was lost, and says nothing new.
    sizing.lost(100, 25_000, millis(10_000));
    assert_eq!(sizing.events(), 2);
    // At most three quarters of the lost size, until there were four answers.
    assert_eq!(grown(&mut sizing, 4), [4, 8, 15, 30]);
    // It is lost again at a larger size, which needs twice as many.
    sizing.lost(30, 7_500, millis(10_000));
    assert_eq!(grown(&mut sizing, 8), [6, 12, 22, 22, 22, 22, 22, 44]);
}

#[test]
fn late_answers_to_requests_of_the_lost_size_do_not_bring_it_back() {
    let mut sizing = sizing();
    sizing.lost(32, 8_000, millis(10_000));
    for _ in 0..20 {
        sizing.answered(32, 8_000, millis(20), 1, true);
        assert!(sizing.events() < 32);
    }
}

#[test]
fn the_size_stays_between_the_target_and_a_slow_answer() {
    let mut sizing = sizing();
    for took in [TARGET + millis(1), SLOW] {
        sizing.answered(32, 64 << 10, took, 1, true);
        assert_eq!((sizing.events(), sizing.bytes()), (32, 64 << 10));
    }
    sizing.answered(32, 64 << 10, SLOW + millis(1), 1, true);
    assert!(sizing.events() < 32 && sizing.bytes() < 64 << 10);
    // An answer at the target does not change it either.
    let before = (sizing.events(), sizing.bytes());
    sizing.answered(before.0, before.1, TARGET, 1, true);
    assert_eq!((sizing.events(), sizing.bytes()), before);
}

#[test]
fn a_request_with_few_large_events_is_full_by_its_bytes() {
    let mut sizing = sizing();
    sizing.answered(2, 64 << 10, millis(20), FIRST_REQUESTS, true);
    assert_eq!(sizing.requests(), FIRST_REQUESTS + 1);
    assert_eq!((sizing.events(), sizing.bytes()), (32, 128 << 10));
}

#[test]
fn a_longer_way_to_the_server_is_soon_not_taken_for_slow_events() {
    let mut sizing = sizing();
    for size in [32, 64, 128, 256, 500] {
        sizing.answered(size, size * 250, Duration::ZERO, 1, true);
    }
    // Every answer takes as long, whatever it has.
    for _ in 0..200 {
        sizing.answered(500, 125_000, millis(400), 1, true);
    }
    sizing.answered(1, 250, millis(400), 1, true);
    assert_eq!(sizing.events(), 500);
}

#[test]
fn a_lone_event_predicts_nothing_within_a_quick_answer() {
    let mut sizing = sizing();
    sizing.answered(1, 250, millis(1), 1, true);
    sizing.answered(1, 250, QUICK, 1, true);
    assert_eq!(sizing.events(), 32);
    sizing.answered(1, 250, QUICK + millis(1), 1, true);
    assert!(sizing.events() <= 4, "{sizing:?}");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Answered(usize, u64),
    Lost(usize, u64),
    Failed,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..600_usize, 1..12_000_u64).prop_map(|(size, took)| Step::Answered(size, took)),
        4 => (1..600_usize, 1..900_u64).prop_map(|(size, took)| Step::Answered(size, took)),
        2 => (1..600_usize, 1..12_000_u64).prop_map(|(size, took)| Step::Lost(size, took)),
        1 => Just(Step::Failed),
    ]
}

proptest! {
    #[test]
    fn no_history_leaves_the_bounds_or_grows_beyond_the_target(
        steps in prop::collection::vec(step(), 0..80),
        most in (1..700_usize, 1..3_000_000_usize, 1..40_usize),
    ) {
        let (events, bytes, requests) = most;
        let mut sizing = Sizing::new(events, bytes, requests);
        for step in steps {
            let before = sizing.clone();
            match step {
                Step::Answered(size, took) => {
                    sizing.answered(size, size * 250, millis(took), sizing.requests(), true);
                    let took = usize::try_from(took).expect("small");
                    if sizing.events() > before.events() {
                        prop_assert!(sizing.events() * took / size <= 1_000);
                    }
                    if sizing.bytes() > before.bytes() {
                        prop_assert!(sizing.bytes() * took / (size * 250) <= 1_000);
                    }
                    prop_assert!(sizing.events() <= before.events().max(2 * size));
                    prop_assert!(sizing.requests() <= before.requests() + 1);
                }
                Step::Lost(size, took) => {
                    sizing.lost(size, size * 250, millis(took));
                    if millis(took) < QUICK {
                        prop_assert_eq!(sizing.events(), before.events());
                        prop_assert!(sizing.requests() <= before.requests());
                    } else {
                        prop_assert!(sizing.events() <= (size / 2).max(1));
                        prop_assert!(sizing.requests() <= (before.requests() / 2).max(1));
                    }
                }
                Step::Failed => {
                    sizing.failed();
                    prop_assert!(sizing.requests() <= before.requests());
                    prop_assert_eq!(sizing.events(), before.events());
                }
            }
            prop_assert!((1..=events).contains(&sizing.events()));
            prop_assert!((1..=bytes).contains(&sizing.bytes()));
            prop_assert!((1..=requests).contains(&sizing.requests()));
        }
    }

    #[test]
    fn a_lost_size_waits_for_smaller_answers_within_the_target(
        before in prop::collection::vec(step(), 0..30),
        lost in 2..600_usize,
        answers in prop::collection::vec((1..600_usize, 1..3_000_u64), 0..60),
    ) {
        let mut sizing = sizing();
        for step in before {
            match step {
                Step::Answered(size, took) => {
                    sizing.answered(size, size * 250, millis(took), 1, true);
                }
                Step::Lost(size, took) => sizing.lost(size, size * 250, millis(took)),
                Step::Failed => sizing.failed(),
            }
        }
        sizing.lost(lost, lost * 250, millis(10_000));
        let mut smaller = 0;
        for (size, took) in answers {
            sizing.answered(size, size * 250, millis(took), 1, true);
            smaller += u32::from(size < lost && took <= 1_000);
            if smaller < ANSWERS_AFTER_LOSS {
                prop_assert!(sizing.events() < lost);
                prop_assert!(sizing.bytes() < (lost * 250).max(LEAST_BYTES + 1));
            }
        }
    }

    #[test]
    fn whatever_the_server_needs_answers_come_in_time_after_the_first(
        request in 0..300_u64,
        event in 0..400_u64,
        event_bytes in 100..4_000_usize,
    ) {
        let server = publishing(millis(request), millis(event));
        let mut queue = Queue::new(event_bytes);
        queue.run(&server, millis(20_000));
        queue.run(&server, millis(20_000));
        // Only the first requests can be lost.
        prop_assert!(queue.lost <= FIRST_REQUESTS, "{queue:?}");
        prop_assert!(queue.slowest <= millis(2_000), "{queue:?}");
        // Not timid either: at least a third of the target, or full.
        let full = queue.sizing.events() == MOST_EVENTS
            || (queue.sizing.events() + 1) * event_bytes > MOST_BYTES;
        prop_assert!(queue.slowest >= millis(333) || full, "{queue:?}");
    }
}
