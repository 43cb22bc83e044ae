use super::*;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn health() -> Health {
    Health::new(Backoff {
        first: SECOND / 4,
        longest: 30 * SECOND,
    })
}

/// A failed request that left and failed at `now`, with the longest pause.
fn fail(health: &mut Health, now: Instant) -> Option<Transition> {
    health.failed(Failure::Server, now, now, None, u64::MAX)
}

/// A server that has been down since `start`.
fn down(start: Instant) -> Health {
    let mut health = health();
    for millis in 0..3 {
        let _ = fail(&mut health, start + Duration::from_millis(millis));
    }
    health
}

fn wake(health: &Health, now: Instant) -> Instant {
    match health.may_leave(now, None) {
        Leave::Nothing(Some(until)) => until,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_single_failure_holds_up_its_own_events_only() {
    let now = Instant::now();
    let mut health = health();
    let sent = now + SECOND;
    assert_eq!(fail(&mut health, sent), None);
    let doubt = Some(sent);
    assert_eq!(health.may_leave(sent, None), Leave::Anything);
    assert!(matches!(
        health.may_leave(sent, doubt),
        Leave::Nothing(Some(_))
    ));
    // An answer to a request that left before the failure, or with it, says nothing about it.
    for started_at in [now, sent] {
        assert_eq!(health.succeeded(started_at, sent), None);
        assert_ne!(health.may_leave(sent, doubt), Leave::Anything);
    }
    // One that left after it does.
    assert_eq!(health.succeeded(sent + SECOND, sent + 2 * SECOND), None);
    assert_eq!(health.may_leave(sent + 2 * SECOND, doubt), Leave::Anything);
}

#[test]
fn after_three_failures_in_a_row_a_probe_and_a_canary_decide() {
    let start = Instant::now();
    let mut health = health();
    assert_eq!(fail(&mut health, start), None);
    assert_eq!(fail(&mut health, start + SECOND), None);
    assert_eq!(health.may_leave(start + SECOND, None), Leave::Anything);
    let mut now = start + 2 * SECOND;
    assert_eq!(fail(&mut health, now), Some(Transition::Tripped));
    assert_eq!(fail(&mut health, now), None);
    now = wake(&health, now);
    assert_eq!(health.may_leave(now, None), Leave::OneProbe);
    health.probe_sent();
    assert_eq!(health.may_leave(now, None), Leave::Nothing(None));
    health.probe_answered(now);
    assert_eq!(health.may_leave(now, None), Leave::OneCanary);
    health.canary_sent();
    assert_eq!(health.may_leave(now, None), Leave::Nothing(None));
    // The canary fails: the next one needs a new probe.
    let ended = now + SECOND;
    assert_eq!(health.failed(Failure::Server, now, ended, None, 0), None);
    health.canary_ended();
    assert_eq!(health.shown().troubled, Some(ended));
    now = wake(&health, ended);
    assert_eq!(health.may_leave(now, None), Leave::OneProbe);
    health.probe_sent();
    health.probe_answered(now);
    health.canary_sent();
    assert_eq!(
        health.succeeded(now, now + SECOND),
        Some(Transition::Resumed)
    );
    health.canary_ended();
    assert_eq!(health.may_leave(now + SECOND, None), Leave::Anything);
}

#[test]
fn requests_that_left_before_the_outage_neither_end_it_nor_lengthen_its_pause() {
    let start = Instant::now();
    let mut health = down(start + SECOND);
    let pause = wake(&health, start + 2 * SECOND / 2);
    for _ in 0..16 {
        let _ = health.failed(Failure::Server, start, start + SECOND, None, u64::MAX);
    }
    // The last of the failures was then.
    let failed_at = start + SECOND + Duration::from_millis(2);
    let _ = health.failed(Failure::Server, failed_at, failed_at, None, u64::MAX);
    assert_eq!(wake(&health, start + SECOND), pause);
    let now = start + 5 * SECOND;
    assert_eq!(health.succeeded(start, now), None);
    // It shows that the server is there.
    assert_eq!(health.may_leave(now, None), Leave::OneCanary);
}

#[test]
fn late_failures_of_requests_that_left_before_an_answered_one_count_for_nothing() {
    let start = Instant::now();
    let mut health = health();
    let _ = health.succeeded(start + SECOND, start + 2 * SECOND);
    for _ in 0..10 {
        assert_eq!(
            health.failed(Failure::Server, start, start + 10 * SECOND, None, 0),
            None
        );
    }
    let now = start + 10 * SECOND;
    assert_eq!(health.may_leave(now, None), Leave::Anything);
    // Their events may be in.
    assert_eq!(health.may_leave(now, Some(now)), Leave::OneProbe);
}

#[test]
fn failures_of_requests_that_left_with_an_answered_one_count() {
    let start = Instant::now();
    let mut health = health();
    let _ = health.succeeded(start, start + SECOND);
    let failures =
        [(); 3].map(|()| health.failed(Failure::Server, start, start + 2 * SECOND, None, u64::MAX));
    assert_eq!(failures, [None, None, Some(Transition::Tripped)]);
}

#[test]
fn a_failure_is_judged_by_the_answers_before_its_request_left() {
    let start = Instant::now();
    let mut health = health();
    let _ = health.succeeded(start, start + SECOND);
    let then = health.shown();
    let _ = health.succeeded(start + SECOND, start + 2 * SECOND);
    let _ = fail(&mut health, start + 3 * SECOND);
    let shown = health.shown().since(then);
    assert_eq!((shown.answered, shown.is_well), (Some(start), true));
    // The share of failures is that of now.
    assert_eq!((shown.share.answered, shown.share.failed), (2, 1));
}

#[test]
fn the_share_has_the_failures_of_the_server_and_not_those_of_the_settings() {
    let now = Instant::now();
    let mut health = health();
    let _ = health.failed(Failure::Settings, now, now, None, 0);
    assert_eq!(health.shown().share.failed, 0);
    let _ = fail(&mut health, now);
    assert_eq!(health.shown().share.failed, 1);
}

#[test]
fn the_pauses_of_an_outage_grow_to_half_a_minute() {
    let start = Instant::now();
    let mut health = down(start);
    let mut now = start;
    let mut probes = 0;
    while now < start + 600 * SECOND {
        let next = wake(&health, now);
        assert!(next - now <= 30 * SECOND);
        assert!(now < start + 60 * SECOND || next - now >= 14 * SECOND);
        now = next;
        assert_eq!(health.may_leave(now, None), Leave::OneProbe);
        health.probe_sent();
        health.probe_failed(now, None, if probes % 2 == 0 { 0 } else { u64::MAX });
        probes += 1;
    }
    assert!((25..=45).contains(&probes), "{probes}");
}

#[test]
fn a_waiting_application_gets_a_probe_at_once_unless_the_server_has_asked_to_wait() {
    let now = Instant::now();
    let mut health = down(now);
    health.urge();
    assert_eq!(health.may_leave(now, None), Leave::OneProbe);
    health.probe_sent();
    health.probe_failed(now, Some(20 * SECOND), u64::MAX);
    // Batches that failed before are not suspected.
    assert_eq!(health.shown().troubled, Some(now));
    health.urge();
    let until = now + 20 * SECOND;
    assert_eq!(health.may_leave(now, None), Leave::Nothing(Some(until)));
    assert_eq!(health.retry_after(now), Some(until));
    assert_eq!(health.may_leave(until, None), Leave::OneProbe);
    // The pauses start short again.
    health.probe_sent();
    health.probe_failed(until, None, u64::MAX);
    assert!(wake(&health, until) <= until + SECOND / 4);
}

#[test]
fn a_probe_that_was_given_up_is_followed_by_another_after_a_pause() {
    let start = Instant::now();
    let mut health = down(start);
    let now = wake(&health, start);
    health.probe_sent();
    health.probe_cancelled(now, u64::MAX);
    let next = wake(&health, now);
    assert!(next > now);
    assert_eq!(health.may_leave(next, None), Leave::OneProbe);
}

#[test]
fn a_day_of_retry_after_is_a_minute() {
    let now = Instant::now();
    let mut health = health();
    let day = Some(Duration::from_secs(86_400));
    let _ = health.failed(Failure::Server, now, now, day, 0);
    assert_eq!(health.retry_after(now), Some(now + 60 * SECOND));
    assert_eq!(health.retry_after(now + 60 * SECOND), None);
}

#[test]
fn a_refused_key_holds_everything_until_a_canary_is_answered() {
    let start = Instant::now();
    let mut health = health();
    let refused = |health: &mut Health, now| health.failed(Failure::Settings, now, now, None, 0);
    assert_eq!(refused(&mut health, start), Some(Transition::Suspended));
    assert!(health.is_held());
    let mut now = start;
    while now < start + 5_400 * SECOND {
        now = wake(&health, now);
        assert_eq!(health.may_leave(now, None), Leave::OneCanary);
        health.canary_sent();
        // A failure of another kind does not end the hold.
        let failure = if now < start + 60 * SECOND {
            Failure::Server
        } else {
            Failure::Settings
        };
        assert_eq!(health.failed(failure, now, now, None, 0), None);
        health.canary_ended();
        assert!(health.is_held());
    }
    let answered = now + SECOND;
    assert_eq!(
        health.succeeded(answered, answered),
        Some(Transition::Resumed)
    );
    assert!(!health.is_held());
    let later = answered + 100 * SECOND;
    assert_eq!(health.held_between(start, later), answered - start);
    assert_eq!(health.held_between(answered - SECOND, later), SECOND);
    assert_eq!(health.held_between(answered, later), Duration::ZERO);
}

#[test]
fn the_budget_allows_one_failure_in_six_and_no_more() {
    for (answers, exhausted) in [(4, true), (5, false)] {
        let start = Instant::now();
        let mut health = health();
        for round in 0..200 {
            let now = start + SECOND * round;
            let _ = fail(&mut health, now);
            for _ in 0..answers {
                let _ = health.succeeded(now, now);
            }
        }
        let pauses = [health.pause(1, u64::MAX), health.pause_of_doubt(u64::MAX)];
        let longest = pauses.map(|pause| pause > SECOND);
        assert_eq!(longest, [exhausted; 2], "{answers}");
    }
}

#[test]
fn nine_failures_cost_no_longer_pause_and_after_the_tenth_five_answers_are_needed() {
    let now = Instant::now();
    let mut health = health();
    let is_usual = |health: &Health| health.pause(1, u64::MAX) < SECOND;
    for failure in 1..=10 {
        let _ = fail(&mut health, now);
        assert_eq!(is_usual(&health), failure < 10, "{failure}");
    }
    for answer in 1..=5 {
        let _ = health.succeeded(now, now);
        assert_eq!(is_usual(&health), answer == 5, "{answer}");
    }
}

#[test]
fn so_many_holds_are_summed_up_that_deadlines_are_rather_late() {
    let start = Instant::now();
    let mut health = health();
    let mut now = start;
    for _ in 0..100 {
        let _ = health.failed(Failure::Settings, now, now, None, 0);
        let _ = health.succeeded(now + SECOND, now + SECOND);
        now += 3 * SECOND;
    }
    assert!(health.held_between(start, now) >= 100 * SECOND);
    assert_eq!(health.held_between(now - 30 * SECOND, now), 10 * SECOND);
    assert_eq!(health.holds.len(), 32);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Wait(u64),
    /// The request that may leave is sent.
    Attempt {
        fails: bool,
        late: bool,
        random: u64,
    },
    Refused,
    RetryAfter(u64),
    Urge,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..40_000_u64).prop_map(Step::Wait),
        8 => (any::<bool>(), any::<bool>(), any::<u64>())
            .prop_map(|(fails, late, random)| Step::Attempt { fails, late, random }),
        1 => Just(Step::Refused),
        1 => (0..100_000_u64).prop_map(Step::RetryAfter),
        1 => Just(Step::Urge),
    ]
}

