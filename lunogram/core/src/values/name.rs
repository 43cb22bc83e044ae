//! Names of events and schedules.

use super::text::{name, text};

text! {
    /// The name of an event: lower `snake_case` words joined by dots, without the prefixes that are
    /// reserved for the platform's own events.
    ///
    /// Use it for names that are known only at run time. [`event_name!`](crate::event_name) and the
    /// derive check names at compile time, and [`Event::raw_name`](crate::Event::raw_name) sends
    /// old names that break the rule.
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
    /// The name of a schedule: lower `snake_case` words joined by dots, except for the reserved
    /// `anniversary`.
    ///
    /// ```
    /// use lunogram::ScheduleRequest;
    /// use lunogram::values::{Interval, ScheduleName};
    ///
    /// let name: ScheduleName = "weekly_digest".parse()?;
    /// let weekly: Interval = "7 days".parse()?;
    /// let request = ScheduleRequest::every(&name, "user_123", weekly);
    /// assert!(ScheduleName::try_from("anniversary").is_err());
    /// # Ok::<(), lunogram::values::Violation>(())
    /// ```
    ScheduleName, lunogram_rules::name::schedule
}

name!(EventName, ScheduleName);
