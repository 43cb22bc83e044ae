//! Intervals.

use super::text::text;
use chrono::TimeDelta;
use lunogram_rules::Violation;
use std::time::Duration;

text! {
    /// The interval of a recurring schedule: a positive `PostgreSQL` interval, such as `24h`,
    /// `1h30m`, `7 days`, `1 month` or `P1M`.
    ///
    /// It also converts from a [`Duration`] or a [`TimeDelta`], with microsecond precision.
    /// Intervals compare as text: `24h` and `1 day` are not equal, and differ when daylight saving
    /// time begins or ends.
    ///
    /// ```
    /// use lunogram::values::Interval;
    /// use std::time::Duration;
    ///
    /// let monthly: Interval = "1 month".parse()?;
    /// let hourly = Interval::try_from(Duration::from_secs(3600))?;
    /// assert!(Interval::try_from("0 days").is_err());
    /// assert!(Interval::try_from(Duration::ZERO).is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    Interval, lunogram_rules::interval::check
}

impl TryFrom<Duration> for Interval {
    type Error = Violation;

    fn try_from(duration: Duration) -> Result<Self, Violation> {
        // `PostgreSQL` stores microseconds.
        format!(
            "{}.{:06} seconds",
            duration.as_secs(),
            duration.subsec_micros()
        )
        .try_into()
    }
}

impl TryFrom<TimeDelta> for Interval {
    type Error = Violation;

    fn try_from(delta: TimeDelta) -> Result<Self, Violation> {
        // The rule refuses any negative interval, with its own message.
        match delta.to_std() {
            Ok(duration) => duration.try_into(),
            Err(_) => "-1 second".try_into(),
        }
    }
}
