use super::fleet::{Fleet, Outcome};
use super::*;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn defaults() -> Pace {
    Pace::new(SECOND, None)
}

fn run(processes: usize, rate: usize, seconds: usize, seed: u64) -> Outcome {
    let calls = 2;
    let fleet = Fleet {
        processes,
        rate,
        calls,
        seconds,
        seed,
    };
    // They start together, as after a deployment: the worst moment for the window.
    fleet.run(1, &defaults())
}

/// Holds for all fleets whose events fit into full requests below the window. Forty processes with
/// 100 events a second do not: 4,000 events are 8 full requests a second, and 2 calls fill the
/// window.
#[test]
fn fleets_stay_within_the_window_without_knowing_each_other() {
    for processes in [10, 20, 40] {
        for rate in [1, 20, 100] {
            if processes * rate >= 4_000 {
                continue;
            }
            let seed = u64::try_from(processes * rate).expect("small");
            let outcome = run(processes, rate, 180, seed);
            let context = format!("{processes} × {rate}: {outcome:?}");
            assert_eq!(outcome.calls, 360);
            assert_eq!(outcome.calls_failed_after(0), 0, "{context}");
            assert!(outcome.refused * 100 <= outcome.requests, "{context}");
            assert!(outcome.percentile(99) <= 10 * SECOND, "{context}");
            // The events of the last seconds still wait.
            let waiting = processes * rate * 7;
            assert!(outcome.offered - outcome.delivered <= waiting, "{context}");
            if (processes, rate) == (20, 20) {
                assert!(outcome.requests <= 800, "{context}");
            }
        }
    }
}

#[test]
fn in_ten_minutes_at_most_one_call_of_twelve_hundred_fails() {
    let outcome = run(40, 20, 600, 3);
    assert_eq!(outcome.calls, 1_200);
    assert!(outcome.calls_failed_after(0) <= 1, "{outcome:?}");
    assert!(outcome.refused * 100 <= outcome.requests, "{outcome:?}");
    assert!(outcome.percentile(99) <= 10 * SECOND, "{outcome:?}");
}

/// Sixty processes would need 600 requests a minute at six seconds. The 429s make them wait longer,
/// and no process is left behind.
#[test]
fn a_fleet_that_is_too_large_learns_the_window() {
    let outcome = run(60, 20, 600, 3);
    assert!(outcome.refused * 50 <= outcome.requests, "{outcome:?}");
    assert!(outcome.percentile(99) <= 30 * SECOND, "{outcome:?}");
    assert!(outcome.oldest() <= 60 * SECOND, "{outcome:?}");
    assert!(
        outcome.delivered * 100 >= outcome.offered * 98,
        "{outcome:?}"
    );
}

/// More than the server allows, whatever the client does.
#[test]
fn a_flood_uses_four_fifths_of_the_window_and_rarely_hits_it() {
    let fleet = Fleet {
        processes: 2,
        rate: 10_000,
        calls: 2,
        seconds: 300,
        seed: 5,
    };
    let outcome = fleet.run(1, &defaults());
    assert!(outcome.refused * 100 <= outcome.requests, "{outcome:?}");
    // The first minute fills the window. After it: 480 a minute, and the calls get through.
    let after = outcome.sent.iter().filter(|&&tick| tick >= 80 * 20).count();
    assert!((220 * 7..=220 * 9).contains(&after), "{after}");
    assert_eq!(outcome.calls_failed_after(80), 0, "{outcome:?}");
}

#[test]
fn a_lone_event_leaves_at_the_batch_age_after_a_quiet_time() {
    let start = Instant::now();
    let mut pace = defaults();
    assert_eq!(pace.next(start, false), start + SECOND);
    let mut now = start;
    // A busy time, in which the age grows.
    let mut longest = Duration::ZERO;
    for _ in 0..50 {
        let leaves = pace.next(now, false);
        longest = leaves - now;
        now = leaves;
        pace.sent(now);
    }
    assert!((5 * SECOND..=6 * SECOND).contains(&longest), "{longest:?}");
    // Twelve seconds without a request.
    now += 12 * SECOND;
    assert_eq!(pace.next(now, false), now + SECOND);
    pace.sent(now + SECOND);
    assert_eq!(pace.next(now + SECOND, false), now + 2 * SECOND);
}

#[test]
fn full_requests_leave_at_once_and_use_up_the_prompt_ones() {
    let now = Instant::now();
    let mut pace = defaults();
    for _ in 0..1_000 {
        assert_eq!(pace.next(now, true), now);
        pace.sent(now);
    }
    // Full requests do not run into debt: the rest of a large import follows soon.
    assert_eq!(pace.next(now, false), now + 6 * SECOND);
}

