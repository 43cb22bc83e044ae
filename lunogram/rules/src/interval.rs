//! Intervals: positive interval literals of `PostgreSQL`.
//!
//! The reference is `SELECT $1::interval > '0 seconds'` on `PostgreSQL` 15 with default settings. A
//! literal that this rejects or finds not positive is never accepted here. A few unusual spellings
//! that `PostgreSQL` accepts are rejected, so that every reader understands a literal the same way:
//! - punctuation other than `,` and `@` between the parts;
//! - a unit directly followed by a digit or a sign, as in `1h 2m` written `1h2 m`;
//! - `ago` anywhere but at the end;
//! - unit names that are misspelled after their tenth letter;
//! - a number that ends with a decimal point, as in `1. day`;
//! - numbers with an exponent or in hexadecimal after `P`;
//! - more than 24 parts, or more than 100 bytes.
//!
//! `cargo run -p lunogram-rules --example interval_verdicts` prints the verdict on each line of its
//! input, for comparison with a server.

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
        Verdict::Reject => Err(Violation::fixed(
            ProblemKind::Interval,
            "not an interval that PostgreSQL accepts; write one such as `24h`, `7 days`, `1 month`, `01:30:00` or `P1M`",
        )),
    }
}
