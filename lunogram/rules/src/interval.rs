//! Intervals: `PostgreSQL`'s interval literals, greater than zero.
//!
//! The oracle is `SELECT $1::interval > '0 seconds'` on `PostgreSQL` 15 with its default settings. What that refuses, or
//! finds not positive, is never accepted here. A few exotic spellings that it takes are refused, so that a literal means
//! the same to every reader:
//! - punctuation other than `,` and `@` between the parts;
//! - a unit directly followed by a digit or a sign, as in `1h 2m` written `1h2 m`;
//! - `ago` elsewhere than at the end;
//! - unit names spelt beyond their tenth letter in any way but the right one;
//! - a number that ends with its point, as in `1. day`;
//! - numbers with an exponent or in hexadecimal behind `P`;
//! - more than 24 parts, or 100 bytes.
//!
//! `cargo run -p lunogram-rules --example interval_verdicts` prints the verdict on each line of its input, to be compared
//! with a server's.

mod iso;
mod total;
mod traditional;
mod unit;

use crate::Violation;
use total::Total;

/// What `PostgreSQL` makes of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Valid, and greater than zero.
    Accept,
    /// Valid, and zero or less.
    NotPositive,
    /// Not an interval, or one that does not fit.
    Reject,
}

/// The longest literal that is read.
const MAX_BYTES: usize = 100;

/// Judges a literal.
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

/// An interval that a schedule can have.
///
/// # Errors
/// Says whether it is no interval or not greater than zero, without repeating it.
pub fn check(literal: &str) -> Result<(), Violation> {
    match verdict(literal) {
        Verdict::Accept => Ok(()),
        Verdict::NotPositive => Err(Violation::fixed(
            "interval that is not greater than zero, so the schedule would never come round; write one such as `24h`, `7 days` or `1 month`",
        )),
        Verdict::Reject => Err(Violation::fixed(
            "not an interval that PostgreSQL takes; write one such as `24h`, `7 days`, `1 month`, `01:30:00` or `P1M`",
        )),
    }
}
