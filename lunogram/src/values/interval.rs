//! Intervals.

use super::text::text;
use chrono::TimeDelta;
use lunogram_rules::Violation;
use std::time::Duration;

text! {
    /// How often a schedule comes round: a `PostgreSQL` interval greater than zero, such as `24h`, `7 days`, `1 month` or `P1M`.
    ///
    /// It is made of a [`Duration`] or a [`TimeDelta`], too, to the microsecond. Two of them are equal when they are spelt alike:
    /// `24h` and `1 day` are not, and are not the same where a clock is changed.
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
        // `PostgreSQL` keeps microseconds.
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
        // A negative one is refused by the rule, in the rule's words; its exact length is of no interest.
        match delta.to_std() {
            Ok(duration) => duration.try_into(),
            Err(_) => "-1 second".try_into(),
        }
    }
}
