//! Rules about when a schedule fires.

use super::field::refuse;
use crate::attr::RoleKind;
use crate::errors::Errors;
use crate::model::{Field, Model, Payload};
use lunogram_rules::interval;
use proc_macro2::Ident;

/// A schedule is single (`scheduled_at`) or recurring (`interval`, maybe `start_at`). The server refuses neither, and
/// of both it would keep one.
pub(super) fn timing(model: &Model<'_>, payload: &Payload<'_>, errors: &Errors) {
    let timing = [RoleKind::ScheduledAt, RoleKind::Interval];
    let whole = model.attributes.interval.as_ref();
    if let Some(given) = whole {
        refuse(&given.value, interval::check, errors);
    }
    let every = whole.map(|given| &given.word);
    let word_of = |kind| word(payload.role(kind)?);
    let (at, start, each) = (
        word_of(RoleKind::ScheduledAt),
        word_of(RoleKind::StartAt),
        word_of(RoleKind::Interval),
    );
    if let (Some(_), Some(each)) = (every, each) {
        errors.at(
            each.span(),
            "`interval` is given twice: the struct has it too; keep one of the two",
        );
    }
    let ident = payload.ident;
    // What the struct says stands in front of its fields.
    let second = payload
        .roles()
        .filter(|(_, kind)| timing.contains(kind))
        .last()
        .and_then(|(field, _)| word(field));
    match (at, every.or(each), start) {
        (Some(at), Some(_), _) => errors.at(
            second.unwrap_or(at).span(),
            "a schedule with both `scheduled_at` and `interval`; keep `scheduled_at` to fire once, or `interval` to fire again and again",
        ),
        (Some(_), None, Some(start)) => errors.at(
            start.span(),
            "`start_at` is when a recurring schedule begins, and this one fires once; take it out, or write `interval` instead of `scheduled_at`",
        ),
        (None, None, _) if !errors.presumes("interval") && !errors.presumes("scheduled_at") => {
            errors.at(
                ident.span(),
                format!(
                    "schedule `{ident}` has neither `scheduled_at` nor `interval`; mark the field with its moment by \
                     `#[lunogram(scheduled_at)]`, or say how often it fires by `#[lunogram(interval = \"168h\")]`"
                ),
            );
        }
        _ => {}
    }
}

/// The attribute that gives a field its place.
fn word<'m>(field: &'m Field<'_>) -> Option<&'m Ident> {
    field.attributes.role.as_ref().map(|role| &role.word)
}
