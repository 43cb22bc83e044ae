//! Intervals: positive interval literals of `PostgreSQL`.
//!
//! The reference is `SELECT $1::interval > '0 seconds'` on `PostgreSQL` 15 with default settings. A
//! literal that this rejects or finds not positive is never accepted here. A few unusual spellings
//! that `PostgreSQL` accepts are rejected, so that every reader understands a literal the same way:
//! - punctuation other than `,` and `@` between the parts;
//! - a unit directly followed by a sign, as in `1h+30m`;
//! - `ago` anywhere but at the end, and after a number or a clock;
//! - `quarter`, which `PostgreSQL` accepts only without a number, where it means nothing;
//! - unit names that are misspelled after their tenth letter;
//! - a number that ends with punctuation, as in `1. day`;
//! - a fraction before a `:` or after a `-`, as in `1-2.5 days`;
//! - numbers with an exponent or in hexadecimal after `P`;
//! - more than 24 parts, or more than 100 bytes.
//!
//! A number may directly follow `y`, `mon`, `d`, `h`, `m` and `s`, as in `1h30m`, but not a longer
//! name of a unit: `PostgreSQL` rejects `1min30s` and accepts `1min 30s`.

mod iso;
mod total;
mod traditional;
mod unit;

use crate::{ProblemKind, Violation};
use total::Total;

/// How `PostgreSQL` reads a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid, and greater than zero.
    Accept,
    /// Valid, and zero or less.
    NotPositive,
    /// Not an interval, or out of range.
    Reject,
}

/// The maximum length of a literal.
const MAX_BYTES: usize = 100;

/// Classifies a literal.
#[must_use]
pub fn verdict(literal: &str) -> Verdict {
    let total = Some(literal)
        .filter(|literal| literal.is_ascii() && literal.len() <= MAX_BYTES)
        .and_then(|literal| traditional::parse(literal).or_else(|| iso::parse(literal)))
        .and_then(Total::microseconds);
    match total {
        None => Verdict::Reject,
        Some(microseconds) if microseconds > 0 => Verdict::Accept,
        Some(_) => Verdict::NotPositive,
    }
}

/// Checks the interval of a schedule.
///
/// # Errors
/// If it is not an interval or not positive. The message does not contain the literal.
pub fn check(literal: &str) -> Result<(), Violation> {
    match verdict(literal) {
        Verdict::Accept => Ok(()),
        Verdict::NotPositive => Err(Violation::fixed(
            ProblemKind::Interval,
            "interval must be positive, or the schedule would never fire; write one such as `24h`, `7 days` or `1 month`",
        )),
        Verdict::Reject => Err(rejected(literal)),
    }
}

#[cold]
fn rejected(literal: &str) -> Violation {
    let mut spaced = String::with_capacity(literal.len());
    for character in literal.chars() {
        if character.is_ascii_digit() && spaced.ends_with(|c: char| c.is_ascii_alphabetic()) {
            spaced.push(' ');
        }
        spaced.push(character);
    }
    let message = if verdict(&spaced) == Verdict::Accept {
        "not an interval that PostgreSQL accepts: a space is missing before a number; write `1h30m` or `1 hour 30 minutes`"
    } else {
        "not an interval that PostgreSQL accepts; write one such as `24h`, `7 days`, `1 month`, `01:30:00` or `P1M`"
    };
    Violation::fixed(ProblemKind::Interval, message)
}
