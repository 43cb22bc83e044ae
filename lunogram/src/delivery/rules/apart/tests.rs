use super::*;
use crate::wire::Backoff;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

/// Hardly any request fails.
const RELIABLE: Share = Share {
    answered: 1_000,
    failed: 0,
};

fn answered(at: Instant) -> Shown {
    Shown {
        answered: Some(at),
        is_well: true,
        troubled: None,
        share: RELIABLE,
    }
}

#[test]
fn three_failures_alone_between_which_others_got_through_are_enough() {
    let start = Instant::now();
    let mut history = History::default();
    let mut fails = |now, others| {
        history.failed_at_server(now, answered(others));
        history.failed_alone(now, answered(others))
    };
    assert!(!fails(start, start));
    assert!(!fails(start + 2 * SECOND, start + SECOND));
    // No other event that left after the last time got through.
    assert!(!fails(start + 4 * SECOND, start + 2 * SECOND));
    assert!(fails(start + 6 * SECOND, start + 5 * SECOND));
}

/// The attempts of one event after which it is refused, where `failed` of `all` requests fail.
fn attempts_until_refused(failed: u32, all: u32) -> usize {
    let mut history = History::default();
    let mut now = Instant::now();
    let mut refused = || {
        let others = now + SECOND;
        now += 2 * SECOND;
        // The event's own failures are among them, until it is a suspect.
        let own = history.evidence.shared + u32::from(!history.is_suspect());
        let share = Share {
            answered: all - failed,
            failed: failed + own,
        };
        let shown = Shown {
            share,
            ..answered(others)
        };
        history.failed_at_server(now, shown);
        history.failed_alone(now, shown)
    };
    1 + (0..100).position(|_| refused()).expect("refused at last")
}

#[test]
fn the_more_requests_fail_the_more_failures_are_needed() {
    // The chance that a right event fails as often is less than 2⁻³⁰, as far as it is known.
    for (failed, all, attempts) in [
        (0, 1_000, 3),
        (0, 200, 4),
        (10, 1_000, 5),
        (50, 1_000, 8),
        (100, 1_000, 11),
        (300, 1_000, 21),
        (1_000, 1_000, 40),
        // Until there are more, the server is taken for a reliable one.
        (0, 2, 5),
    ] {
        let found = attempts_until_refused(failed, all);
        assert_eq!(found, attempts, "{failed} of {all}");
    }
}

#[test]
fn nothing_is_to_blame_while_nothing_gets_through() {
    let start = Instant::now();
    let mut history = History::default();
    for minute in 0..60 {
        let now = start + 60 * SECOND * minute;
        history.failed_at_server(now, answered(start));
        assert!(!history.failed_alone(now, answered(start)));
    }
}

#[test]
fn a_queue_without_other_events_takes_its_time() {
    let start = Instant::now();
    // Seconds between the attempts, and how many of them are needed.
    for (gap, attempts) in [(10, 10), (29, 5), (30, 4), (200, 4)] {
        let mut history = History::default();
        history.suspect(start, false);
        // The other events of its batch got through. No other event is sent later.
        let shown = answered(start + SECOND / 2);
        let mut moments = (0..20).map(|attempt| start + SECOND + SECOND * gap * attempt);
        let found = moments.position(|now| {
            history.failed_at_server(now, shown);
            history.failed_alone(now, shown)
        });
        assert_eq!(found, Some(attempts - 1), "{gap}");
    }
}

#[test]
fn a_suspect_waits_longer_than_an_event_that_failed_once() {
    let now = Instant::now();
    let health = Health::new(Backoff {
        first: SECOND / 4,
        longest: 30 * SECOND,
    });
    let mut history = History::default();
    let fails = |history: &mut History| {
        history.failed_at_server(now, Shown::default());
        history.failed();
        history.failed_alone(now, Shown::default());
    };
    fails(&mut history);
    assert!(!history.is_suspect());
    assert!(history.pause(&health, u64::MAX) < SECOND / 4);
    // As an event of a batch that failed, once is enough.
    let piece = history.of_piece();
    assert!(piece.is_suspect());
    // Two more failures in one moment may still be chance, and the next one is not.
    for longest in [SECOND / 2, SECOND] {
        fails(&mut history);
        assert!(history.is_suspect());
        assert!(history.pause(&health, u64::MAX) <= longest);
    }
    fails(&mut history);
    assert_eq!(history.pause(&health, 0), 30 * SECOND);
}

#[test]
fn events_that_may_be_in_wait_for_an_answer_and_other_events_for_a_pause() {
    let now = Instant::now();
    let health = Health::new(Backoff {
        first: SECOND / 4,
        longest: 30 * SECOND,
    });
    let mut history = History::default();
    history.failed();
    assert!(history.pause(&health, u64::MAX) > Duration::ZERO);
    history.may_be_in(now, true);
    assert_eq!(history.pause(&health, u64::MAX), Duration::ZERO);
    // An answer to another request says nothing about an event that may be to blame.
    let mut suspect = history.of_piece();
    suspect.failed();
    suspect.failed_at_server(now, Shown::default());
    suspect.failed_alone(now, Shown::default());
    assert!(suspect.is_suspect());
    assert!(suspect.pause(&health, u64::MAX) > Duration::ZERO);
}

#[test]
fn the_attempts_of_a_piece_are_counted_anew() {
    let mut history = History::default();
    history.failed();
    history.failed();
    assert_eq!(history.tries(), 2);
    let mut piece = history.of_piece();
    assert_eq!(piece.tries(), 0);
    piece.failed();
    assert_eq!(piece.tries(), 1);
}

#[test]
fn a_part_that_failed_during_an_outage_stays_together() {
    let now = Instant::now();
    let mut history = History::default();
    assert_eq!(history.piece_len(100, Shown::default()), 100);
    history.suspect(now, false);
    assert_eq!(history.piece_len(100, Shown::default()), 10);
    let trouble = |troubled| Shown {
        answered: None,
        troubled: Some(troubled),
        share: RELIABLE,
        is_well: true,
    };
    assert_eq!(history.piece_len(100, trouble(now)), 10);
    assert_eq!(history.piece_len(100, trouble(now + SECOND)), 100);
    // Its own failure is that of one event.
    history.suspect(now, true);
    assert_eq!(history.piece_len(100, trouble(now + SECOND)), 10);
    let mut piece = history.of_piece();
    assert_eq!(piece.piece_len(10, Shown::default()), 10);
    piece.suspect(now, false);
    assert_eq!(piece.piece_len(10, Shown::default()), 1);
}

proptest! {
    #[test]
    fn one_event_is_found_in_twice_the_root_of_requests(
        events in 1..20_000_usize,
        bad in any::<prop::sample::Index>(),
    ) {
        let bad = bad.index(events);
        let now = Instant::now();
        let mut history = History::default();
        history.suspect(now, false);
        let len = history.piece_len(events, Shown::default());
        prop_assert!(len >= 1 && (len < events || events == 1));
        let pieces = events.div_ceil(len);
        let size = len.min(events - bad / len * len);
        let mut piece = history.of_piece();
        piece.suspect(now, false);
        prop_assert_eq!(piece.piece_len(size, Shown::default()), 1);
        // The pieces, the events of one piece, and the attempts after the first.
        let requests = pieces + size + 2;
        let most = requests.saturating_sub(5);
        // most ≤ 2√n, without a root.
        prop_assert!(most * most <= 4 * events, "{} for {}", requests, events);
    }
}