proptest! {
    #[test]
    fn no_history_silences_the_client_or_sends_what_may_be_in_without_proof(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        let mut health = health();
        let mut now = Instant::now();
        let mut doubt = None;
        // The latest proof, of each kind, that the server answers.
        let mut proof = None;
        let mut event_proof = None;
        for step in steps {
            now += Duration::from_millis(1);
            match step {
                Step::Wait(millis) => now += Duration::from_millis(millis),
                Step::Urge => health.urge(),
                Step::Refused => {
                    let _ = health.failed(Failure::Settings, now, now, None, 0);
                }
                Step::RetryAfter(millis) => {
                    let retry_after = Some(Duration::from_millis(millis));
                    let _ = health.failed(Failure::Server, now, now, retry_after, 0);
                    let floor = now + Duration::from_millis(millis.min(60_000));
                    prop_assert!(health.retry_after(now).is_none_or(|until| until >= floor));
                }
                Step::Attempt { fails, late, random } => {
                    if late {
                        now += SECOND * 12;
                    }
                    let leave = health.may_leave(now, doubt);
                    match leave {
                        Leave::Nothing(until) => {
                            let until = until.expect("nothing is on its way");
                            prop_assert!(until > now && until <= now + 60 * SECOND);
                        }
                        Leave::OneProbe => {
                            health.probe_sent();
                            prop_assert_eq!(health.may_leave(now, doubt), Leave::Nothing(None));
                            if fails {
                                health.probe_failed(now, None, random);
                            } else {
                                health.probe_answered(now);
                                proof = Some(now);
                            }
                        }
                        Leave::OneCanary | Leave::Anything => {
                            let is_canary = leave == Leave::OneCanary;
                            if is_canary {
                                prop_assert!(health.is_held() || proof >= doubt);
                                health.canary_sent();
                            } else {
                                prop_assert!(doubt.is_none() || event_proof > doubt);
                            }
                            if fails {
                                let _ = health.failed(Failure::Server, now, now, None, random);
                                doubt = Some(now);
                            } else {
                                let _ = health.succeeded(now, now);
                                proof = Some(now);
                                event_proof = Some(now);
                                prop_assert!(!health.is_held());
                                prop_assert_eq!(health.may_leave(now, None), Leave::Anything);
                            }
                            health.canary_ended();
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn an_event_that_fails_alone_is_reported_as_an_outage_and_stops_no_other() {
    let start = Instant::now();
    let mut health = health();
    assert_eq!(fail(&mut health, start), None);
    assert_eq!(health.failed_alone(), None);
    assert_eq!(health.failed_alone(), Some(Transition::Tripped));
    assert_eq!(health.failed_alone(), None);
    assert_eq!(health.may_leave(start, None), Leave::Anything);
    let resumed = health.succeeded(start + SECOND, start + 2 * SECOND);
    assert_eq!(resumed, Some(Transition::Resumed));
    // Among others that are answered, it is no outage.
    for second in 3..10 {
        assert_eq!(health.failed_alone(), None);
        let _ = health.succeeded(start + SECOND * second, start + SECOND * second);
    }
}

#[test]
fn an_answer_that_is_overdue_lets_one_event_leave_at_a_time() {
    let start = Instant::now();
    let mut health = health();
    assert_eq!(Health::overdue(start, start + 3 * SECOND), None);
    let now = start + 4 * SECOND;
    let doubt = Health::overdue(start, now);
    assert_ne!(health.may_leave(now, doubt), Leave::Anything);
    // A request that left later was answered.
    assert_eq!(health.succeeded(start + SECOND, now), None);
    assert_eq!(health.may_leave(now, doubt), Leave::Anything);
}