#[test]
fn the_batch_age_of_the_application_scales_the_steady_interval() {
    for (age, interval) in [
        (0, 0),
        (100, 600),
        (1_000, 6_000),
        (5_000, 6_000),
        (30_000, 30_000),
    ] {
        let pace = Pace::new(Duration::from_millis(age), None);
        assert_eq!(pace.interval, Duration::from_millis(interval), "{age}");
    }
}

#[test]
fn a_day_of_retry_after_is_a_minute() {
    let now = Instant::now();
    let mut pace = defaults();
    pace.sent(now);
    pace.refused(now, now, Some(Duration::from_secs(86_400)), 0);
    assert_eq!(pace.next(now, true), now + 60 * SECOND);
}

#[test]
fn a_429_shows_the_rate_which_recovers_slowly_and_is_forgotten() {
    let start = Instant::now();
    let mut pace = defaults();
    for index in 0..100 {
        pace.sent(start + SECOND * index / 2);
    }
    let now = start + 50 * SECOND;
    pace.sent(now);
    pace.sent(now);
    pace.refused(now, now, Some(SECOND), 0);
    // A hundred were admitted, and one of the two that left together.
    let rate = |pace: &mut Pace, now| 60.0 / pace.spacing_at(now).as_secs_f64();
    let after = |minutes: u32| now + 60 * SECOND * minutes;
    assert!((79.0..=82.0).contains(&rate(&mut pace, now)));
    pace.refused(now, now, Some(SECOND), 0);
    assert!((79.0..=82.0).contains(&rate(&mut pace, now)));
    assert!((90.0..=95.0).contains(&rate(&mut pace, after(5))));
    let mut again = pace.clone();
    // The next refusal reduces it again.
    for index in 0..60 {
        again.sent(after(4) + SECOND * index);
    }
    again.refused(after(5) - SECOND, after(5), Some(SECOND), 0);
    assert!((46.0..=48.0).contains(&rate(&mut again, after(5))));
    assert!((104.0..=108.0).contains(&rate(&mut pace, after(10))));
    assert!((230.0..=235.0).contains(&rate(&mut pace, after(20))));
    assert_eq!(pace.spacing_at(after(30)), Duration::ZERO);
}

#[test]
fn a_short_deadline_shortens_the_wait_under_steady_traffic() {
    let steady = |deadline| {
        let mut pace = defaults().within(deadline);
        let mut now = Instant::now();
        let mut longest = Duration::ZERO;
        for _ in 0..20 {
            let leaves = pace.next(now, false);
            longest = leaves - now;
            now = leaves;
            pace.sent(now);
        }
        longest
    };
    assert_eq!(steady(SECOND * 3600), SECOND * 6);
    assert_eq!(steady(SECOND * 8), SECOND * 4);
    // Never below the batch age.
    assert_eq!(steady(SECOND), SECOND);
}

#[test]
fn a_process_that_has_sent_little_is_not_slowed_down_to_nothing() {
    let start = Instant::now();
    let mut pace = defaults();
    pace.sent(start);
    pace.refused(start, start, Some(SECOND), 0);
    // Four fifths of twenty a minute at its start, and of eight a minute later.
    assert_eq!(pace.spacing_at(start), SECOND * 15 / 4);
    let mut half = defaults();
    half.sent(start);
    let now = start + 30 * SECOND;
    half.sent(now);
    half.refused(now, now, Some(SECOND), 0);
    assert_eq!(half.spacing_at(now), SECOND * 15 / 2);
    let mut later = defaults();
    later.sent(start);
    let now = start + 120 * SECOND;
    later.sent(now);
    later.refused(now, now, Some(SECOND), 0);
    assert_eq!(later.spacing_at(now), SECOND * 75 / 8);
    // If even that is refused, it is reduced.
    let now = now + 10 * SECOND;
    later.sent(now);
    later.refused(now, now, Some(SECOND), 0);
    assert!(later.spacing_at(now) > SECOND * 11);
}

#[test]
fn a_few_refusals_without_retry_after_show_no_limit() {
    let start = Instant::now();
    let spacings: Vec<Duration> = [50, 20, 5]
        .into_iter()
        .map(|one_in| {
            let mut pace = defaults();
            for request in 1..=100 {
                pace.sent(start);
                if request % one_in == 0 {
                    pace.refused(start, start, None, 0);
                }
            }
            pace.spacing_at(start)
        })
        .collect();
    assert_eq!(spacings[..2], [Duration::ZERO; 2]);
    assert!(spacings[2] > Duration::ZERO);
}

