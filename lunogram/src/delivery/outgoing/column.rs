//! The values of traits that are sent outside of `data`.

use crate::encode::Writer;

/// A value of traits that the server stores outside of `data`, for
/// [`Outgoing::column`](crate::hooks::Outgoing::column).
///
/// ```
/// use lunogram::Client;
/// use lunogram::hooks::{Column, Decision};
///
/// // Of the columns, only names of organizations are sent.
/// let client = Client::builder("sk_123")
///     .before_send(|payload| {
///         for column in Column::all().filter(|column| *column != Column::Name) {
///             payload.remove_column(column);
///         }
///         Decision::Send
///     })
///     .build()?;
/// # Ok::<(), lunogram::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Column {
    /// A user's email address.
    Email,
    /// A user's phone number, in E.164.
    Phone,
    /// A user's time zone, a name of the IANA database.
    TimeZone,
    /// A user's locale, a BCP 47 tag.
    Locale,
    /// An organization's name.
    Name,
}

impl Column {
    /// Every column.
    ///
    /// ```
    /// use lunogram::hooks::Column;
    ///
    /// let names: Vec<_> = Column::all().map(Column::as_str).collect();
    /// assert_eq!(names, ["email", "phone", "timezone", "locale", "name"]);
    /// ```
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        [
            Self::Email,
            Self::Phone,
            Self::TimeZone,
            Self::Locale,
            Self::Name,
        ]
        .into_iter()
    }

    /// Its key in the payload.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::TimeZone => "timezone",
            Self::Locale => "locale",
            Self::Name => "name",
        }
    }

    /// Writes the column after another member, checked by its rule.
    pub(super) fn write(self, writer: &mut Writer<'_>, value: &str) {
        match self {
            Self::Email => writer.text(",\"email\":", value, lunogram_rules::email::check),
            Self::Phone => writer.text(",\"phone\":", value, lunogram_rules::phone::check),
            Self::TimeZone => writer.text(",\"timezone\":", value, lunogram_rules::zone::check),
            Self::Locale => writer.text(",\"locale\":", value, lunogram_rules::locale::check),
            Self::Name => writer.text(",\"name\":", value, lunogram_rules::organization::name),
        }
    }
}
