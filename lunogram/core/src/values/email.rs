//! Email addresses.

use super::text::text;

text! {
    /// An email address, by the server's own pattern
    /// ``^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*$``.
    ///
    /// Whether the mailbox exists is not checked.
    ///
    /// ```
    /// use lunogram::values::Email;
    ///
    /// let email: Email = "jane@example.com".parse()?;
    /// assert_eq!(email, "jane@example.com");
    /// assert!(Email::try_from("jane at example.com").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    Email, lunogram_rules::email::check
}
