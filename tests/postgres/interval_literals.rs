//! Generators of intervals, in `PostgreSQL`'s grammar and near it.

use proptest::prelude::*;
use proptest::sample::select;

/// Literals in `PostgreSQL`'s grammar and near it.
pub(crate) fn literal() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => (
            prop_oneof![9 => Just(""), 1 => Just("@ "), 1 => Just(" ")],
            prop::collection::vec(part(), 1..5),
            prop_oneof![12 => Just(""), 1 => Just("ago"), 1 => Just(" ago")],
        ).prop_map(|(start, parts, end)| [start, parts.concat().as_str(), end].concat()),
        2 => clock_before_a_fraction(),
        4 => balance(),
        3 => near_a_microsecond(),
        4 => near_a_limit(),
        4 => usual(),
        2 => text("P-?[0-9]{1,9}(-[0-9]{1,3}){0,2}(T[0-9]{1,6}(:[0-9]{1,2}){0,2}(\\.[0-9]{1,7})?)?"),
        1 => text("P(-?[0-9]{0,2}\\.?[0-9]{0,3}[YMWD]){0,2}(T(-?[0-9]{0,2}\\.?[0-9]{0,3}[HMS]){0,3})?"),
        1 => text("P([0-9]D)?T([0-9]{1,2}[HM])?T(-?[0-9]{6}|[0-9]{1,2}(:-?[0-9]{2}){0,2})"),
        1 => text("P(0000-00-00|00000000)?T-?(000000|[0-6]{6})(\\.[0-9])?"),
        2 => text("[P@+-]?[0-9.:T -]{0,12}(day|mons|h|us|ago|Y|M|D|T|S| ){0,6}[0-9.]{0,20}"),
        2 => text("[ -~\t\n]{0,12}"),
        1 => text("[1-9](day|h|:30)?[\x01- !-/:-@\\[-`{-\u{ff}](h|[1-9]|day)?( day)?"),
    ]
}

/// Literals as people and programs write them.
pub(crate) fn usual() -> impl Strategy<Value = String> {
    prop_oneof![
        // As Go and Rust print a duration.
        4 => text("([0-9]{1,3}d)?([0-9]{1,4}h)?([0-9]{1,2}m)?([0-9]{1,2}(\\.[0-9]{1,9})?s)?"),
        2 => text("P([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,2}W)?([0-9]{1,4}D)?(T([0-9]{1,3}H)?([0-9]{1,3}M)?([0-9]{1,2}(\\.[0-9]{1,6})?S)?)?"),
        // As PostgreSQL prints an interval, by its settings.
        2 => text("([0-9]{1,3} years? )?([0-9]{1,2} mons? )?(-?[0-9]{1,3} days? )?-?[0-9]{2}:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?"),
        1 => text("@( [0-9]{1,3} years?)?( -?[0-9]{1,3} days?)?( [0-9]{1,2} hours?)?( [0-9]{1,2}(\\.[0-9]{1,6})? secs?)?( ago)?"),
        1 => text("[+-]?[0-9]{1,2}-[0-9]{1,2} [+-]?[0-9]{1,3} [+-]?[0-9]{1,2}:[0-9]{2}:[0-9]{2}"),
        2 => text("[0-9]{1,3} (year|month|week|day)s?(, | )[0-9]{1,3}(\\.[0-9])? ?(hour|minute|second)s?"),
    ]
}

/// Compiles a pattern once; as a plain string it would be compiled for each value.
fn text(pattern: &str) -> impl Strategy<Value = String> {
    proptest::string::string_regex(pattern).unwrap()
}

