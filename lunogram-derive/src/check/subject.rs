//! Rules about whom a payload is about.

use super::field::refuse;
use crate::attr::RoleKind;
use crate::errors::Errors;
use crate::model::{Derive, Model, Payload};
use lunogram_rules::{locale, source, zone};
use std::collections::HashMap;

/// The payload has one place for each role but the identifiers, which are a list.
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
                role.word.span(),
                format!(
                    "`{}` is given twice: the field `{first}` is it already; keep one of the two",
                    role.word
                ),
            ),
            None => seen.push((kind, field.ident)),
        }
    }
}

/// Two identifiers of one source would be two subjects to the server.
pub(super) fn sources(payload: &Payload<'_>, errors: &Errors) {
    let mut seen = HashMap::new();
    for field in payload.identifiers() {
        let Some(role) = &field.attributes.role else {
            continue;
        };
        let given = field.attributes.source.as_ref().map(|given| &given.value);
        let from = given.map_or_else(|| source::DEFAULT.to_owned(), syn::LitStr::value);
        let span = given.map_or_else(|| role.word.span(), syn::LitStr::span);
        if let Some(first) = seen.get(&from) {
            let advice = if given.is_some() {
                "give one of the two another source"
            } else {
                "give this one its `source = \"…\"`"
            };
            errors.at(
                span,
                format!("two identifiers of the source `{from}`: the field `{first}` is one already; {advice}"),
            );
        } else {
            seen.insert(from, field.ident);
        }
    }
}

/// Traits and schedules belong to somebody; an event may get its subject when it is sent.
pub(super) fn required(payload: &Payload<'_>, derive: Derive, errors: &Errors) {
    if payload.is_addressed() || errors.presumes(RoleKind::ExternalId.word()) {
        return;
    }
    let ident = payload.ident;
    let lacking = match derive {
        Derive::Schedule | Derive::Event => "whom it is about",
        Derive::OrganizationTraits => "which organization it is",
        Derive::UserTraits => "which user it is",
    };
    errors.at(
        ident.span(),
        format!("`{ident}` does not say {lacking}: no field is an `external_id`; mark one with `#[lunogram(external_id)]`"),
    );
}

/// Whether an event takes `.to()` is a matter of its type: it holds for all variants or for none.
pub(super) fn mixed(variants: &[Payload<'_>], errors: &Errors) {
    let Some(addressed) = variants.iter().find(|variant| variant.is_addressed()) else {
        return;
    };
    if errors.presumes(RoleKind::ExternalId.word()) {
        return;
    }
    for odd in variants.iter().filter(|variant| !variant.is_addressed()) {
        let (odd, addressed) = (odd.ident, addressed.ident);
        errors.at(
            odd.span(),
            format!("variant `{odd}` has no `external_id` field while `{addressed}` has one; give it one, or move it to an enum of its own"),
        );
    }
}

/// A time zone or locale for all users of a type, beside a field with each user's own, would lose one of the two.
pub(super) fn fixed_columns(model: &Model<'_>, errors: &Errors) {
    let said = &model.attributes;
    if let Some(given) = &said.timezone {
        refuse(&given.value, zone::check, errors);
    }
    if let Some(given) = &said.locale {
        refuse(&given.value, locale::check, errors);
    }
    let both = [
        (&said.timezone, RoleKind::Timezone),
        (&said.locale, RoleKind::Locale),
    ];
    for (whole, kind) in both {
        let field = model
            .payloads()
            .iter()
            .find_map(|payload| payload.role(kind));
        if let (Some(_), Some(field)) = (whole, field)
            && let Some(role) = &field.attributes.role
        {
            let word = &role.word;
            errors.at(
                word.span(),
                format!("`{word}` is given twice: the struct has it too; keep one of the two, or write `{word} = \"…\"` here for when the field is `None`"),
            );
        }
    }
}
