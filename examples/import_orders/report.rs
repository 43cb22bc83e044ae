//! The counts of sent payloads, and the refused rows with their lines and reasons.

use std::fmt;

/// The result of an import.
#[derive(Debug, Default)]
pub struct Report {
    pub(crate) users: usize,
    pub(crate) events: usize,
    pub(crate) schedules: usize,
    refused: Vec<(u64, Vec<String>)>,
}

impl Report {
    pub(crate) fn refuse(&mut self, line: u64, reasons: Vec<String>) {
        self.refused.push((line, reasons));
    }

    /// The counts on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} users, {} events, {} schedules, {} rows refused",
            self.users,
            self.events,
            self.schedules,
            self.refused.len()
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<12} {:>6}", "sent", "count")?;
        for (what, count) in [
            ("users", self.users),
            ("events", self.events),
            ("schedules", self.schedules),
        ] {
            writeln!(f, "{what:<12} {count:>6}")?;
        }
        writeln!(f, "\n{:<12} {:>6}", "refused", self.refused.len())?;
        for (line, reasons) in &self.refused {
            for (index, reason) in reasons.iter().enumerate() {
                if index == 0 {
                    writeln!(f, "  line {line:<6} {reason}")?;
                } else {
                    writeln!(f, "  {:<11} {reason}", "")?;
                }
            }
        }
        Ok(())
    }
}

/// Describes an error of the CSV reader; the most common one is a wrong number of cells.
pub(crate) fn columns(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("the row has {len} cells, but the header has {expected_len}"),
        _ => error.to_string(),
    }
}
