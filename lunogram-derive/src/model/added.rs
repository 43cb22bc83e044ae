//! Properties that no field holds: the client adds them when it sends the event.

use super::Key;
use crate::attr::{Container, Spanned};
use syn::LitStr;

/// The kinds of added properties, in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AddedKind {
    OccurredAt,
    EventId,
}

/// A property that the client adds to an event.
pub(crate) struct Added {
    pub(crate) kind: AddedKind,
    pub(crate) key: Key,
}

impl AddedKind {
    /// The name of the attribute, which is also the default name of the property and the name of
    /// the runtime's method.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OccurredAt => "occurred_at",
            Self::EventId => "event_id",
        }
    }

    /// Another name of the property, as an example in messages.
    pub(crate) const fn example(self) -> &'static str {
        match self {
            Self::OccurredAt => "at",
            Self::EventId => "id",
        }
    }
}

/// The properties for which attributes are set.
pub(super) fn added(attributes: &Container) -> Vec<Added> {
    let of = |kind, arg: &Option<Spanned<Option<LitStr>>>| {
        let arg = arg.as_ref()?;
        let (text, span) = match &arg.value {
            Some(name) => (name.value(), name.span()),
            None => (arg.name.to_string(), arg.name.span()),
        };
        let key = Key { text, span };
        Some(Added { kind, key })
    };
    let added = [
        of(AddedKind::OccurredAt, &attributes.occurred_at),
        of(AddedKind::EventId, &attributes.event_id),
    ];
    added.into_iter().flatten().collect()
}
