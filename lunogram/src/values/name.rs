//! Names of events and schedules.

use super::text::{name, text};

text! {
    /// The name of an event: lower `snake_case` words joined by dots, with none of the prefixes that the platform keeps for its
    /// own events.
    ///
    /// For names that come from elsewhere. One that stands in the code is checked while it is compiled, by
    /// [`event_name!`](crate::event_name) or a derive; an old name that is spelt otherwise is sent by
    /// [`Event::raw`](crate::Event::raw).
    ///
    /// ```
    /// use lunogram::Event;
    /// use lunogram::values::EventName;
    ///
    /// let name: EventName = "order.completed".parse()?;
    /// let event = Event::new(name).to("user_123");
    ///
    /// let refused = EventName::try_from("Order Completed").unwrap_err();
    /// assert!(refused.to_string().contains("write `order_completed`"));
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    EventName, lunogram_rules::name::event
}

text! {
    /// The name of a schedule: lower `snake_case` words joined by dots, and not the platform's own `anniversary`.
    ///
    /// ```
    /// use lunogram::UpsertScheduleRequest;
    /// use lunogram::values::{Interval, ScheduleName};
    ///
    /// let name: ScheduleName = "weekly_digest".parse()?;
    /// let weekly: Interval = "7 days".parse()?;
    /// let request = UpsertScheduleRequest::every(&name, "user_123", weekly);
    /// assert!(ScheduleName::try_from("anniversary").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    ScheduleName, lunogram_rules::name::schedule
}

name!(EventName, ScheduleName);
