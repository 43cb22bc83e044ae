//! Rules about when a schedule fires.

use super::field::literal;
use crate::attr::RoleKind;
use crate::errors::Errors;
use crate::model::{Field, Model, Payload};
use lunogram_rules::interval;
use proc_macro2::Ident;

/// A schedule fires either once (`scheduled_at`) or repeatedly (`interval`, optionally with
/// `start_at`). The server accepts a schedule with neither, and ignores one of the two if both are
/// set.
pub(super) fn timing(model: &Model<'_>, payload: &Payload<'_>, errors: &Errors) {
    let timing = [RoleKind::ScheduledAt, RoleKind::Interval];
    let container = model.attributes.interval.as_ref();
    if let Some(arg) = container {
        literal(&arg.value, interval::check, errors);
    }
    let every = container.map(|arg| &arg.name);
    let name_of = |kind| role_name(payload.role(kind)?);
    let (at, start, each) = (
        name_of(RoleKind::ScheduledAt),
        name_of(RoleKind::StartAt),
        name_of(RoleKind::Interval),
    );
    if let (Some(_), Some(each)) = (every, each) {
        errors.at(
            each.span(),
            "`interval` is set twice: the struct sets it, too; keep one of the two",
        );
    }
    let ident = payload.ident;
    // The error points at the later of the two attributes, and those of the struct come first.
    let second = payload
        .roles()
        .filter(|(_, kind)| timing.contains(kind))
        .last()
        .and_then(|(field, _)| role_name(field));
    match (at, every.or(each), start) {
        (Some(at), Some(_), _) => errors.at(
            second.unwrap_or(at).span(),
            "a schedule cannot have both `scheduled_at` and `interval`; keep `scheduled_at` to fire once, or `interval` to fire repeatedly",
        ),
        (Some(_), None, Some(start)) => errors.at(
            start.span(),
            "`start_at` applies to recurring schedules, but this one fires once; remove it, or write `interval` instead of `scheduled_at`",
        ),
        (None, None, _) if !errors.presumes("interval") && !errors.presumes("scheduled_at") => {
            errors.at(
                ident.span(),
                format!(
                    "schedule `{ident}` has neither `scheduled_at` nor `interval`; mark the field that holds the time with \
                     `#[lunogram(scheduled_at)]`, or set how often it fires with `#[lunogram(interval = \"168h\")]`"
                ),
            );
        }
        _ => {}
    }
}

/// The argument that sets the role of a field.
fn role_name<'m>(field: &'m Field<'_>) -> Option<&'m Ident> {
    field.attributes.role.as_ref().map(|role| &role.name)
}
