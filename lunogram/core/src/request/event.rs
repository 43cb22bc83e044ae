//! Events whose name is known only at run time.

mod serde_form;

use super::name_rule::NameRule;
use crate::encode::{Fragment, Writer};
use crate::subject_kind::SubjectKind;
use crate::typed::{
    AnyEvent, Identifiers, SessionEvent, ToIdentifiers, encode_match, pass_through, sealed,
};
use lunogram_rules::{ProblemKind, Violation, name};
use serde::Serialize;
use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

/// An event built at run time. It is sent, tracked and checked as derived events are.
///
/// If name and properties are known at compile time, use
/// [`#[derive(LunogramEvent)]`](derive@crate::LunogramEvent) instead.
///
/// ```
/// use lunogram::Event;
/// use serde_json::json;
///
/// let event = Event::new("purchase_completed")
///     .to("user_123")
///     .data(json!({"amount": 99.99}));
/// let signed = Event::new("contract.signed").to("org_456").organization();
/// let old = Event::new("Product Purchased").raw_name().to("user_123");
/// ```
///
/// It serializes as the API has it, with `"subject": "organization"` and `"raw_name": true` if they
/// are set, and is checked when it is read. Unknown members are refused, so that an export that is
/// imported again loses nothing unseen. Only the subject may be missing: it can be set afterwards,
/// and a session adds it.
///
/// ```
/// use lunogram::Event;
///
/// let line = r#"{"identifier":[{"external_id":"u"}],"name":"cart.paid","data":{"amount":99.99}}"#;
/// let event: Event = serde_json::from_str(line)?;
/// assert_eq!(serde_json::to_string(&event)?, line);
///
/// let refused = serde_json::from_str::<Event>(r#"{"name": "Cart Paid"}"#).unwrap_err();
/// assert!(refused.to_string().contains("write `cart_paid`"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an event does nothing until it is sent"]
pub struct Event {
    name: Cow<'static, str>,
    name_rule: NameRule,
    subject: SubjectKind,
    identifier: Option<Identifiers>,
    matching: Option<Fragment>,
    data: Option<Fragment>,
}

impl Event {
    /// An event whose name consists of lower `snake_case` words joined by dots. Any other name is
    /// refused when the event is sent, by the rule that the derive applies at compile time, unless
    /// [`raw_name`](Self::raw_name) is called.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self {
            name: name.into(),
            name_rule: NameRule::SnakeCase,
            subject: SubjectKind::User,
            identifier: None,
            matching: None,
            data: None,
        }
    }

    /// Sends an old name as it is, such as `Product Purchased`. Reserved prefixes, empty names,
    /// control characters and surrounding white space are still refused.
    pub fn raw_name(mut self) -> Self {
        self.name_rule = NameRule::Raw;
        self
    }

    /// Sets the subject. Cannot be combined with [`matching`](Self::matching).
    pub fn to(mut self, subject: impl ToIdentifiers) -> Self {
        self.identifier = Some(subject.into_identifiers());
        self
    }

    /// The event is about an organization. Without this it is about a user.
    pub fn organization(mut self) -> Self {
        self.subject = SubjectKind::Organization;
        self
    }

    /// Addresses the event to every subject whose stored data contains `traits`, which has to
    /// serialize to an object with at least one key. Cannot be combined with [`to`](Self::to).
    pub fn matching(mut self, traits: impl Serialize) -> Self {
        self.matching = Some(Fragment::object(&traits));
        self
    }

    /// Its properties: a map, or a struct with named fields. `None` sets nothing.
    pub fn data(mut self, data: impl Serialize) -> Self {
        self.data = Fragment::optional_data(&data);
        self
    }

    /// Writes the identifiers or the match, and a comma.
    fn write_target(&self, writer: &mut Writer<'_>) {
        match (&self.identifier, &self.matching) {
            (Some(identifier), None) => {
                writer.literal("\"identifier\":");
                identifier.encode(writer);
            }
            (None, Some(traits)) => encode_match(traits, writer),
            (None, None) => {
                writer.literal("\"identifier\":");
                writer.report(Violation::fixed(
                    ProblemKind::NoSubject,
                    "the event has no subject; set it with `.to(…)` or `.matching(…)`",
                ));
            }
            (Some(_), Some(_)) => {
                writer.literal("\"match\":");
                writer.report(Violation::fixed(
                    ProblemKind::Conflict,
                    "the event has both an identifier, by `.to(…)`, and a match, by `.matching(…)`; keep one of them",
                ));
            }
        }
        writer.literal(",");
    }

    /// Writes the event from its name on.
    fn write_after_subject(&self, writer: &mut Writer<'_>) {
        writer.literal("\"name\":");
        let rule = match self.name_rule {
            NameRule::SnakeCase => name::event,
            NameRule::Raw => name::raw_event,
        };
        writer.named(&self.name, rule);
        match (&self.data, self.subject) {
            (None, SubjectKind::User) => writer.literal(",\"data\":{}"),
            (data, _) => writer.optional_fragment(",\"data\":", data.as_ref()),
        }
        writer.literal("}");
    }
}

#[diagnostic::do_not_recommend]
impl AnyEvent for Event {
    fn name(&self) -> &str {
        &self.name
    }

    fn subject(&self) -> SubjectKind {
        self.subject
    }

    fn write(&self, writer: &mut Writer<'_>) {
        writer.literal("{");
        self.write_target(writer);
        self.write_after_subject(writer);
    }
}

impl sealed::Event for Event {}

/// An event for a session, which is about the session's user: without `to`, `matching` and
/// `organization`.
#[diagnostic::do_not_recommend]
impl SessionEvent for Event {
    fn name(&self) -> &str {
        &self.name
    }

    fn write(&self, writer: &mut Writer<'_>) {
        let mut refuse = |path: &str, message| {
            let violation = Violation::fixed(ProblemKind::Conflict, message);
            writer.report_at(path.to_owned(), violation);
        };
        if self.identifier.is_some() {
            refuse(
                "identifier",
                "a session's events are about its own user; leave out `.to(…)`, or send the event with a client",
            );
        }
        if self.matching.is_some() {
            refuse(
                "match",
                "a session's events are about its own user; leave out `.matching(…)`, or send the event with a client",
            );
        }
        if self.subject == SubjectKind::Organization {
            refuse(
                "",
                "a session's events are about its own user; leave out `.organization()`, or send the event with a client",
            );
        }
        self.write_after_subject(writer);
    }
}

pass_through!(AnyEvent { name: &str, subject: SubjectKind }
    for [&Event] [Box<Event>] [Rc<Event>] [Arc<Event>]);

pass_through!(SessionEvent: sealed::Event { name: &str }
    for [&Event] [Box<Event>] [Rc<Event>] [Arc<Event>]);
