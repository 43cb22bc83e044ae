//! Intervals: the verdicts of the rule, of the embedded server and of `PostgreSQL`.

use crate::http::Http;
use crate::interval_literals::{literal, usual};
use crate::server::Postgres;
use crate::{cases, generate};
use chrono::TimeDelta;
use lunogram::testing::Server;
use lunogram::values::Interval;
use lunogram_rules::interval::{Verdict, is_plain, verdict};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::time::Duration;

/// The verdict of `PostgreSQL` on each literal.
fn verdicts(postgres: &Postgres, literals: &[String]) -> Vec<Verdict> {
    let are = |expression: &str| {
        let setup = format!(
            "
            CREATE FUNCTION pg_temp.holds(literal text) RETURNS boolean LANGUAGE plpgsql AS $$
                BEGIN
                    RETURN {expression};
                EXCEPTION
                    WHEN invalid_datetime_format OR datetime_field_overflow
                        OR interval_field_overflow THEN RETURN false;
                END
            $$;
            "
        );
        let rows = literals.iter().map(|literal| [literal.clone()]);
        postgres.verdicts(&setup, "holds", ["literal text"], rows)
    };
    let positive = are("literal::interval > '0 seconds'");
    let valid = are("literal::interval IS NOT NULL");
    let verdicts = positive.into_iter().zip(valid);
    verdicts
        .map(|(positive, valid)| match (positive, valid) {
            (true, _) => Verdict::Accept,
            (false, true) => Verdict::NotPositive,
            (false, false) => Verdict::Reject,
        })
        .collect()
}

/// Whether `PostgreSQL` accepts each literal as an interval greater than zero.
fn accepted(postgres: &Postgres, literals: &[String]) -> Vec<bool> {
    let verdicts = verdicts(postgres, literals).into_iter();
    verdicts.map(|verdict| verdict == Verdict::Accept).collect()
}

#[test]
fn generated_intervals_have_the_verdict_of_postgresql() {
    let postgres = Postgres::start();
    let mut runner = TestRunner::deterministic();
    let strategy = literal();
    let literals: Vec<String> = (0..cases())
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    let mut counts = [0; 3];
    let mut differences = Vec::new();
    for (literal, expected) in literals.iter().zip(verdicts(&postgres, &literals)) {
        let plain = is_plain(literal);
        let ours = verdict(literal);
        assert_eq!(
            Interval::try_from(literal.as_str()).is_ok(),
            ours == Verdict::Accept,
            "{literal:?}"
        );
        if ours != expected && (plain || ours != Verdict::Reject) {
            differences.push((literal, ours, expected));
        }
        counts[usize::from(plain) * (1 + usize::from(expected != Verdict::Accept))] += 1;
    }
    let found = differences.len();
    differences.truncate(20);
    assert!(
        differences.is_empty(),
        "{found} literals, with our verdict and PostgreSQL's: {differences:#?}"
    );
    // Plain literals of both kinds have to occur often.
    assert!(
        counts.iter().all(|count| *count > cases() / 6),
        "{counts:?} are not plain, positive, and plain without being positive"
    );
}

#[test]
fn a_usual_interval_is_plain() {
    let mut runner = TestRunner::deterministic();
    let strategy = usual();
    for _ in 0..cases() {
        let literal = generate(&strategy, &mut runner);
        assert!(is_plain(&literal), "{literal:?}");
    }
}

#[test]
fn an_interval_of_a_duration_is_accepted_by_postgresql() {
    let postgres = Postgres::start();
    let mut runner = TestRunner::deterministic();
    let lengths = prop_oneof![
        (any::<u64>(), 0..1_000_000_000_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
        (0..64_u32, any::<u64>()).prop_map(|(shift, nanos)| Duration::from_nanos(nanos >> shift)),
        (0..64_u32, any::<u64>())
            .prop_map(|(shift, micros)| Duration::from_micros(micros >> shift)),
    ];
    let mut durations: Vec<Duration> = (0..cases())
        .map(|_| generate(&lengths, &mut runner))
        .collect();
    let micro = Duration::from_micros(1);
    durations.extend([Duration::ZERO, micro / 2, micro, Duration::MAX]);
    // The longest interval that PostgreSQL stores, and the two around it.
    let longest = i64::MAX.unsigned_abs();
    durations.extend([longest - 1, longest, longest + 1].map(Duration::from_micros));
    let seconds = |duration: &Duration| {
        format!(
            "{}.{:06} seconds",
            duration.as_secs(),
            duration.subsec_micros()
        )
    };
    let literals: Vec<String> = durations.iter().map(seconds).collect();
    let mut refused = 0;
    for (duration, accepted) in durations.iter().zip(accepted(&postgres, &literals)) {
        let interval = Interval::try_from(*duration);
        assert_eq!(interval.is_ok(), accepted, "{duration:?}");
        if let Ok(delta) = TimeDelta::from_std(*duration) {
            assert_eq!(Interval::try_from(delta).is_ok(), accepted, "{delta:?}");
            let negative = Interval::try_from(-delta);
            assert!(negative.is_err(), "{delta:?}");
        }
        refused += usize::from(!accepted);
    }
    assert!(
        refused > 4 && refused < durations.len() / 2,
        "{refused} are refused"
    );
}

#[tokio::test]
async fn the_embedded_server_has_the_verdict_of_postgresql() {
    let postgres = Postgres::start();
    let server = Server::start().unwrap();
    let http = Http::to(&server);
    let mut runner = TestRunner::deterministic();
    let strategy = literal();
    let literals: Vec<String> = (0..cases() / 20)
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    for (literal, accepted) in literals.iter().zip(accepted(&postgres, &literals)) {
        if !is_plain(literal) || literal.is_empty() {
            continue;
        }
        let body = json!({
            "identifier": [{"external_id": "user_123"}], "name": "digest", "interval": literal,
        });
        let status = http.post("users/scheduled", body.to_string()).await;
        assert_eq!(status == 202, accepted, "{literal:?}: {status}");
    }
}
