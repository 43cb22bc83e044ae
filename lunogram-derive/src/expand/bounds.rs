//! The bounds of generated impls, inferred from the types of the fields.

use crate::attr::RoleKind;
use crate::model::{Field, Form, Meaning, Model, Newtype, Value, mentions, peel_references};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use std::collections::HashSet;
use syn::Generics;

/// The `where` clause of an impl for a type that is sent: the type's own clause, and for each field
/// whose type contains a type parameter the trait by which the field is written.
pub(super) fn of_model(model: &Model<'_>) -> TokenStream {
    let declared = &model.generics.where_clause;
    let parameters = type_parameters(model.generics);
    if parameters.is_empty() {
        return declared.to_token_stream();
    }
    let mut predicates = Vec::new();
    let mut seen = HashSet::new();
    for field in model.payloads().iter().flat_map(|payload| &payload.fields) {
        let (_, ty) = peel_references(field.ty);
        let Some(bound) = bound(field) else {
            continue;
        };
        let tokens = ty.to_token_stream();
        if mentions(tokens.clone(), &parameters) && seen.insert((tokens.to_string(), bound)) {
            let runtime = &model.runtime;
            let bound = Ident::new(bound, Span::call_site());
            predicates.push(quote!(#tokens: #runtime::#bound));
        }
    }
    let declared = declared.iter().flat_map(|clause| &clause.predicates);
    quote!(where #(#declared,)* #(#predicates,)*)
}

/// The `where` clause of an impl of `LunogramProperty`.
pub(super) fn of_value(value: &Value<'_>) -> TokenStream {
    let runtime = &value.runtime;
    let declared = value
        .generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let types = value.generic_types();
    quote!(where #(#declared,)* #(#types: #runtime::LunogramProperty,)*)
}

/// The `where` clause of an impl of `ToExternalId`.
pub(super) fn of_newtype(newtype: &Newtype<'_>) -> TokenStream {
    let runtime = &newtype.runtime;
    let clause = newtype.generics.where_clause.iter();
    let declared = clause.flat_map(|clause| &clause.predicates);
    let parameters = type_parameters(newtype.generics);
    let generic = newtype
        .id()
        .map(|id| id.ty)
        .filter(|ty| mentions(ty.to_token_stream(), &parameters))
        .into_iter();
    quote!(where #(#declared,)* #(#generic: #runtime::ToExternalId,)*)
}

fn type_parameters(generics: &Generics) -> Vec<String> {
    let parameters = generics.type_params();
    parameters
        .map(|parameter| parameter.ident.to_string())
        .collect()
}

/// The trait by which the field is written.
fn bound(field: &Field<'_>) -> Option<&'static str> {
    match &field.meaning {
        Meaning::Skipped => None,
        Meaning::Role(RoleKind::ExternalId) => Some("ExternalIdField"),
        Meaning::Role(RoleKind::ScheduledAt) => Some("ToMoment"),
        Meaning::Role(RoleKind::StartAt) => Some("OptionalMoment"),
        Meaning::Role(RoleKind::Interval) => Some("ToInterval"),
        Meaning::Role(RoleKind::Id) => Some("ScheduleIdField"),
        Meaning::Role(_) => Some("Serialize"),
        Meaning::Property(property) => match property.form {
            Form::With(_) | Form::Flatten(Some(_)) => None,
            Form::In(form) => Some(form.bound()),
            _ => Some("Serialize"),
        },
    }
}
