//! External ids.

use super::text::text;

text! {
    /// The id by which an application knows a user or an organization: an external id with at least
    /// one character.
    ///
    /// An [`ExternalId`](crate::ExternalId) adds the system that assigned it. The server's own ids
    /// for subjects are [`Uuid`](uuid::Uuid)s instead.
    ///
    /// ```
    /// use lunogram::values::SubjectId;
    /// use lunogram::{Event, ExternalId};
    ///
    /// let id: SubjectId = "user_123".parse()?;
    /// let event = Event::new("order_shipped").to(&id);
    /// let in_stripe = ExternalId::new(id).source("stripe");
    /// assert!(SubjectId::try_from("").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    SubjectId, lunogram_rules::external_id::check
}
