//! Compares the verdicts with those of a real `PostgreSQL` 15.

use lunogram_rules::interval::{Verdict, check, is_plain, verdict};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// Reads rows of `literal <tab> verdict` after a header line.
fn rows(path: &str) -> Vec<(String, Verdict)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let rows: Vec<_> = text
        .lines()
        .skip(1)
        .map(|line| {
            let (literal, verdict) = line.rsplit_once('\t').expect("two columns");
            let verdict = match verdict {
                "accept" => Verdict::Accept,
                "not-positive" => Verdict::NotPositive,
                "reject" => Verdict::Reject,
                other => panic!("unknown verdict {other:?}"),
            };
            (literal.to_owned(), verdict)
        })
        .collect();
    assert!(!rows.is_empty());
    rows
}

#[test]
fn verdicts_on_the_literals_of_the_contract_match_postgresql() {
    for (literal, expected) in rows("../../tests/contract/intervals.tsv") {
        assert_eq!(verdict(&literal), expected, "{literal:?}");
    }
}

#[test]
fn verdicts_on_generated_literals_match_postgresql() {
    for (literal, expected) in rows("tests/postgres_verdicts.tsv") {
        assert_eq!(verdict(&literal), expected, "{literal:?}");
    }
}

#[test]
fn a_number_may_directly_follow_a_short_unit() {
    for literal in [
        "1h30m",
        "24h30m",
        "1d12h",
        "1h30m10s",
        "1h0m0.5s",
        "1m30",
        "1H30M",
        "1y2mon3d4h5m6s",
        "1dec2y",
        "1d08:00",
        "1d12h30min",
    ] {
        assert_eq!(verdict(literal), Verdict::Accept, "{literal:?}");
    }
    for literal in [
        "1hr30m", "1min30s", "1day12h", "1w2d", "1month2d", "100ms5us",
    ] {
        let message = check(literal).expect_err(literal).to_string();
        assert!(
            message.contains("a space is missing"),
            "{literal:?}: {message}"
        );
    }
    for literal in [
        "1h30mago",
        "1h-30m",
        "1h.5m",
        "1m1m",
        "5s3",
        "1fortnight2d",
        "h",
        "P1D2h",
    ] {
        let message = check(literal).expect_err(literal).to_string();
        assert!(
            message.contains("write one such as"),
            "{literal:?}: {message}"
        );
    }
}

/// `PostgreSQL` reads all of these as intervals.
#[test]
fn literals_that_are_not_plain_are_rejected() {
    let many_fields = format!("{}1h", "d ".repeat(23));
    let long = format!("1 day{}", " ".repeat(96));
    for literal in [
        // Punctuation that is no separator.
        "1 day! 2 hours",
        "1h:2m",
        ":1",
        "1 day _ 2 hours",
        // A sign, a point or a colon without a digit after it.
        "1. day",
        "1:2.",
        "1:",
        "1::5",
        "1- day",
        // Numbers without a separator.
        "72-0:1decade",
        "1:2-3 days",
        "56.607401-68h",
        ".98212-5hrs 233mon",
        "1-2.5 days",
        "1.5:30h",
        "1d+2h",
        // Words.
        "1 microsecondz",
        "quarter 1 day",
        "1 day ago 1 hour",
        // Numbers with an exponent or in hexadecimal.
        "P1e2D",
        "P0x10D",
        // Length.
        &many_fields,
        &long,
        // A unit without a number.
        "hours",
        "day 08:00",
        "hours 1 day",
        "1 day hours",
    ] {
        assert!(!is_plain(literal), "{literal:?}");
        assert_eq!(verdict(literal), Verdict::Reject, "{literal:?}");
    }
}

#[test]
fn a_plain_literal_is_not_always_valid() {
    for literal in [
        "",
        "@",
        "ago",
        "1 day 1 day",
        "1-12",
        "1:60",
        "P",
        "P1Y2",
        "PT-T",
        "P.D",
    ] {
        assert!(is_plain(literal), "{literal:?}");
        assert_eq!(verdict(literal), Verdict::Reject, "{literal:?}");
    }
    for literal in [
        "1h30m",
        "1 day, 08:00",
        "@ 2 weeks ago",
        "1\t\n\u{b}\u{c}\rday,2\u{b}h",
        "- 1-2 +3 -4:05:06.7",
        "P1Y2M",
        "PT.5S",
    ] {
        assert!(is_plain(literal), "{literal:?}");
        assert_ne!(verdict(literal), Verdict::Reject, "{literal:?}");
    }
    let longest = format!("1 day{}", " ".repeat(95));
    assert_eq!(verdict(&longest), Verdict::Accept);
    // The most fields, since each unit may be named once.
    let most_fields = "1millennium 1century 1decade 1y 1mon 1week 1d 1h 1m 1s 1ms 1us";
    assert_eq!(verdict(most_fields), Verdict::Accept);
}

proptest! {
    #[test]
    fn check_agrees_with_verdict_on_any_text(text in any::<String>()) {
        prop_assert_eq!(check(&text).is_ok(), verdict(&text) == Verdict::Accept);
    }

    #[test]
    fn check_agrees_with_verdict_on_text_like_a_literal(
        text in "[P@+\\-]?[0-9.:T\\- ]{0,12}(day|mons|h|us|ago|Y|M|D|T|S| ){0,6}[0-9.]{0,20}",
    ) {
        prop_assert_eq!(check(&text).is_ok(), verdict(&text) == Verdict::Accept);
    }

    #[test]
    fn a_whole_number_of_units_is_accepted_if_positive(number in 0_u32..100_000, unit in "(second|minute|hour|day|week|month|year)s?") {
        let expected = if number == 0 { Verdict::NotPositive } else { Verdict::Accept };
        prop_assert_eq!(verdict(&format!("{number} {unit}")), expected);
        let ago = if number == 0 { Verdict::NotPositive } else { expected };
        let ago = if ago == Verdict::Accept { Verdict::NotPositive } else { ago };
        prop_assert_eq!(verdict(&format!("{number} {unit} ago")), ago);
    }
}
