//! Events whose subject is set at the call.

use super::{Addressed, Identifiers, LunogramEvent, Names};
use crate::encode::{Fragment, Writer};
use lunogram_rules::{ProblemKind, Violation};
use serde::Serialize;

/// An event with the subject that [`LunogramEvent::to`] set.
///
/// ```
/// use lunogram::subject::Targeted;
/// use lunogram::{AnyEvent, LunogramEvent};
///
/// #[derive(LunogramEvent)]
/// struct FeatureAnnounced {
///     feature: &'static str,
/// }
///
/// let event: Targeted<FeatureAnnounced> = FeatureAnnounced { feature: "exports" }.to("user_123");
/// assert!(event.check().is_ok());
/// ```
#[derive(Clone, Debug)]
#[must_use = "an event does nothing until it is sent or tracked"]
pub struct Targeted<E> {
    event: E,
    subject: Identifiers,
}

impl<E> Targeted<E> {
    pub(super) fn new(event: E, subject: Identifiers) -> Self {
        Self { event, subject }
    }
}

impl<E: LunogramEvent> LunogramEvent for Targeted<E> {
    type Subject = E::Subject;
    const NAMES: &'static [&'static str] = E::NAMES;
    const KEYS: Names = E::KEYS;

    fn event_name(&self) -> &'static str {
        self.event.event_name()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{\"identifier\":");
        self.subject.encode(writer);
        writer.literal(",");
        self.event.encode(writer);
    }
}

#[diagnostic::do_not_recommend]
impl<E: LunogramEvent> Addressed for Targeted<E> {}

/// An event for every subject whose data contains the traits passed to [`LunogramEvent::matching`].
///
/// ```
/// use lunogram::subject::Matching;
/// use lunogram::{AnyEvent, LunogramEvent};
/// use serde_json::json;
///
/// #[derive(LunogramEvent)]
/// struct FeatureAnnounced {
///     feature: &'static str,
/// }
///
/// let event: Matching<FeatureAnnounced> =
///     FeatureAnnounced { feature: "exports" }.matching(json!({"plan": "pro"}));
/// assert!(event.check().is_ok());
///
/// let without_traits = FeatureAnnounced { feature: "exports" }.matching(json!({}));
/// assert_eq!(without_traits.check().unwrap_err().problems()[0].path(), "match");
/// ```
#[derive(Clone, Debug)]
#[must_use = "an event does nothing until it is sent or tracked"]
pub struct Matching<E> {
    event: E,
    traits: Fragment,
}

impl<E> Matching<E> {
    pub(super) fn new<M: Serialize + ?Sized>(event: E, traits: &M) -> Self {
        Self {
            event,
            traits: Fragment::object(traits),
        }
    }
}

impl<E: LunogramEvent> LunogramEvent for Matching<E> {
    type Subject = E::Subject;
    const NAMES: &'static [&'static str] = E::NAMES;
    const KEYS: Names = E::KEYS;

    fn event_name(&self) -> &'static str {
        self.event.event_name()
    }

    fn encode(&self, writer: &mut Writer<'_>) {
        writer.literal("{");
        encode_match(&self.traits, writer);
        writer.literal(",");
        self.event.encode(writer);
    }
}

#[diagnostic::do_not_recommend]
impl<E: LunogramEvent> Addressed for Matching<E> {}

/// Writes the member `match`. An empty object is refused: all data contains it, so the event would
/// reach every subject.
pub(crate) fn encode_match(traits: &Fragment, writer: &mut Writer<'_>) {
    writer.literal("\"match\":");
    if traits.is_empty() {
        writer.report(Violation::fixed(
            ProblemKind::EmptyMatch,
            "empty, which would match every subject; add at least one trait",
        ));
    } else {
        writer.fragment(traits);
    }
}
