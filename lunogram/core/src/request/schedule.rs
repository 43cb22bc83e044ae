//! Schedules built at run time.

mod serde_form;

use super::name_rule::NameRule;
use crate::encode::{Fragment, Writer};
use crate::subject_kind::SubjectKind;
use crate::typed::{
    AnySchedule, Identifiers, ToIdentifiers, encoded_moment, pass_through, write_interval,
};
use crate::values::{OptionalMoment, ToInterval, ToMoment};
use lunogram_rules::{ProblemKind, Violation, name};
use serde::Serialize;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;
use uuid::Uuid;

/// The request that creates or changes a schedule, built at run time.
///
/// If name and data are known at compile time, use [`#[derive(Schedule)]`](derive@crate::Schedule)
/// instead.
///
/// ```
/// use lunogram::ScheduleRequest;
/// use serde_json::json;
/// use std::time::{Duration, SystemTime};
///
/// let in_an_hour = SystemTime::now() + Duration::from_secs(3600);
/// let once = ScheduleRequest::at("trial_end", "user_123", in_an_hour);
/// let monthly = ScheduleRequest::every("check_in", "user_123", "1 month")
///     .start_at(in_an_hour)
///     .data(json!({"channel": "email"}));
/// ```
///
/// It serializes as the API has it, with `"subject": "organization"` and `"raw_name": true` if they
/// are set, and is checked when it is read. Unknown members are refused.
///
/// ```
/// use lunogram::ScheduleRequest;
///
/// let json = r#"{"identifier":[{"external_id":"u"}],"name":"check_in","interval":"1 month"}"#;
/// let request: ScheduleRequest = serde_json::from_str(json)?;
/// assert_eq!(request, ScheduleRequest::every("check_in", "u", "1 month"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request does nothing until it is sent"]
pub struct ScheduleRequest {
    name: Cow<'static, str>,
    name_rule: NameRule,
    subject: SubjectKind,
    identifier: Identifiers,
    id: Option<Uuid>,
    /// Encoded at once, so that the request has one type for every kind of moment and interval.
    scheduled_at: Option<Fragment>,
    start_at: Option<Fragment>,
    interval: Option<Fragment>,
    data: Option<Fragment>,
}

impl ScheduleRequest {
    /// Not called `new`: the compiler would answer a call of `new` with the name of this private
    /// function instead of those of the public ones.
    fn without_time(name: impl Into<Cow<'static, str>>, subject: impl ToIdentifiers) -> Self {
        Self {
            name: name.into(),
            name_rule: NameRule::SnakeCase,
            subject: SubjectKind::User,
            identifier: subject.into_identifiers(),
            id: None,
            scheduled_at: None,
            start_at: None,
            interval: None,
            data: None,
        }
    }

    /// A schedule that fires once, at a [`DateTime`](chrono::DateTime) or a
    /// [`SystemTime`](std::time::SystemTime).
    pub fn at(
        name: impl Into<Cow<'static, str>>,
        subject: impl ToIdentifiers,
        moment: impl ToMoment,
    ) -> Self {
        Self {
            scheduled_at: encoded_moment(&moment),
            ..Self::without_time(name, subject)
        }
    }

    /// A recurring schedule. `interval` is a `PostgreSQL` interval such as `"7 days"`, a
    /// [`Duration`](std::time::Duration) or a [`TimeDelta`](chrono::TimeDelta), greater than zero.
    pub fn every(
        name: impl Into<Cow<'static, str>>,
        subject: impl ToIdentifiers,
        interval: impl ToInterval,
    ) -> Self {
        Self {
            interval: Some(Fragment::of(|writer| write_interval(writer, &interval))),
            ..Self::without_time(name, subject)
        }
    }

    /// The schedule is of an organization. Without this it is of a user.
    pub fn organization(mut self) -> Self {
        self.subject = SubjectKind::Organization;
        self
    }

    /// Sends an old name as it is, such as `Trial End`. By default, a name that does not consist of
    /// lower `snake_case` words joined by dots is refused when the request is sent, by the rule
    /// that the derive applies at compile time.
    pub fn raw_name(mut self) -> Self {
        self.name_rule = NameRule::Raw;
        self
    }

    /// When a recurring schedule starts to fire. By default, at the moment of the request.
    pub fn start_at(mut self, moment: impl OptionalMoment) -> Self {
        self.start_at = encoded_moment(&moment);
        self
    }

    /// The assignment to update in place, on project-scoped servers.
    pub fn id(mut self, id: impl Into<Option<Uuid>>) -> Self {
        self.id = id.into();
        self
    }

    /// The data of the event that it emits: a map, or a struct with named fields. `None` sets
    /// nothing.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_data(&data);
        self
    }

    /// Writes the request from the end of its identifiers on.
    pub(super) fn write_after_identifiers(&self, writer: &mut Writer<'_>) {
        writer.literal(",\"name\":");
        let rule = match self.name_rule {
            NameRule::SnakeCase => name::schedule,
            NameRule::Raw => name::raw_schedule,
        };
        writer.named(&self.name, rule);
        writer.optional_fragment(",\"scheduled_at\":", self.scheduled_at.as_ref());
        writer.optional_fragment(",\"start_at\":", self.start_at.as_ref());
        if self.scheduled_at.is_some() && self.start_at.is_some() {
            writer.report_at_end(Violation::fixed(
                ProblemKind::Conflict,
                "a schedule that fires once has no `start_at`; leave it out, or use `every`",
            ));
        }
        writer.optional_fragment(",\"interval\":", self.interval.as_ref());
        writer.property(",\"id\":", &self.id);
        writer.optional_fragment(",\"data\":", self.data.as_ref());
        writer.literal("}");
    }
}

#[diagnostic::do_not_recommend]
impl AnySchedule for ScheduleRequest {
    fn name(&self) -> &str {
        &self.name
    }

    fn subject(&self) -> SubjectKind {
        self.subject
    }

    fn write(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.identifier.encode(writer);
        self.write_after_identifiers(writer);
    }
}

pass_through!(AnySchedule { name: &str, subject: SubjectKind }
    for [&ScheduleRequest] [Box<ScheduleRequest>] [Rc<ScheduleRequest>] [Arc<ScheduleRequest>]);
