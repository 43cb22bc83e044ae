//! Rules about one field.

use super::description;
use crate::attr::{RoleKind, Text};
use crate::errors::Errors;
use crate::model::{Field, Form, Meaning};
use lunogram_rules::{Violation, locale, source, zone};
use proc_macro2::Ident;

/// Attributes that contradict each other: one of them would be without effect, and nobody would notice.
pub(super) fn combinations(field: &Field<'_>, errors: &Errors) {
    let said = &field.attributes;
    let word = |text: &Text| text.as_ref().map(|given| given.word.clone());
    let ways = [
        word(&said.rename),
        said.flatten.clone(),
        said.string.clone(),
        said.null.clone(),
    ];
    let refuse = |words: &mut dyn Iterator<Item = &Ident>, why: &dyn Fn(&Ident) -> String| {
        for word in words {
            errors.at(word.span(), why(word));
        }
    };
    if let Some(skip) = &said.skip {
        let role = said.role.as_ref().map(|role| role.word.clone());
        let others = [role, word(&said.source)];
        refuse(&mut ways.iter().chain(&others).flatten(), &|word| {
            format!(
                "a field with `{skip}` is never sent, so that `{word}` has no meaning on it; keep one of the two"
            )
        });
    } else if let Some(role) = &said.role {
        refuse(&mut ways.iter().flatten(), &|word| {
            let role = &role.word;
            format!(
                "`{word}` is for properties, and the `{role}` has its own place beside them; take `{word}` out"
            )
        });
    } else if let Some(flatten) = &said.flatten {
        refuse(
            &mut ways.iter().flatten().filter(|word| *word != flatten),
            &|word| {
                format!(
                    "`{word}` has no meaning on a flattened field, whose entries are sent as they are; keep one of the two"
                )
            },
        );
    }
    let is_identifier = matches!(&said.role, Some(role) if role.kind == RoleKind::ExternalId);
    if let Some(source) = &said.source
        && !is_identifier
        && said.skip.is_none()
        && !errors.presumes("external_id")
    {
        errors.at(
            source.word.span(),
            "`source` tells who gave out an `external_id`, which this field is not; write `external_id, source = \"…\"`, or take it out",
        );
    }
}

/// Strings whose value can be judged now.
pub(super) fn literals(field: &Field<'_>, errors: &Errors) {
    let said = &field.attributes;
    description(&said.description, errors);
    if let Some(given) = &said.source {
        refuse(&given.value, source::check, errors);
    }
    if let Some(role) = &said.role
        && let Some(default) = &role.default
    {
        match role.kind {
            RoleKind::Timezone => refuse(default, zone::check, errors),
            RoleKind::Locale => refuse(default, locale::check, errors),
            _ => {}
        }
    }
    // A property without a name could be read by nobody.
    if let Meaning::Property(property) = &field.meaning
        && property.key.text.is_empty()
        && !matches!(property.form, Form::Flatten)
    {
        errors.at(
            property.key.span,
            "an empty name; name the property, or take the `rename` out",
        );
    }
}

/// Holds a literal against the rule that run time holds values against.
pub(super) fn refuse(
    literal: &syn::LitStr,
    rule: impl FnOnce(&str) -> Result<(), Violation>,
    errors: &Errors,
) {
    if let Err(violation) = rule(&literal.value()) {
        errors.at(literal.span(), violation);
    }
}
