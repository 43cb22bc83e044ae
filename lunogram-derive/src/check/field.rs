//! Rules about one field.

use super::description;
use crate::attr::{RoleKind, StrArg};
use crate::errors::Errors;
use crate::model::{Field, Form, Meaning};
use lunogram_rules::{Violation, column, locale, source, zone};
use proc_macro2::{Ident, Span};

/// Arguments that exclude each other. One of them would silently have no effect.
pub(super) fn combinations(field: &Field<'_>, errors: &Errors) {
    let attributes = &field.attributes;
    let name = |arg: &StrArg| arg.as_ref().map(|arg| arg.name.clone());
    let of_properties = [
        name(&attributes.rename),
        attributes.flatten.clone(),
        attributes.form.as_ref().map(|form| form.name.clone()),
        attributes.null.clone(),
    ];
    let refuse = |names: &mut dyn Iterator<Item = &Ident>, why: &dyn Fn(&Ident) -> String| {
        for name in names {
            errors.at(name.span(), why(name));
        }
    };
    if let Some(skip) = &attributes.skip {
        let role = attributes.role.as_ref().map(|role| role.name.clone());
        let others = [role, name(&attributes.source)];
        refuse(
            &mut of_properties.iter().chain(&others).flatten(),
            &|name| {
                format!(
                    "a field with `{skip}` is never sent, so `{name}` has no effect; keep one of the two"
                )
            },
        );
    } else if let Some(role) = &attributes.role {
        refuse(&mut of_properties.iter().flatten(), &|name| {
            let role = &role.name;
            format!(
                "`{name}` applies to properties only; `{role}` is sent outside `data`, so remove `{name}`"
            )
        });
    } else if let Some(flatten) = &attributes.flatten {
        let mut others = of_properties
            .iter()
            .flatten()
            .filter(|name| *name != flatten);
        refuse(&mut others, &|name| {
            format!(
                "`{name}` has no effect on a flattened field, whose entries are sent unchanged; keep one of the two"
            )
        });
    }
    role_beside_serde(field, errors);
    let is_identifier = matches!(&attributes.role, Some(role) if role.kind == RoleKind::ExternalId);
    if let Some(source) = &attributes.source
        && !is_identifier
        && attributes.skip.is_none()
        && !errors.presumes("external_id")
    {
        errors.at(
            source.name.span(),
            "`source` requires `external_id` on the same field; write `external_id, source = \"…\"`, or remove it",
        );
    }
}

/// A value with a role is checked and written by the runtime, so a function of serde's that would
/// change the value or leave it out has no effect. How a moment or an interval is written is no
/// part of its value.
fn role_beside_serde(field: &Field<'_>, errors: &Errors) {
    let Meaning::Role(role) = field.meaning else {
        return;
    };
    let is_time = matches!(
        role,
        RoleKind::ScheduledAt | RoleKind::StartAt | RoleKind::Interval
    );
    for arg in &field.serde_writing {
        if is_time && arg != "skip_serializing_if" {
            continue;
        }
        let advice = if arg == "skip_serializing_if" {
            "only the `None` of an `Option` is left out, so remove it"
        } else {
            "the value itself is sent, so remove it and convert the value before"
        };
        let role = role.name();
        errors.at(
            arg.span(),
            format!("`{arg}` is not honoured on the `{role}`: {advice}"),
        );
    }
}

/// Literals that can be checked at compile time.
pub(super) fn literals(field: &Field<'_>, errors: &Errors) {
    let attributes = &field.attributes;
    description(&attributes.description, errors);
    if let Some(arg) = &attributes.source {
        literal(&arg.value, source::check, errors);
    }
    if let Some(role) = &attributes.role
        && let Some(default) = &role.default
    {
        match role.kind {
            RoleKind::Timezone => literal(default, zone::check, errors),
            RoleKind::Locale => literal(default, locale::check_literal, errors),
            _ => {}
        }
    }
    // The platform cannot refer to a property without a name.
    if let Meaning::Property(property) = &field.meaning
        && !matches!(property.form, Form::Flatten(_))
    {
        let key = &property.key;
        if key.text.is_empty() {
            errors.at(
                key.span,
                "empty property name; write a name, or remove the `rename`",
            );
        }
        property_name(&key.text, key.span, errors);
    }
}

/// The platform cannot store every property name.
pub(super) fn property_name(name: &str, span: Span, errors: &Errors) {
    if let Err(violation) = column::property_name(name) {
        errors.at(span, violation);
    }
}

/// Checks a literal by the rule that applies to values at run time.
pub(super) fn literal(
    literal: &syn::LitStr,
    rule: impl FnOnce(&str) -> Result<(), Violation>,
    errors: &Errors,
) {
    if let Err(violation) = rule(&literal.value()) {
        errors.at(literal.span(), violation);
    }
}
