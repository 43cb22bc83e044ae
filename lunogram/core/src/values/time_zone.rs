//! Time zones.

use super::text::text;
use std::borrow::Cow;

text! {
    /// The name of a time zone in the IANA database, in the database's own spelling.
    ///
    /// With the feature `chrono-tz-0_10` it also converts from a `chrono_tz::Tz`.
    ///
    /// ```
    /// use lunogram::values::TimeZone;
    ///
    /// let zone: TimeZone = "Europe/Amsterdam".parse()?;
    /// assert_eq!(zone, "Europe/Amsterdam");
    ///
    /// let refused = TimeZone::try_from("Europe/Amsterdan").unwrap_err();
    /// assert_eq!(refused.to_string(), "unknown time zone; did you mean `Europe/Amsterdam`?");
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    TimeZone, lunogram_rules::zone::check
}

/// A type that can be a time zone: a name, a [`TimeZone`], or with the feature `chrono-tz-0_10` a
/// `chrono_tz::Tz`.
///
/// Implement it for an application's own type by returning the name:
///
/// ```
/// use lunogram::values::ToTimeZone;
/// use lunogram::{AnyTraits, UpsertUserRequest};
/// use std::borrow::Cow;
///
/// enum Office {
///     Amsterdam,
///     Boston,
/// }
///
/// impl ToTimeZone for Office {
///     fn to_time_zone(&self) -> Cow<'_, str> {
///         match self {
///             Self::Amsterdam => "Europe/Amsterdam".into(),
///             Self::Boston => "America/New_York".into(),
///         }
///     }
/// }
///
/// let request = UpsertUserRequest::new("user_123").timezone(Office::Boston);
/// assert!(request.check().is_ok());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a time zone",
    label = "not a time zone",
    note = "a time zone is a string with a name of the IANA database, a `lunogram::values::TimeZone`, or with the feature `chrono-tz-0_10` a `chrono_tz::Tz`"
)]
pub trait ToTimeZone {
    /// Its name in the IANA database. The name is checked when the request is sent.
    fn to_time_zone(&self) -> Cow<'_, str>;
}

macro_rules! names {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl ToTimeZone for $type {
            fn to_time_zone(&self) -> Cow<'_, str> {
                let name: &str = self.as_ref();
                name.into()
            }
        }
    )*};
}

names!(str, String, Box<str>, Cow<'_, str>, TimeZone);

#[diagnostic::do_not_recommend]
impl<T: ToTimeZone + ?Sized> ToTimeZone for &T {
    fn to_time_zone(&self) -> Cow<'_, str> {
        (**self).to_time_zone()
    }
}

#[cfg(feature = "chrono-tz-0_10")]
impl ToTimeZone for chrono_tz::Tz {
    fn to_time_zone(&self) -> Cow<'_, str> {
        self.name().into()
    }
}

#[cfg(feature = "chrono-tz-0_10")]
impl From<chrono_tz::Tz> for TimeZone {
    fn from(zone: chrono_tz::Tz) -> Self {
        Self(zone.name().to_owned())
    }
}

#[cfg(all(test, feature = "chrono-tz-0_10"))]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_chrono_tz_is_valid() {
        for zone in chrono_tz::TZ_VARIANTS {
            let ours = TimeZone::from(zone);
            assert_eq!(TimeZone::try_from(zone.name()), Ok(ours));
        }
    }
}
