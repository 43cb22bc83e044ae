//! Phone numbers.

use super::text::text;

text! {
    /// A phone number in E.164: `+`, the country code and the number, digits only.
    ///
    /// With the feature `phone-tables` the number also has to be valid for its country, by
    /// libphonenumber's tables, as the server requires. Without the feature, the server may refuse
    /// a number that this type accepts.
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