/// A number and a unit, in usual and unusual spellings.
fn part() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        12 => text("[0-9]{1,3}"),
        4 => text("[0-9]{0,2}\\.[0-9]{1,7}"),
        1 => text("[0-9]{4,20}"),
        4 => text("[0-9]{1,3}(:[0-9]{1,2}){1,2}(\\.[0-9]{0,7})?"),
        2 => text("[0-9]{1,4}-(1[0-3]|[0-9]{1,2})"),
    ];
    let unit = prop_oneof![
        8 => text("y|mon|d|h|m|s"),
        4 => text("(year|month|week|day|hour|minute|second)s?"),
        4 => text("us|ms|w|hr|hrs|min|mins|sec|secs|yr|yrs|mons|dec|decs|c|cent|mil|mils|qtr|quarter"),
        2 => text("Y|MON|D|H|M|S|Days|HOURS"),
        2 => text("usec|msecs|microseconds|millisecond|decades?|century|centuries|millennium|millennia"),
        1 => text("(microsecon|millisecon|millennium|centuries)[ds]{0,2}|timezone(_[hm])?|e[0-9]"),
        2 => text("[a-z]{1,3}"),
        2 => Just(String::new()),
    ];
    let end = prop_oneof![
        12 => Just(""), 7 => Just(" "), 4 => Just(", "), 3 => Just("  "), 1 => Just("\t"),
        1 => Just("\n@\u{b}\u{c}\r"),
    ];
    (
        prop_oneof![8 => Just(""), 1 => Just("-"), 1 => Just("+"), 1 => Just("- ")],
        number,
        prop_oneof![3 => Just(""), 1 => Just(" ")],
        unit,
        end,
    )
        .prop_map(|(sign, number, space, unit, end)| {
            [sign, number.as_str(), space, unit.as_str(), end].concat()
        })
}

/// A clock replaces what fractions to the right of it carry over to hours.
fn clock_before_a_fraction() -> impl Strategy<Value = String> {
    (
        text("[+-]?[0-9]{1,2}(:[0-5]?[0-9]){1,2}(\\.[0-9]{1,7})?"),
        text("( ?(minutes|h|days))?[, ]"),
        text("-?[0-9]{0,1}\\.[0-9]{1,3} ?(d|day|week|month)s?( -?[0-9]\\.[0-9] weeks)?"),
        prop_oneof![4 => Just(""), 1 => Just(" ago")],
    )
        .prop_map(|(clock, unit, days, end)| [clock.as_str(), &unit, &days, end].concat())
}

const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A fraction of a unit, less the same amount give or take two microseconds: the verdict depends
/// on how the fraction is carried over and rounded.
fn balance() -> impl Strategy<Value = String> {
    // The name of the unit, that in ISO 8601, and its length in days.
    let units = [
        ("minutes", "TM", 1.0 / 1_440.0),
        ("hours", "TH", 1.0 / 24.0),
        ("days", "D", 1.0),
        ("weeks", "W", 7.0),
        ("months", "M", 30.0),
        ("years", "Y", 360.0),
        ("decades", "", 3_600.0),
        ("centuries", "", 36_000.0),
        ("millennia", "", 360_000.0),
    ];
    (
        select(units.to_vec()),
        0..4_u8,
        text("[0-9]{1,9}|[0-9]{0,2}[1368][27]5|(41|08)[36]{7,12}|5"),
        -2..=2_i64,
        0..6_u8,
    )
        .prop_map(|((unit, iso, days), whole, fraction, difference, form)| {
            let amount = format!("{whole}.{fraction}");
            let mut length: f64 = amount.parse::<f64>().unwrap() * days;
            if days >= 360.0 {
                length = (length / 30.0).round_ties_even() * 30.0;
            }
            #[expect(clippy::cast_possible_truncation, reason = "a few millennia")]
            #[expect(clippy::cast_precision_loss, reason = "a day fits")]
            let micros = (length * MICROS_PER_DAY as f64).round() as i64 + difference;
            let sign = if micros < 0 { "" } else { "-" };
            let (size, minus) = (micros.unsigned_abs(), if micros < 0 { "-" } else { "" });
            let (seconds, rest) = (size / 1_000_000, size % 1_000_000);
            let clock = format!("{}:{}:{}", seconds / 3600, seconds / 60 % 60, seconds % 60);
            match form {
                0 => format!("{amount} {unit} {sign}{size} us"),
                1 => format!("{sign}{size} us {amount} {unit}"),
                2 => format!("{minus}{size} us -{amount} {unit} ago"),
                3 => format!("{amount} {unit} {sign}{clock}.{rest:06}"),
                4 => format!("-{amount} {unit} {minus}{clock}.{rest:06} ago"),
                _ => match iso.strip_prefix('T') {
                    Some(iso) => format!("PT{amount}{iso}{sign}{seconds}.{rest:06}S"),
                    None => format!("P{amount}{iso}T{sign}{seconds}.{rest:06}S"),
                },
            }
        })
}

