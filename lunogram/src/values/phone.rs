//! Phone numbers.

use super::text::text;

text! {
    /// A phone number in E.164: `+`, the country's code and the number, digits alone.
    ///
    /// With the feature `phone-tables` a country has to know such a number, too, by libphonenumber's tables. That is what the
    /// server asks; without the feature, it may refuse a number that this type takes.
    ///
    /// ```
    /// use lunogram::values::Phone;
    ///
    /// let phone: Phone = "+31612345678".parse()?;
    /// assert_eq!(phone, "+31612345678");
    /// assert!(Phone::try_from("06 12345678").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    Phone, lunogram_rules::phone::check
}
