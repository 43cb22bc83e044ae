//! Intervals.

use super::text::text;
use chrono::TimeDelta;
use lunogram_rules::Violation;
use std::borrow::Cow;
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

/// A type that can be the interval of a recurring schedule: a string with a `PostgreSQL` interval
/// literal, an [`Interval`], a [`Duration`] or a [`TimeDelta`].
///
/// [`ScheduleRequest::every`](crate::ScheduleRequest::every) takes it, and the field marked
/// `#[lunogram(interval)]`. An interval that is not valid or not positive is reported when the
/// payload is encoded.
///
/// ```
/// use lunogram::ScheduleRequest;
/// use lunogram::values::ToInterval;
/// use std::time::Duration;
///
/// fn digest(user: &str, every: impl ToInterval) -> ScheduleRequest {
///     ScheduleRequest::every("digest", user, every)
/// }
///
/// let weekly = digest("user_123", "7 days");
/// let hourly = digest("user_123", Duration::from_secs(3600));
/// ```
///
/// The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the interval of a schedule",
    label = "not an interval",
    note = "an interval is a string with a PostgreSQL interval literal, a `lunogram::values::Interval`, a `std::time::Duration` or a `chrono::TimeDelta`"
)]
pub trait ToInterval: sealed::Sealed {
    #[doc(hidden)]
    fn to_interval(&self) -> Result<Cow<'_, str>, Violation>;
}

mod sealed {
    pub trait Sealed {}
    impl<T: Sealed + ?Sized> Sealed for &T {}
}

macro_rules! literals {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}

        #[diagnostic::do_not_recommend]
        impl ToInterval for $type {
            fn to_interval(&self) -> Result<Cow<'_, str>, Violation> {
                lunogram_rules::interval::check(self)?;
                let text: &str = self.as_ref();
                Ok(text.into())
            }
        }
    )*};
}

literals!(str, String, Cow<'_, str>, Box<str>);

impl sealed::Sealed for Interval {}

#[diagnostic::do_not_recommend]
impl ToInterval for Interval {
    fn to_interval(&self) -> Result<Cow<'_, str>, Violation> {
        Ok(self.as_str().into())
    }
}

macro_rules! lengths {
    ($($type:ty),*) => {$(
        impl sealed::Sealed for $type {}

        #[diagnostic::do_not_recommend]
        impl ToInterval for $type {
            fn to_interval(&self) -> Result<Cow<'_, str>, Violation> {
                Interval::try_from(*self).map(|interval| interval.0.into())
            }
        }
    )*};
}

lengths!(Duration, TimeDelta);

#[diagnostic::do_not_recommend]
impl<T: ToInterval + ?Sized> ToInterval for &T {
    fn to_interval(&self) -> Result<Cow<'_, str>, Violation> {
        (**self).to_interval()
    }
}
