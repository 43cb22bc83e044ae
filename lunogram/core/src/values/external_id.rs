//! External ids.

use super::text::text;

text! {
    /// The id by which an application knows a user or an organization: an external id that
    /// is not blank.
    ///
    /// An [`Identifier`](crate::Identifier) adds the system that assigned it. The server's own ids
    /// for subjects are [`Uuid`](uuid::Uuid)s instead.
    ///
    /// ```
    /// use lunogram::values::ExternalId;
    /// use lunogram::{Event, Identifier};
    ///
    /// let id: ExternalId = "user_123".parse()?;
    /// let event = Event::new("order_shipped").to(&id);
    /// let in_stripe = Identifier::new(id).source("stripe");
    /// assert!(ExternalId::try_from("").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    ExternalId, lunogram_rules::external_id::check
}
