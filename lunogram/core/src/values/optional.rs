//! Text and time zones that may be absent, for the setters of requests.

use super::{Email, EventName, ExternalId, Locale, Phone, ScheduleName, TimeZone, ToTimeZone};
use std::borrow::Cow;

/// A text, or an `Option` of one: what the setters of requests take.
///
/// It is implemented for strings, for the checked texts of [`values`](crate::values), for
/// references to them, and for `Option`s of all of these. `None` sets nothing: the server keeps
/// what it has.
///
/// ```
/// use lunogram::UpsertUserRequest;
///
/// struct Row {
///     id: u64,
///     email: Option<String>,
///     locale: String,
/// }
///
/// fn upsert(row: &Row) -> UpsertUserRequest {
///     UpsertUserRequest::new(row.id)
///         .email(&row.email)
///         .phone(None::<String>)
///         .locale(&row.locale)
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a text",
    label = "not a text",
    note = "pass a string, a type of `lunogram::values`, or an `Option` of one"
)]
pub trait OptionalText: sealed::Sealed {
    #[doc(hidden)]
    fn into_text(self) -> Option<String>;
}

/// A time zone, or an `Option` of one: any [`ToTimeZone`].
///
/// ```
/// use lunogram::UpsertUserRequest;
///
/// let stored: Option<&str> = None;
/// let request = UpsertUserRequest::new("user_123").timezone(stored);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a time zone",
    label = "not a time zone",
    note = "pass a name of the IANA database, a `lunogram::values::TimeZone`, or an `Option` of one"
)]
pub trait OptionalTimeZone {
    #[doc(hidden)]
    fn into_time_zone(self) -> Option<String>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! texts {
    ($($type:ty),* $(,)?) => {$(
        impl sealed::Sealed for $type {}
        impl sealed::Sealed for Option<$type> {}
        impl sealed::Sealed for &$type {}
        impl sealed::Sealed for Option<&$type> {}
        // A field of a struct that is only borrowed, such as a row.
        #[allow(clippy::ref_option_ref, reason = "the macro has one form for `&str` and `String`")]
        impl sealed::Sealed for &Option<$type> {}

        impl OptionalText for $type {
            fn into_text(self) -> Option<String> {
                Some(self.into())
            }
        }

        impl OptionalText for Option<$type> {
            fn into_text(self) -> Option<String> {
                self.map(Into::into)
            }
        }

        impl OptionalText for &$type {
            fn into_text(self) -> Option<String> {
                Some(self.to_string())
            }
        }

        impl OptionalText for Option<&$type> {
            fn into_text(self) -> Option<String> {
                self.map(ToString::to_string)
            }
        }

        #[allow(clippy::ref_option_ref, reason = "see above")]
        impl OptionalText for &Option<$type> {
            fn into_text(self) -> Option<String> {
                self.as_ref().map(ToString::to_string)
            }
        }
    )*};
}

texts!(
    &str,
    String,
    Box<str>,
    Cow<'_, str>,
    Email,
    EventName,
    ExternalId,
    Locale,
    Phone,
    ScheduleName,
    TimeZone,
);

#[diagnostic::do_not_recommend]
impl<T: ToTimeZone> OptionalTimeZone for T {
    fn into_time_zone(self) -> Option<String> {
        Some(self.to_time_zone().into_owned())
    }
}

impl<T: ToTimeZone> OptionalTimeZone for Option<T> {
    fn into_time_zone(self) -> Option<String> {
        self.map(|zone| zone.to_time_zone().into_owned())
    }
}

impl<T: ToTimeZone> OptionalTimeZone for &Option<T> {
    fn into_time_zone(self) -> Option<String> {
        self.as_ref().map(|zone| zone.to_time_zone().into_owned())
    }
}
