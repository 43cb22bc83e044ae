use super::super::health::Share;
use super::*;
use crate::wire::Class;
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        1 => Just(Outcome::Unsent),
        2 => Just(Outcome::Lost),
        4 => (200..700_u16).prop_map(Outcome::Answered),
        4 => prop::sample::select(vec![400, 401, 408, 413, 429, 500, 502, 503, 504])
            .prop_map(Outcome::Answered),
    ]
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop_oneof![
        Just(Delivery::AtLeastOnce),
        Just(Delivery::AtMostOnce),
        Just(Delivery::Isolated)
    ]
}

/// Failures of the same events, one after the other. Others get through in between if `others`.
struct Failures {
    policy: Policy,
    events: usize,
    history: History,
    now: Instant,
    others: bool,
}

impl Failures {
    fn new(delivery: Delivery, events: usize, others: bool) -> Self {
        Self {
            policy: Policy {
                delivery,
                max_copies: 3,
            },
            events,
            history: History::default(),
            now: Instant::now(),
            others,
        }
    }

    fn attempt(&mut self, outcome: Outcome) -> Attempt {
        let answered = self.others.then_some(self.now + SECOND);
        self.now += 2 * SECOND;
        Attempt {
            outcome,
            now: self.now,
            shown: Shown {
                answered,
                is_well: true,
                troubled: None,
                share: Share {
                    answered: 1_000,
                    failed: self.history.tries(),
                },
            },
        }
    }

    fn fail(&mut self, outcome: Outcome) -> Verdict {
        let attempt = self.attempt(outcome);
        self.policy
            .after_events(attempt, self.events, &mut self.history)
    }

    fn fail_upsert(&mut self, outcome: Outcome) -> Verdict {
        let attempt = self.attempt(outcome);
        Policy::after_upsert(attempt, &mut self.history)
    }
}

/// Whether the API has no answer of this kind: the configuration is wrong.
fn is_settings(outcome: Outcome) -> bool {
    of_outcome(outcome) == Report::Failed(Failure::Settings)
}

#[test]
fn each_outcome_has_the_documented_consequences() {
    use Verdict::{Again, Halve, Refused, TooLarge, Unknown};
    // Status (0: lost, 1: unsent), report, and the first verdicts: on ten events at least once, on
    // ten at most once, on one isolated event.
    let server = Report::Failed(Failure::Server);
    let settings = Report::Failed(Failure::Settings);
    for (status, report, verdicts) in [
        (0, server, [Again, Unknown, Unknown]),
        (1, server, [Again, Again, Again]),
        (200, settings, [Again, Again, Again]),
        (302, settings, [Again, Again, Again]),
        (400, Report::Answered, [Halve, Halve, Refused]),
        (401, settings, [Again, Again, Again]),
        (403, Report::Answered, [Halve, Halve, Refused]),
        (404, settings, [Again, Again, Again]),
        (408, server, [Again, Again, Again]),
        (413, Report::Answered, [Halve, Halve, TooLarge]),
        (429, Report::Limited, [Again, Again, Again]),
        (500, server, [Again, Unknown, Again]),
        (502, server, [Again, Unknown, Unknown]),
        (503, server, [Again, Unknown, Again]),
        (504, server, [Again, Unknown, Unknown]),
    ] {
        let outcome = match status {
            0 => Outcome::Lost,
            1 => Outcome::Unsent,
            status => Outcome::Answered(status),
        };
        assert_eq!(
            super::report(outcome, &History::default()),
            report,
            "{status}"
        );
        let kinds = [
            (Delivery::AtLeastOnce, 10),
            (Delivery::AtMostOnce, 10),
            (Delivery::Isolated, 1),
        ];
        let found =
            kinds.map(|(delivery, events)| Failures::new(delivery, events, false).fail(outcome));
        assert_eq!(found, verdicts, "{status}");
    }
}

