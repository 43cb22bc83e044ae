//! The format with units or a clock: `1 day 08:00`, `@ 2 weeks`, `1-2 3 4:05:06`.
//!
//! Parsed from right to left, as in `PostgreSQL`: a number takes the unit to its right, a number
//! at the end is in seconds, and a number before a clock or an hour is in days. Each unit may
//! occur once.

use super::total::{Number, Total};
use super::unit::Unit;

/// The maximum number of parts.
const MAX_PARTS: usize = 24;

enum Part<'a> {
    /// The digits and punctuation of a number, a year-month or a clock. Spaces may separate the
    /// sign from the digits.
    Number {
        negative: bool,
        digits: &'a str,
    },
    Word(&'a str),
}

pub(super) fn parse(literal: &str) -> Option<Total> {
    let mut parts = parts(literal)?;
    let mut total = Total::default();
    let ago = matches!(parts.last(), Some(Part::Word(word)) if word.eq_ignore_ascii_case("ago"));
    if ago {
        parts.pop();
        // `ago` requires a unit before it.
        if !matches!(parts.last(), Some(Part::Word(_))) {
            return None;
        }
    }
    let mut seen = 0;
    let mut unit = Some(Unit::Second);
    for part in parts.iter().rev() {
        let taken = match part {
            Part::Word(word) => {
                unit = Some(Unit::named(word)?);
                continue;
            }
            Part::Number { negative, digits } if digits.contains(':') => {
                clock(&mut total, *negative, digits)?;
                unit = Some(Unit::Day);
                CLOCK
            }
            Part::Number { negative, digits } if digits.contains('-') => {
                let months = year_month(digits)?;
                let months = if *negative { -months } else { months };
                total.add(whole(months), Unit::Month)?;
                unit = Some(Unit::Month);
                Unit::Month.bit()
            }
            Part::Number { negative, digits } => {
                let number = number(*negative, digits)?;
                let this = unit?;
                total.add(number, this)?;
                if this == Unit::Hour {
                    unit = Some(Unit::Day);
                }
                taken(this, number)
            }
        };
        if seen & taken != 0 {
            return None;
        }
        seen |= taken;
    }
    if seen == 0 {
        return None;
    }
    if ago { total.negated() } else { Some(total) }
}

const PARTS_OF_SECOND: [Unit; 3] = [Unit::Second, Unit::Millisecond, Unit::Microsecond];

/// The bits of the units that a clock sets.
const CLOCK: u16 = 0b1_1111;

/// The bits of the units that a number sets. Fractional seconds also set the smaller units.
fn taken(unit: Unit, number: Number) -> u16 {
    if unit == Unit::Second && number.fraction != 0.0 {
        PARTS_OF_SECOND
            .iter()
            .fold(0, |bits, part| bits | part.bit())
    } else {
        unit.bit()
    }
}

fn whole(whole: i64) -> Number {
    Number {
        whole,
        fraction: 0.0,
    }
}

/// `hh:mm`, `hh:mm:ss`, `hh:mm:ss.f`, or `mm:ss.f`.
fn clock(total: &mut Total, negative: bool, digits: &str) -> Option<()> {
    let mut fields = digits.split(':');
    let (first, second, third) = (fields.next()?, fields.next()?, fields.next());
    if fields.next().is_some() {
        return None;
    }
    let (hours, minutes, seconds) = match third {
        Some(third) => (first, second, third),
        None if second.contains('.') => ("0", first, second),
        None => (first, second, "0"),
    };
    let hours = integer(hours)?;
    let minutes = integer(minutes).filter(|minutes| *minutes < 60)?;
    let (seconds, fraction) = match seconds.split_once('.') {
        None => (seconds, 0.0),
        Some((seconds, "")) => (seconds, 0.0),
        Some((seconds, fraction)) => (seconds, fraction_of(fraction)?),
    };
    // `PostgreSQL` accepts 60 seconds in a minute.
    let seconds = integer(seconds).filter(|seconds| *seconds <= 60)?;
    let sign = if negative { -1 } else { 1 };
    total.add(whole(sign * hours), Unit::Hour)?;
    total.add(whole(sign * minutes), Unit::Minute)?;
    let signed_fraction = if negative { -fraction } else { fraction };
    total.add(
        Number {
            whole: sign * seconds,
            fraction: signed_fraction,
        },
        Unit::Second,
    )
}

/// `years-months` as months.
fn year_month(digits: &str) -> Option<i64> {
    let (years, months) = digits.split_once('-')?;
    let (years, months) = (integer(years)?, integer(months)?);
    if months >= 12 {
        return None;
    }
    years.checked_mul(12)?.checked_add(months)
}

fn number(negative: bool, digits: &str) -> Option<Number> {
    let (whole, fraction) = match digits.split_once('.') {
        None => (integer(digits)?, 0.0),
        Some(("", fraction)) => (0, fraction_of(fraction)?),
        Some((whole, fraction)) => (integer(whole)?, fraction_of(fraction)?),
    };
    Some(if negative {
        Number {
            whole: -whole,
            fraction: -fraction,
        }
    } else {
        Number { whole, fraction }
    })
}

fn integer(digits: &str) -> Option<i64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| digits.parse().ok())?
}

fn fraction_of(digits: &str) -> Option<f64> {
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| format!("0.{digits}").parse().ok())?
}

/// Splits the literal into numbers and words.
fn parts(literal: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut rest = literal;
    loop {
        rest = rest.trim_start_matches(|c: char| is_space(c) || matches!(c, ',' | '@'));
        let Some(first) = rest.chars().next() else {
            return Some(parts);
        };
        if parts.len() == MAX_PARTS {
            return None;
        }
        if first.is_ascii_alphabetic() {
            let word = take(&mut rest, |c| c.is_ascii_alphabetic());
            let ends = match rest.chars().next() {
                None | Some(',' | '@') => true,
                Some(digit) if digit.is_ascii_digit() => Unit::ends_at_digit(word),
                Some(other) => is_space(other),
            };
            if !ends {
                return None;
            }
            parts.push(Part::Word(word));
            continue;
        }
        let signed = matches!(first, '+' | '-');
        if signed {
            rest = rest.get(1..)?.trim_start_matches(is_space);
        }
        if !rest.starts_with(|c: char| c.is_ascii_digit() || (c == '.' && !signed)) {
            return None;
        }
        let digits = take(&mut rest, |c| {
            c.is_ascii_digit() || matches!(c, ':' | '.' | '-')
        });
        parts.push(Part::Number {
            negative: first == '-',
            digits,
        });
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

fn take<'a>(rest: &mut &'a str, mut belongs: impl FnMut(char) -> bool) -> &'a str {
    let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
    let (taken, after) = rest.split_at(end);
    *rest = after;
    taken
}
