//! Rules about the subject of a payload and its columns.

use super::field::literal;
use crate::attr::{Derive, RoleKind};
use crate::errors::Errors;
use crate::model::{Model, Payload};
use lunogram_rules::{locale, zone};
use std::collections::HashMap;

/// The payload holds one value per role, except for the identifiers, which are a list.
pub(super) fn roles(payload: &Payload<'_>, errors: &Errors) {
    let mut seen: Vec<(RoleKind, &proc_macro2::Ident)> = Vec::new();
    for (field, kind) in payload.roles() {
        if kind == RoleKind::ExternalId {
            continue;
        }
        let Some(role) = &field.attributes.role else {
            continue;
        };
        match seen.iter().find(|(taken, _)| *taken == kind) {
            Some((_, first)) => errors.at(
                role.name.span(),
                format!(
                    "`{}` is set twice: the field `{first}` already has this role; keep one of the two",
                    role.name
                ),
            ),
            None => seen.push((kind, field.ident)),
        }
    }
}

/// The server would take two identifiers with the same source for two subjects.
pub(super) fn sources(payload: &Payload<'_>, errors: &Errors) {
    let mut seen = HashMap::new();
    for field in payload.identifiers() {
        let Some(role) = &field.attributes.role else {
            continue;
        };
        let arg = field.attributes.source.as_ref().map(|arg| &arg.value);
        let source = field.source();
        let span = arg.map_or_else(|| role.name.span(), syn::LitStr::span);
        if let Some(first) = seen.get(&source) {
            let advice = if arg.is_some() {
                "write another source for one of the two"
            } else {
                "add `source = \"…\"` to this one"
            };
            errors.at(
                span,
                format!("two identifiers with the source `{source}`: the field `{first}` has it, too; {advice}"),
            );
        } else {
            seen.insert(source, field.ident);
        }
    }
}

/// Traits and schedules need a subject. An event may get its subject when it is sent.
pub(super) fn required(model: &Model<'_>, payload: &Payload<'_>, errors: &Errors) {
    if payload.is_addressed() || errors.presumes(RoleKind::ExternalId.name()) {
        return;
    }
    let ident = payload.ident;
    let missing = match model.derive {
        Derive::Schedule | Derive::Event => "has no subject",
        Derive::OrganizationTraits => "does not identify its organization",
        Derive::UserTraits => "does not identify its user",
    };
    // A session is of a user, so it has no payload about an organization.
    let in_a_session = match model.derive {
        Derive::UserTraits => ", or use `lunogram::session::OwnTraits` in a session",
        Derive::Schedule if !model.is_of_organization() => {
            ", or use `lunogram::session::OwnSchedule` in a session"
        }
        _ => "",
    };
    errors.at(
        ident.span(),
        format!("`{ident}` {missing}: no field is an `external_id`; mark one with `#[lunogram(external_id)]`{in_a_session}"),
    );
}

/// Whether `.to()` can be called on an event depends on its type, so the variants must agree.
pub(super) fn mixed(variants: &[Payload<'_>], errors: &Errors) {
    let Some(addressed) = variants.iter().find(|variant| variant.is_addressed()) else {
        return;
    };
    if errors.presumes(RoleKind::ExternalId.name()) {
        return;
    }
    for odd in variants.iter().filter(|variant| !variant.is_addressed()) {
        let (odd, addressed) = (odd.ident, addressed.ident);
        errors.at(
            odd.span(),
            format!("variant `{odd}` has no `external_id` field but `{addressed}` has one; add one, or move the variant to another enum"),
        );
    }
}

/// A struct can set the time zone or locale of all its users, but not in addition to a field: one
/// of the two values would be lost.
pub(super) fn fixed_columns(model: &Model<'_>, errors: &Errors) {
    let attributes = &model.attributes;
    if let Some(arg) = &attributes.timezone {
        literal(&arg.value, zone::check, errors);
    }
    if let Some(arg) = &attributes.locale {
        literal(&arg.value, locale::check_literal, errors);
    }
    let columns = [
        (&attributes.timezone, RoleKind::Timezone),
        (&attributes.locale, RoleKind::Locale),
    ];
    for (container, kind) in columns {
        let field = model
            .payloads()
            .iter()
            .find_map(|payload| payload.role(kind));
        if let (Some(_), Some(field)) = (container, field)
            && let Some(role) = &field.attributes.role
        {
            let name = &role.name;
            errors.at(
                name.span(),
                format!("`{name}` is set twice: the struct sets it, too; keep one of the two, or write `{name} = \"…\"` here as the value for `None`"),
            );
        }
    }
}
