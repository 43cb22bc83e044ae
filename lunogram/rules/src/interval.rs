//! Intervals: positive interval literals of `PostgreSQL`.
//!
//! The reference is `SELECT $1::interval > '0 seconds'` on `PostgreSQL` 15 with default settings. A
//! literal that this rejects or finds not positive is never accepted here. Literals in a plain
//! spelling ([`is_plain`]) have its verdict. Other spellings are rejected, also those that
//! `PostgreSQL` accepts, so that every reader understands a literal the same way.

mod iso;
mod spelling;
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
        .filter(|literal| literal.len() <= MAX_BYTES)
        .and_then(|literal| traditional::parse(literal).or_else(|| iso::parse(literal)))
        .and_then(Total::microseconds);
    match total {
        None => Verdict::Reject,
        Some(microseconds) if microseconds > 0 => Verdict::Accept,
        Some(_) => Verdict::NotPositive,
    }
}

/// Whether a literal is in a plain spelling, be it valid or not.
///
/// A literal is plain if it has at most 100 bytes and consists of at most 24 fields:
/// - a number: digits, digits with a fraction (`1.5`, `.5`), years and months (`1-2`), or a clock
///   (`1:30`, `1:30:00`, `1:30:00.5`). A digit follows each `.`, `:` and inner `-`. A sign, with or
///   without spaces after it, may precede the first digit;
/// - the name of a unit, which follows a number: `PostgreSQL` 17 rejects some units without one,
///   which earlier versions take;
/// - `ago`, as the last field.
///
/// Fields are separated by white space, `,` or `@`, with two exceptions: a word may directly follow
/// a number, as in `1day`, and a digit may directly follow `y`, `mon`, `d`, `h`, `m`, `s` or `dec`,
/// as in `1h30m`. `PostgreSQL` rejects `1min30s` and accepts `1min 30s`.
///
/// An ISO 8601 duration is plain if `P` is followed by nothing but digits, `-`, `.`, `:`, `T` and
/// the units `Y`, `M`, `W`, `D`, `H` and `S`: its numbers have no exponent.
///
/// ```
/// use lunogram_rules::interval::{Verdict, is_plain, verdict};
///
/// assert!(is_plain("-1 day +08:00"));
/// // `PostgreSQL` ignores other punctuation, and reads this as one day and two hours.
/// assert!(!is_plain("1 day; 2 hours"));
/// assert_eq!(verdict("1 day; 2 hours"), Verdict::Reject);
/// ```
#[must_use]
pub fn is_plain(literal: &str) -> bool {
    literal.len() <= MAX_BYTES && (iso::is_plain(literal) || spelling::fields(literal).is_some())
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
