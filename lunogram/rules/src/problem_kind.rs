//! The kinds of problem that a value can have.

use std::fmt;

/// The kind of a problem, to branch on.
///
/// A problem of a payload has one, and so has the [`Violation`](crate::Violation) of a value that
/// was checked on its own. The message is for people; its text may change.
///
/// ```
/// use lunogram_rules::{ProblemKind, name};
///
/// let violation = name::event("Signed Up").unwrap_err();
/// assert_eq!(violation.kind(), ProblemKind::NotSnakeCase);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// Not an email address that the server accepts.
    Email,
    /// Not a phone number in E.164, or with the feature `phone-tables` not a number of its country.
    Phone,
    /// Not the name of a time zone in the IANA database.
    TimeZone,
    /// Not a BCP 47 tag, or one of a language, script or region that is not registered.
    Locale,
    /// Not an interval that `PostgreSQL` accepts, or not a positive one.
    Interval,
    /// The name of an event or a schedule is empty, has white space around it, or has a control
    /// character.
    Name,
    /// The name of an event or a schedule does not consist of lower `snake_case` words joined by
    /// dots. It can be sent as a raw name.
    NotSnakeCase,
    /// The name of an event or a schedule is reserved for the platform, also as a raw name.
    ReservedName,
    /// The explicit source of an identifier is blank, or has white space around it or a control
    /// character.
    Source,
    /// The external id is blank.
    ExternalId,
    /// The payload has no subject or no recipient: its list of identifiers is empty, or was not
    /// set.
    NoSubject,
    /// An empty `match`, which would reach every subject.
    EmptyMatch,
    /// Longer than the platform's database stores.
    TooLong,
    /// A text with the character U+0000, which the platform's database does not store.
    Nul,
    /// An integer beyond ±(2^53 − 1), which the server would round. As a string it keeps its
    /// digits.
    UnsafeInteger,
    /// NaN or an infinity, which JSON cannot represent.
    NotFinite,
    /// A number or a moment outside the range that the API accepts.
    OutOfRange,
    /// Not a JSON object, which the data of an event, for example, has to be.
    NotAnObject,
    /// Neither a string nor a value that can be sent as one.
    NotAString,
    /// Two properties have the same name, so one of them would be lost.
    DuplicateProperty,
    /// The `Serialize` or `Display` implementation of a value failed, or wrote what JSON cannot
    /// represent.
    Unserializable,
    /// Arrays and objects that are nested more than 100 levels deep. The path of the problem has
    /// the outermost levels only.
    TooDeep,
    /// A value that the API requires is missing or empty, such as a push token.
    Missing,
    /// Two parts of the payload exclude each other.
    Conflict,
    /// The tag of an inbox message cannot be searched for.
    Tag,
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email address",
            Self::Phone => "phone number",
            Self::TimeZone => "time zone",
            Self::Locale => "locale",
            Self::Interval => "interval",
            Self::Name => "name",
            Self::NotSnakeCase => "not snake_case",
            Self::ReservedName => "reserved name",
            Self::Source => "source",
            Self::ExternalId => "external id",
            Self::NoSubject => "no subject",
            Self::EmptyMatch => "empty match",
            Self::TooLong => "too long",
            Self::Nul => "nul character",
            Self::UnsafeInteger => "unsafe integer",
            Self::NotFinite => "not finite",
            Self::OutOfRange => "out of range",
            Self::NotAnObject => "not an object",
            Self::NotAString => "not a string",
            Self::DuplicateProperty => "duplicate property",
            Self::Unserializable => "unserializable",
            Self::TooDeep => "too deep",
            Self::Missing => "missing",
            Self::Conflict => "conflict",
            Self::Tag => "tag",
        })
    }
}
