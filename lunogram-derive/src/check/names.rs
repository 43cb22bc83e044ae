//! Rules about names.

use super::field::property_name;
use crate::attr::{Derive, EventName};
use crate::errors::Errors;
use crate::model::{Added, Model, Payload};
use lunogram_rules::name;
use std::collections::HashMap;

/// The server keeps one value per name: of two properties with the same name, one would be lost.
pub(super) fn properties(payload: &Payload<'_>, errors: &Errors) {
    let mut seen = HashMap::new();
    for (field, key) in payload.keys().filter(|(_, key)| !key.text.is_empty()) {
        if let Some(first) = seen.get(key.text.as_str()) {
            errors.at(
                key.span,
                format!("property `{}` is named twice: the field `{first}` has the same name; rename one of the two", key.text),
            );
        } else {
            seen.insert(key.text.as_str(), field.ident);
        }
    }
}

/// The time and the id of an event are properties, so their names must not be empty or used by a
/// field or by each other.
pub(super) fn added(model: &Model<'_>, errors: &Errors) {
    for (index, Added { kind, key }) in model.added.iter().enumerate() {
        let attribute = kind.name();
        if key.text.is_empty() {
            let example = kind.example();
            errors.at(
                key.span,
                format!("empty property name; write `{attribute}` alone, or a name such as `{attribute} = \"{example}\"`"),
            );
            continue;
        }
        property_name(&key.text, key.span, errors);
        let mut fields = model.payloads().iter().flat_map(Payload::keys);
        let field = fields.find(|(_, of_field)| of_field.text == key.text);
        let mut earlier = model.added.iter().take(index);
        let namesake = match field {
            Some((field, _)) => Some(format!("the field `{}`", field.ident)),
            None => earlier
                .find(|earlier| earlier.key.text == key.text)
                .map(|earlier| format!("`{}`", earlier.kind.name())),
        };
        if let Some(namesake) = namesake {
            errors.at(
                key.span,
                format!("property `{}` is named twice: {namesake} has the same name; write another name in `{attribute} = \"…\"`, or remove it", key.text),
            );
        }
    }
}

/// Journeys, lists and other teams refer to events and schedules by name, so the name has to be
/// valid and unique.
pub(super) fn payloads(model: &Model<'_>, errors: &Errors) {
    let [strict, raw]: [fn(&str) -> _; 2] = match model.derive {
        Derive::Event => [name::event, name::raw_event],
        Derive::Schedule => [name::schedule, name::raw_schedule],
        Derive::UserTraits | Derive::OrganizationTraits => return,
    };
    let mut seen = HashMap::new();
    for payload in model
        .payloads()
        .iter()
        .filter(|payload| !payload.name.invalid)
    {
        let name = &payload.name;
        let verdict = if name.raw {
            raw(&name.text)
        } else {
            strict(&name.text)
        };
        if let Err(violation) = verdict {
            errors.at(name.span, violation);
        } else if let Some(first) = seen.get(name.text.as_str()) {
            errors.at(
                name.span,
                format!("event name `{}` is used twice: the variant `{first}` has the same name; rename one of the two", name.text),
            );
        } else {
            seen.insert(name.text.as_str(), payload.ident);
        }
    }
}

/// Events and schedules are named by our attributes. Serde's name of a struct or variant is another
/// one, so it must not seem to be the name that is sent.
pub(super) fn serde_names(model: &Model<'_>, errors: &Errors) {
    let kind = match model.derive {
        Derive::Event => "event",
        Derive::Schedule => "schedule",
        Derive::UserTraits | Derive::OrganizationTraits => return,
    };
    let mut rename_all_is_reported = false;
    for payload in model.payloads() {
        let (Some(serde), name) = (&payload.serde_name, &payload.name) else {
            continue;
        };
        if !name.is_default || name.invalid || serde.text == name.text {
            continue;
        }
        let arg = &serde.arg;
        let item = if arg == "rename" {
            "write `#[lunogram(name = \"…\")]` beside it"
        } else if std::mem::replace(&mut rename_all_is_reported, true) {
            continue;
        } else {
            "write `#[lunogram(name = \"…\")]` on each variant"
        };
        errors.at(
            arg.span(),
            format!(
                "serde's `{arg}` does not name the {kind}, which would be sent as `{}`; {item}, or remove `{arg}`",
                name.text
            ),
        );
    }
}

/// The name in an `event_name!` follows the same rules as the name of an event type. Returns
/// whether it does.
pub(crate) fn event_name(name: &EventName, errors: &Errors) -> bool {
    let text = name.literal.value();
    let verdict = if name.raw {
        name::raw_event(&text)
    } else {
        name::event(&text)
    };
    let is_valid = verdict.is_ok();
    if let Err(violation) = verdict {
        errors.at(name.literal.span(), violation);
    }
    is_valid
}
