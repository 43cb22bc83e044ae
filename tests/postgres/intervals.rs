//! Intervals: the verdicts of the rule, of the embedded server and of `PostgreSQL`.

use crate::http::Http;
use crate::server::Postgres;
use crate::{cases, generate};
use chrono::TimeDelta;
use lunogram::testing::Server;
use lunogram::values::Interval;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::time::Duration;

/// Whether `PostgreSQL` accepts each literal as an interval greater than zero.
fn accepted(postgres: &Postgres, literals: &[String]) -> Vec<bool> {
    let setup = "
        CREATE FUNCTION pg_temp.accepts(literal text) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                RETURN literal::interval > '0 seconds';
            EXCEPTION
                WHEN invalid_datetime_format OR datetime_field_overflow
                    OR interval_field_overflow THEN RETURN false;
            END
        $$;
    ";
    let rows = literals.iter().map(|literal| [literal.clone()]);
    postgres.verdicts(setup, "accepts", ["literal text"], rows)
}

/// Compiles a pattern once; as a plain string it would be compiled for each value.
fn text(pattern: &str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

/// A number and a unit, in usual and unusual spellings.
fn part() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        6 => text("[0-9]{1,3}"),
        2 => text("[0-9]{0,2}\\.[0-9]{1,7}"),
        1 => text("[0-9]{4,20}"),
        2 => text("[0-9]{1,3}(:[0-9]{1,2}){1,2}(\\.[0-9]{0,7})?"),
        1 => text("[0-9]{1,4}-[0-9]{1,2}"),
    ];
    let unit = prop_oneof![
        4 => text("y|mon|d|h|m|s"),
        2 => text("(year|month|week|day|hour|minute|second)s?"),
        2 => text("us|ms|w|hr|hrs|min|mins|sec|secs|yr|yrs|mons|dec|decs|c|cent|mil|mils|qtr|quarter"),
        1 => text("Y|MON|D|H|M|S|Days|HOURS"),
        1 => text("usec|msecs|microseconds|millisecond|decades?|century|centuries|millennium|millennia"),
        1 => text("[a-z]{1,3}"),
        1 => Just(String::new()),
    ];
    (
        prop_oneof![8 => Just(""), 1 => Just("-"), 1 => Just("+"), 1 => Just("- ")],
        number,
        prop_oneof![3 => Just(""), 1 => Just(" ")],
        unit,
        prop_oneof![3 => Just(""), 2 => Just(" "), 1 => Just(", "), 1 => Just("  ")],
    )
        .prop_map(|(sign, number, space, unit, end)| {
            [sign, number.as_str(), space, unit.as_str(), end].concat()
        })
}

/// Literals near `PostgreSQL`'s grammar.
fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (
            prop_oneof![9 => Just(""), 1 => Just("@ "), 1 => Just(" ")],
            prop::collection::vec(part(), 1..5),
            prop_oneof![12 => Just(""), 1 => Just("ago"), 1 => Just(" ago")],
        ).prop_map(|(start, parts, end)| [start, parts.concat().as_str(), end].concat()),
        // As Go and Rust print a duration.
        2 => text("([0-9]{1,3}d)?([0-9]{1,4}h)?([0-9]{1,2}m)?([0-9]{1,2}(\\.[0-9]{1,9})?s)?"),
        1 => text("P([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,2}W)?([0-9.]{1,4}D)?(T([0-9]{1,3}H)?([0-9]{1,3}M)?([0-9.]{1,5}S)?)?"),
        1 => text("P-?[0-9]{1,8}(-[0-9]{1,3}){0,2}(T[0-9]{1,6}(:[0-9]{1,2}){0,2})?"),
        1 => text("[P@+-]?[0-9.:T -]{0,12}(day|mons|h|us|ago|Y|M|D|T|S| ){0,6}[0-9.]{0,20}"),
        1 => text("[ -~\t\n]{0,12}"),
    ]
}

/// Whether a literal is one of the spellings that the rule rejects on purpose; the documentation of
/// `lunogram_rules::interval` lists them.
fn is_rejected_on_purpose(literal: &str) -> bool {
    let lower = literal.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    let pair = |holds: fn(u8, u8) -> bool| bytes.windows(2).any(|pair| holds(pair[0], pair[1]));
    let is_known = |c: char| c.is_ascii_alphanumeric() || " \t\n\r\u{b}\u{c},@+-.:".contains(c);
    let mut words = lower.split(|c: char| !c.is_ascii_alphabetic());
    let mut numbers = lower.split(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ':' | '-'));
    let (before_ago, after_ago) = lower.split_once("ago").unwrap_or(("d", ""));
    // Punctuation as a separator.
    !literal.chars().all(is_known)
        || pair(|a, b| !a.is_ascii_digit() && matches!(b, b'.' | b':'))
        || pair(|a, b| a == b':' && !b.is_ascii_digit())
        || pair(|a, b| a.is_ascii_alphabetic() && b == b'+')
        || numbers.any(|number| {
            number.ends_with(['.', '-', ':'])
                || number
                    .split_once('.')
                    .is_some_and(|(whole, fraction)| fraction.contains(':') || whole.contains('-'))
        })
        || words.any(|word| word.len() > 10 || matches!(word, "quarter" | "qtr"))
        || !after_ago.trim().is_empty()
        || !before_ago
            .trim_end()
            .ends_with(|c: char| c.is_ascii_alphabetic())
        || literal.starts_with('P') && lower.contains('e')
        || literal.len() > 100
}

#[test]
fn generated_intervals_have_the_verdict_of_postgresql() {
    let postgres = Postgres::start();
    let mut runner = TestRunner::deterministic();
    let strategy = literal();
    let literals: Vec<String> = (0..cases())
        .map(|_| generate(&strategy, &mut runner))
        .collect();
    let mut positive = 0;
    let mut differences = Vec::new();
    for (literal, accepted) in literals.iter().zip(accepted(&postgres, &literals)) {
        positive += usize::from(accepted);
        let ours = Interval::try_from(literal.as_str()).is_ok();
        if ours && !accepted || accepted && !ours && !is_rejected_on_purpose(literal) {
            differences.push((literal, accepted));
        }
    }
    differences.truncate(20);
    assert!(
        differences.is_empty(),
        "PostgreSQL accepts: {differences:?}"
    );
    // Both verdicts have to occur often.
    assert!(
        (cases() / 4..cases() * 3 / 4).contains(&positive),
        "{positive} are accepted"
    );
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
        if is_rejected_on_purpose(literal) || literal.is_empty() {
            continue;
        }
        let body = json!({
            "identifier": [{"external_id": "user_123"}], "name": "digest", "interval": literal,
        });
        let status = http.post("users/scheduled", body.to_string()).await;
        assert_eq!(status == 202, accepted, "{literal:?}: {status}");
    }
}