#[test]
fn a_batch_is_suspected_after_one_500_or_three_503() {
    for (status, tries) in [(500, 1), (502, 1), (504, 1), (503, 3)] {
        let mut failures = Failures::new(Delivery::AtLeastOnce, 100, true);
        for attempt in 1..=tries {
            assert_eq!(failures.history.piece_len(100, Shown::default()), 100);
            assert_eq!(failures.fail(Outcome::Answered(status)), Verdict::Again);
            assert_eq!(
                failures.history.copies(),
                u32::from(status != 503) * attempt
            );
        }
        assert_eq!(
            failures.history.piece_len(100, Shown::default()),
            10,
            "{status}"
        );
        assert!(failures.history.doubt().is_some());
    }
    // A lost answer is a matter of time, and a piece needs no second proof.
    let mut failures = Failures::new(Delivery::AtLeastOnce, 100, true);
    assert_eq!(failures.fail(Outcome::Lost), Verdict::Again);
    assert_eq!(failures.history.piece_len(100, Shown::default()), 100);
    failures.history = failures.history.of_piece();
    assert_eq!(failures.fail(Outcome::Answered(503)), Verdict::Again);
    assert_eq!(failures.history.piece_len(10, Shown::default()), 1);
}

#[test]
fn trouble_after_it_clears_a_batch_that_a_proxy_failed_and_not_one_that_the_server_failed() {
    for (status, piece) in [(500, 10), (502, 100)] {
        let mut failures = Failures::new(Delivery::AtLeastOnce, 100, true);
        assert_eq!(failures.fail(Outcome::Answered(status)), Verdict::Again);
        let shown = Shown {
            troubled: Some(failures.now + SECOND),
            ..Shown::default()
        };
        let found = failures.history.piece_len(100, shown);
        assert_eq!(found, piece, "{status}");
    }
}

#[test]
fn failures_of_a_suspect_do_not_stop_the_others() {
    let mut failures = Failures::new(Delivery::AtLeastOnce, 1, false);
    for suspect in [false, false, true, true] {
        let outcome = Outcome::Answered(500);
        let is_nothing = report(outcome, &failures.history) == Report::Nothing;
        assert_eq!(is_nothing, suspect);
        assert_eq!(failures.fail(outcome), Verdict::Again);
    }
    let report = |outcome| report(outcome, &failures.history);
    // Without an answer it is not known whether the server is there.
    assert_eq!(report(Outcome::Lost), Report::Failed(Failure::Server));
    assert_eq!(
        report(Outcome::Answered(401)),
        Report::Failed(Failure::Settings)
    );
    assert_eq!(report(Outcome::Answered(429)), Report::Limited);
}

#[test]
fn a_probe_is_answered_by_anything_that_only_the_server_says() {
    for status in [301, 400, 401, 403, 404, 405] {
        assert!(is_present(Outcome::Answered(status)), "{status}");
    }
    for status in [200, 408, 425, 429, 500, 502, 503, 504, 599] {
        assert!(!is_present(Outcome::Answered(status)), "{status}");
    }
    assert!(!is_present(Outcome::Lost) && !is_present(Outcome::Unsent));
}

#[test]
fn a_time_out_is_lost_here_or_at_a_proxy() {
    let slow = PROXY_TIME_OUT;
    assert!(is_lost(Outcome::Lost, Duration::ZERO));
    assert!(is_lost(Outcome::Answered(504), slow));
    assert!(!is_lost(Outcome::Answered(502), slow / 2));
    assert!(!is_lost(Outcome::Answered(500), slow));
    assert!(!is_lost(Outcome::Unsent, slow));
}

