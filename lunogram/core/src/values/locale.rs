//! Locales.

use super::text::text;

text! {
    /// A locale as a BCP 47 tag, such as `nl`, `nl-NL` or `zh-Hant-TW`, of a language, script and
    /// region that are registered. Upper and lower case are both accepted, and not changed. So are
    /// deprecated and private subtags, which devices send: `iw`, `in-ID`, `sr-CS`, `x-pirate`.
    ///
    /// ```
    /// use lunogram::values::Locale;
    ///
    /// let locale: Locale = "nl-NL".parse()?;
    /// assert_eq!(locale, "nl-NL");
    ///
    /// let refused = Locale::try_from("nl_NL").unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "not a BCP 47 tag: its parts are joined by hyphens; write `nl-NL`",
    /// );
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    Locale, lunogram_rules::locale::check
}
