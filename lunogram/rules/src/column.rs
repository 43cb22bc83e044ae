//! Limits of the platform's database: the lengths of its columns, and texts without U+0000.
//!
//! The platform checks neither before it writes. An upsert that does not fit is answered with
//! status 500, and an event with 202, after which it is lost.

use crate::{ProblemKind, Violation};

/// A text column.
///
/// ```
/// use lunogram_rules::column;
///
/// assert!(column::EXTERNAL_ID.check("user_123").is_ok());
/// let violation = column::EXTERNAL_ID.check(&"x".repeat(256)).unwrap_err();
/// assert_eq!(
///     violation.to_string(),
///     "external id with more than 255 characters, which the platform cannot store; shorten it",
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// How messages call the text.
    noun: &'static str,
    /// The maximum number of characters.
    max_chars: usize,
}

/// `external_id` of a user's or organization's identifier.
pub const EXTERNAL_ID: Column = Column::new("external id", 255);
/// `source` of an identifier.
pub const SOURCE: Column = Column::new("source", 255);
/// `name` of an event.
pub const EVENT_NAME: Column = Column::new("event name", 255);
/// `name` of a schedule.
pub const SCHEDULE_NAME: Column = Column::new("schedule name", 255);
/// `email` of a user.
pub const EMAIL: Column = Column::new("email address", 255);
/// `phone` of a user.
pub const PHONE: Column = Column::new("phone number", 64);
/// `timezone` of a user.
pub const TIMEZONE: Column = Column::new("time zone", 50);
/// `locale` of a user.
pub const LOCALE: Column = Column::new("locale", 255);
/// `name` of an organization.
pub const ORGANIZATION_NAME: Column = Column::new("organization name", 255);
/// `os_version` of a device.
pub const OS_VERSION: Column = Column::new("version of the operating system", 255);
/// `model` of a device.
pub const DEVICE_MODEL: Column = Column::new("device model", 255);
/// `app_version` of a device.
pub const APP_VERSION: Column = Column::new("version of the app", 255);
/// The path under which the platform learns the type of a property, such as `.data.items[].sku`. It
/// begins with [`SCHEMA_ROOT`].
pub const SCHEMA_PATH: Column = Column::new("path of the property", 255);

/// The path of `data` in a [`SCHEMA_PATH`].
pub const SCHEMA_ROOT: &str = ".data";

impl Column {
    const fn new(noun: &'static str, max_chars: usize) -> Self {
        Self { noun, max_chars }
    }

    /// The maximum number of characters.
    #[must_use]
    pub const fn max_chars(self) -> usize {
        self.max_chars
    }

    /// Checks that the column can store the text.
    ///
    /// # Errors
    /// If it is too long or contains U+0000. The message does not contain the text.
    pub fn check(self, text: &str) -> Result<(), Violation> {
        // Most texts have fewer bytes than the column has characters, and are not counted.
        if text.len() > self.max_chars && text.chars().count() > self.max_chars {
            return Err(self.too_long());
        }
        text_without_nul(text)
    }

    /// The violation of a text with more than [`max_chars`](Self::max_chars) characters.
    #[cold]
    #[must_use]
    pub fn too_long(self) -> Violation {
        let Self { noun, max_chars } = self;
        Violation::new(
            ProblemKind::TooLong,
            format!(
                "{noun} with more than {max_chars} characters, which the platform cannot store; shorten it"
            ),
        )
    }
}

/// Checks that `text` has no U+0000, which neither `text` nor `jsonb` can store, in a value or a
/// key.
///
/// # Errors
/// If it has.
pub fn text_without_nul(text: &str) -> Result<(), Violation> {
    if text.contains('\0') {
        return Err(nul());
    }
    Ok(())
}

/// The violation of a text with U+0000.
#[must_use]
pub const fn nul() -> Violation {
    Violation::fixed(
        ProblemKind::Nul,
        "text with the character U+0000, which the platform cannot store; remove the character",
    )
}

/// Checks the name of a property in the code: it has no control character, as the names of events,
/// and its path at the top level of `data` fits [`SCHEMA_PATH`]. The keys of a map are data, and
/// only need to be texts that the platform can store.
///
/// # Errors
/// If it does not. The message does not contain the name.
pub fn property_name(name: &str) -> Result<(), Violation> {
    const MAX_CHARS: usize = SCHEMA_PATH.max_chars - SCHEMA_ROOT.len() - ".".len();
    if name.len() > MAX_CHARS && name.chars().count() > MAX_CHARS {
        return Err(Violation::fixed(
            ProblemKind::TooLong,
            "property name with more than 249 characters, which the platform cannot store; shorten it",
        ));
    }
    text_without_nul(name)?;
    if name.contains(char::is_control) {
        return Err(Violation::fixed(
            ProblemKind::Name,
            "property name with a control character; remove it",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_and_not_bytes() {
        for column in [EXTERNAL_ID, EMAIL, PHONE, TIMEZONE, LOCALE] {
            for character in ["x", "é", "🦀"] {
                assert_eq!(column.check(&character.repeat(column.max_chars())), Ok(()));
                let long = character.repeat(column.max_chars() + 1);
                let message = column.check(&long).expect_err("too long").to_string();
                assert!(message.contains("shorten it"), "{message}");
            }
        }
        assert_eq!(property_name(&"é".repeat(249)), Ok(()));
        assert!(property_name(&"é".repeat(250)).is_err());
    }

    #[test]
    fn u0000_is_refused_anywhere() {
        for text in ["\0", "a\0", "\0b", "a\0b"] {
            assert_eq!(EXTERNAL_ID.check(text), Err(nul()));
            assert_eq!(text_without_nul(text), Err(nul()));
            assert_eq!(property_name(text), Err(nul()));
        }
        assert_eq!(text_without_nul("\u{1}\u{7f}\u{80}"), Ok(()));
    }

    #[test]
    fn a_name_in_the_code_has_no_control_character() {
        for name in ["\u{1}", "a\n", "a\tb", "\u{7f}", "\u{85}"] {
            let message = property_name(name).expect_err(name).to_string();
            assert!(message.contains("control character"), "{message}");
        }
        assert_eq!(property_name("odd \"key\" é"), Ok(()));
    }
}
