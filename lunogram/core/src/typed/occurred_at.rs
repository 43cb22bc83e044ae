//! The time at which an event occurred, as a property: the API has no field for it.

use crate::encode::{Buffer, Writer};
use chrono::{DateTime, SubsecRound as _, Utc};
use std::io::Write as _;

/// The longest timestamp: quotes, a signed year with six digits, and the rest to the millisecond.
const LONGEST: usize = 2 + 7 + 20;

/// Appends a time as a JSON string: RFC 3339 in UTC, to the millisecond.
pub fn append_time(out: &mut Buffer, time: DateTime<Utc>) {
    let time = time.trunc_subsecs(3);
    let mut text = [0; LONGEST];
    let mut rest = text.as_mut_slice();
    // chrono's `Debug` is RFC 3339 and allocates nothing. The array has room for every year that
    // chrono supports.
    let _ = write!(rest, "\"{time:?}\"");
    let left = rest.len();
    out.extend_from_slice(text.get(..LONGEST - left).unwrap_or_default());
}

impl Writer<'_> {
    /// Writes the current time as a property. A writer without sources leaves it out.
    pub fn occurred_at(&mut self, key: &'static str) {
        if let Some(sources) = self.sources() {
            self.key(key);
            append_time(self.buffer(), sources.now());
        }
    }
}
