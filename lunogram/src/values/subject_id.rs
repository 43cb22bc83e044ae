//! What subjects are known by.

use super::text::text;

text! {
    /// What an application knows a user or an organization by: an external id, which has at least one character.
    ///
    /// With the system that gave it out it becomes an [`ExternalId`](crate::ExternalId). The server's own ids of subjects are
    /// [`Uuid`](uuid::Uuid)s, and none of these.
    ///
    /// ```
    /// use lunogram::values::SubjectId;
    /// use lunogram::{Event, ExternalId};
    ///
    /// let id: SubjectId = "user_123".parse()?;
    /// let event = Event::new("order_shipped").to(&id);
    /// let elsewhere = ExternalId::new(id).source("stripe");
    /// assert!(SubjectId::try_from("").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    SubjectId, lunogram_rules::external_id::check
}
