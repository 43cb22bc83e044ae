//! Rules about what things are called.

use crate::errors::Errors;
use crate::model::{Derive, Model, Payload};
use lunogram_rules::name;
use std::collections::HashMap;

/// The server keeps one value a name: of two properties with one name, one would be lost.
pub(super) fn properties(payload: &Payload<'_>, errors: &Errors) {
    let mut seen = HashMap::new();
    for (field, key) in payload.keys().filter(|(_, key)| !key.text.is_empty()) {
        if let Some(first) = seen.get(key.text.as_str()) {
            errors.at(
                key.span,
                format!("property `{}` is named twice: the field `{first}` has that name too; rename one of the two", key.text),
            );
        } else {
            seen.insert(key.text.as_str(), field.ident);
        }
    }
}

/// The moment is a property, too, of every event of the type.
pub(super) fn occurred_at(model: &Model<'_>, errors: &Errors) {
    let Some(moment) = model.occurred_at() else {
        return;
    };
    if moment.text.is_empty() {
        errors.at(
            moment.span,
            "the moment needs a name, as every property does; write `occurred_at` alone, or `occurred_at = \"at\"`",
        );
        return;
    }
    let mut keys = model.payloads().iter().flat_map(Payload::keys);
    if let Some((field, key)) = keys.find(|(_, key)| key.text == moment.text) {
        errors.at(
            moment.span,
            format!("property `{}` is named twice: the field `{}` has that name too; write `occurred_at = \"…\"` with another, or take it out", key.text, field.ident),
        );
    }
}

/// Events and schedules are found by their names, everywhere: in journeys, in lists, by other teams.
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
        .filter(|payload| !payload.name.botched)
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
                format!("event name `{}` is given twice: the variant `{first}` has it too; rename one of the two", name.text),
            );
        } else {
            seen.insert(name.text.as_str(), payload.ident);
        }
    }
}