proptest! {
    #[test]
    fn at_least_once_ends_at_the_last_copy_or_at_a_refusal(
        outcomes in prop::collection::vec(outcome(), 1..12),
        events in 1..9_usize,
        others: bool,
    ) {
        let mut failures = Failures::new(Delivery::AtLeastOnce, events, others);
        for outcome in outcomes {
            let verdict = failures.fail(outcome);
            let copies = failures.history.copies();
            prop_assert_eq!(verdict == Verdict::Unknown, copies == 3);
            prop_assert!(copies == 0 || failures.history.doubt().is_some());
            match verdict {
                Verdict::Again => {}
                Verdict::Halve => prop_assert!(events > 1 && outcome.class() == Class::Refused),
                Verdict::TooLarge => {
                    prop_assert_eq!((outcome, events), (Outcome::Answered(413), 1));
                }
                Verdict::Refused => {
                    let is_proved = outcome.class() == Class::Ambiguous && others;
                    prop_assert!(events == 1 && (outcome.class() == Class::Refused || is_proved));
                }
                Verdict::Unknown => prop_assert_eq!(outcome.class(), Class::Ambiguous),
            }
            if verdict != Verdict::Again {
                break;
            }
        }
    }

    #[test]
    fn at_most_once_repeats_nothing_that_may_be_in(
        outcomes in prop::collection::vec(outcome(), 1..12),
        events in 1..9_usize,
        others: bool,
    ) {
        let mut failures = Failures::new(Delivery::AtMostOnce, events, others);
        for outcome in outcomes {
            let verdict = failures.fail(outcome);
            let may_be_in = outcome.class() == Class::Ambiguous && !is_settings(outcome);
            prop_assert_eq!(verdict == Verdict::Unknown, may_be_in);
            prop_assert_eq!(failures.history.copies(), 0);
            if verdict != Verdict::Again {
                break;
            }
        }
    }

    #[test]
    fn isolated_events_have_an_outcome_unless_the_answer_was_lost(
        outcomes in prop::collection::vec(outcome(), 1..12),
        others: bool,
    ) {
        let mut failures = Failures::new(Delivery::Isolated, 1, others);
        for outcome in outcomes {
            let verdict = failures.fail(outcome);
            let is_own = outcome.status().is_some_and(|status| !matches!(status, 502 | 504));
            let may_be_in = outcome.class() == Class::Ambiguous && !is_settings(outcome) && !is_own;
            prop_assert_eq!(verdict == Verdict::Unknown, may_be_in);
            if verdict != Verdict::Again {
                break;
            }
        }
    }

    #[test]
    fn single_events_and_upserts_are_never_split_nor_upserts_unknown(
        outcomes in prop::collection::vec(outcome(), 1..12),
        delivery in delivery(),
        others: bool,
    ) {
        let mut event = Failures::new(delivery, 1, others);
        let mut upsert = Failures::new(delivery, 1, others);
        for outcome in outcomes {
            prop_assert_ne!(event.fail(outcome), Verdict::Halve);
            prop_assert_eq!(event.history.piece_len(1, Shown::default()), 1);
            let verdict = upsert.fail_upsert(outcome);
            prop_assert!(!matches!(verdict, Verdict::Halve | Verdict::Unknown));
            let is_proved = others && matches!(outcome.status(), Some(500..));
            if verdict == Verdict::Refused {
                prop_assert!(outcome.class() == Class::Refused || is_proved);
            }
        }
    }

    #[test]
    fn pieces_of_a_failing_batch_are_sent_three_times_at_most(
        events in 2..1_000_usize,
        bad in any::<prop::sample::Index>(),
    ) {
        // Whole, as a piece, alone: 500 each time, and others get through.
        let bad = bad.index(events);
        let mut whole = Failures::new(Delivery::AtLeastOnce, events, true);
        prop_assert_eq!(whole.fail(Outcome::Answered(500)), Verdict::Again);
        let len = whole.history.piece_len(events, Shown::default());
        let mut piece = Failures {
            events: len.min(events - bad / len * len),
            history: whole.history.of_piece(),
            ..whole
        };
        if piece.events > 1 {
            prop_assert_eq!(piece.fail(Outcome::Answered(500)), Verdict::Again);
            prop_assert_eq!(piece.history.piece_len(piece.events, Shown::default()), 1);
            piece.history = piece.history.of_piece();
            piece.events = 1;
        }
        // The others have been sent twice, and go once more.
        prop_assert!(piece.history.copies() <= 2);
        let verdicts = [(); 3].map(|()| piece.fail(Outcome::Answered(500)));
        prop_assert_eq!(verdicts, [Verdict::Again, Verdict::Again, Verdict::Refused]);
    }
}
