//! Rules about names.

use super::field::property_name;
use crate::attr::{Derive, EventName};
use crate::errors::Errors;
use crate::model::{Model, Payload};
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

/// The time of the event is a property, so its name must not be empty or used by a field.
pub(super) fn occurred_at(model: &Model<'_>, errors: &Errors) {
    let Some(time) = model.occurred_at() else {
        return;
    };
    if time.text.is_empty() {
        errors.at(
            time.span,
            "empty property name; write `occurred_at` alone, or a name such as `occurred_at = \"at\"`",
        );
        return;
    }
    property_name(&time.text, time.span, errors);
    let mut keys = model.payloads().iter().flat_map(Payload::keys);
    if let Some((field, key)) = keys.find(|(_, key)| key.text == time.text) {
        errors.at(
            time.span,
            format!("property `{}` is named twice: the field `{}` has the same name; write another name in `occurred_at = \"…\"`, or remove it", key.text, field.ident),
        );
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