#[test]
fn ten_refusals_without_retry_after_show_a_limit_if_they_are_a_tenth() {
    let start = Instant::now();
    for (requests, refusals, is_limit) in [
        (50, 9, false),
        (50, 10, true),
        (100, 10, true),
        (101, 10, false),
        (109, 11, true),
    ] {
        let mut pace = defaults();
        (0..requests).for_each(|_| pace.sent(start));
        (0..refusals).for_each(|_| pace.refused(start, start, None, 0));
        let found = pace.spacing_at(start) > Duration::ZERO;
        assert_eq!(found, is_limit, "{refusals} of {requests}");
    }
}

#[test]
fn processes_that_are_refused_together_do_not_return_together() {
    let now = Instant::now();
    let returns = |random| {
        let mut pace = defaults();
        pace.sent(now);
        pace.refused(now, now, Some(SECOND), random);
        pace.next(now, true) - now
    };
    let spacing = SECOND * 15 / 4;
    assert_eq!(returns(0), spacing);
    assert_eq!(returns(u64::MAX / 2 + 1), spacing + spacing / 2);
    assert!(returns(u64::MAX) <= 2 * spacing);
}

#[test]
fn a_late_refusal_takes_back_no_request_of_another_minute() {
    let start = Instant::now();
    let now = start + 60 * SECOND;
    let mut recent = Recent::default();
    recent.add(start);
    recent.add(now);
    recent.remove(start);
    assert_eq!(recent.in_last_minute(now), 1);
    recent.remove(now);
    assert_eq!(recent.in_last_minute(now), 0);
}

#[test]
fn a_batch_age_of_months_is_kept() {
    let now = Instant::now();
    let day = SECOND * 24 * 3600;
    for (age, waits) in [(300 * day, 300 * day), (Duration::MAX, 365 * day)] {
        assert_eq!(Pace::new(age, None).next(now, false), now + waits);
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Wait(u64),
    Send {
        full: bool,
    },
    Refused {
        retry_after: Option<u64>,
        random: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..20_000_u64).prop_map(Step::Wait),
        6 => any::<bool>().prop_map(|full| Step::Send { full }),
        1 => (prop::option::of(0..200_000_u64), any::<u64>())
            .prop_map(|(retry_after, random)| Step::Refused { retry_after, random }),
    ]
}

proptest! {
    #[test]
    fn no_history_sends_earlier_than_it_may(
        steps in prop::collection::vec(step(), 0..200),
        most in prop::option::of(1..200_u32),
        batch_age in 0..3_000_u64,
    ) {
        let mut pace = Pace::new(Duration::from_millis(batch_age), most);
        let mut now = Instant::now();
        let mut sent: Vec<Instant> = Vec::new();
        let mut floor = now;
        for step in steps {
            match step {
                Step::Wait(millis) => now += Duration::from_millis(millis),
                Step::Send { full } => {
                    let leaves = pace.next(now, full);
                    prop_assert!(leaves >= now);
                    prop_assert!(leaves >= floor);
                    prop_assert!(pace.next(now, true) <= pace.next(now, false));
                    // Whatever happened: no silence beyond a minute and the widest spacing.
                    let widest = Duration::from_secs(60 + 2 * 60);
                    prop_assert!(leaves <= now + widest);
                    if !full {
                        prop_assert!(leaves >= now + Duration::from_millis(batch_age));
                    }
                    now = leaves;
                    pace.sent(now);
                    sent.push(now);
                }
                Step::Refused { retry_after, random } => {
                    let Some(&sent_at) = sent.last() else { continue };
                    let retry_after = retry_after.map(Duration::from_millis);
                    pace.refused(sent_at, now, retry_after, random);
                    let pause = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
                    floor = floor.max(now + pause);
                }
            }
        }
        if let Some(most) = most {
            let most = usize::try_from(most).expect("small");
            for (first, last) in sent.iter().zip(sent.iter().skip(most)) {
                prop_assert!(*last - *first > WINDOW);
            }
        }
    }

    #[test]
    fn the_last_minute_is_counted(gaps in prop::collection::vec(0..30_u64, 1..80)) {
        let mut recent = Recent::default();
        let start = Instant::now();
        let mut moments = Vec::new();
        let mut second = 0;
        for gap in gaps {
            second += gap;
            moments.push(second);
            recent.add(start + SECOND * u32::try_from(second - moments[0]).expect("small"));
        }
        let now = start + SECOND * u32::try_from(second - moments[0]).expect("small");
        let expected = moments.iter().filter(|&&moment| moment + 60 > second).count();
        prop_assert_eq!(recent.in_last_minute(now), u64::try_from(expected).expect("small"));
        recent.remove(now);
        prop_assert_eq!(recent.in_last_minute(now) + 1, u64::try_from(expected).expect("small"));
    }
}
