//! Prints a verdict for each interval literal on standard input, one per line: `accept`,
//! `not-positive` or `reject`.
//!
//! For a comparison with a server:
//! `SELECT CASE WHEN $1::interval > '0 seconds' THEN 'accept' ELSE 'not-positive' END`.

use lunogram_rules::interval::{Verdict, verdict};
use std::io::{self, BufRead, Write};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let word = match verdict(&line?) {
            Verdict::Accept => "accept",
            Verdict::NotPositive => "not-positive",
            Verdict::Reject => "reject",
        };
        writeln!(out, "{word}")?;
    }
    Ok(())
}