/// Days, less the same time give or take three microseconds, with a digit after the microsecond.
fn near_a_microsecond() -> impl Strategy<Value = String> {
    (0..3_i64, -30..=30_i64, any::<bool>(), 0..6_u8).prop_map(|(days, more, mirrored, form)| {
        let tenths = days * MICROS_PER_DAY * 10 + more;
        let size = tenths.abs();
        let (less, sign) = match (mirrored, tenths < 0) {
            (false, false) => ("-", ""),
            (false, true) => ("-", "-"),
            (true, false) => ("", "-"),
            (true, true) => ("", ""),
        };
        let (seconds, rest) = (size / 10_000_000, size % 10_000_000);
        let clock = format!("{}:{}:{}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        match form {
            0 => format!("{less}{days} days {sign}{seconds}.{rest:07} seconds"),
            1 => format!(
                "{less}{days} days {sign}{}.{:04} ms",
                size / 10_000,
                size % 10_000
            ),
            2 => format!("{less}{days} days {sign}{}.{} us", size / 10, size % 10),
            3 => format!("P{less}{days}DT{sign}{seconds}.{rest:07}S"),
            4 => format!("P{less}{days}DT{sign}{clock}.{rest:07}"),
            _ => format!("{less}{days} days {sign}{clock}.{rest:07}"),
        }
    })
}

/// The largest number of a unit or the next one, and a fraction that may carry over to it.
fn near_a_limit() -> impl Strategy<Value = String> {
    let limits = select(
        &[
            ["178956", "178957", "millennia"],
            ["1789569", "1789570", "centuries"],
            ["17895697", "17895698", "decades"],
            ["178956970", "178956971", "years"],
            // The largest numbers of years before months are counted.
            ["214748364", "214748365", "decades"],
            ["2147483647", "2147483648", "years"],
            ["2147483647", "2147483648", "months"],
            ["178956970-7", "178956970-8", ""],
            ["306783378", "306783379", "weeks"],
            ["2147483647", "2147483648", "days"],
            ["2562047788", "2562047789", "hours"],
            ["153722867280", "153722867281", "minutes"],
            ["9223372036854", "9223372036855", "seconds"],
            ["9223372036854775", "9223372036854776", "ms"],
            ["9223372036854775807", "9223372036854775808", "us"],
            ["2562047788:00:54.775807", "2562047788:00:54.775808", ""],
        ][..],
    );
    let fraction = prop_oneof![
        4 => Just(String::new()),
        2 => text("\\.[0-9]{1,4}"),
        1 => text("\\.9{16,18}"),
    ];
    let number = (text("-?"), limits, 0..3_u8, fraction).prop_map(
        |(sign, [largest, next, unit], choice, fraction)| {
            let number = if choice == 0 { next } else { largest };
            let fraction = if unit.is_empty() { "" } else { &fraction };
            format!("{sign}{number}{fraction} {unit} ")
        },
    );
    let small = text("-?[0-9](\\.[0-9])? (year|month|week|day|hour|us)s? ");
    let parts = prop_oneof![2 => number, 1 => small];
    let end = prop_oneof![3 => Just(""), 1 => Just("ago")];
    (prop::collection::vec(parts, 1..4), end)
        .prop_map(|(parts, end)| [parts.concat().as_str(), end].concat())
}
