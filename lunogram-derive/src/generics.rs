//! The bounds that an impl needs, inferred from the types of the fields.

use crate::attr::RoleKind;
use crate::model::{Field, Form, Meaning, Model};
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use std::collections::HashSet;
use syn::{GenericParam, Generics, Type};

/// The `where` clause: the type's own, and for each field whose type mentions a type parameter what writing it needs.
pub(crate) fn where_clause(model: &Model<'_>) -> TokenStream {
    let own = &model.generics.where_clause;
    let parameters: Vec<String> = model
        .generics
        .type_params()
        .map(|parameter| parameter.ident.to_string())
        .collect();
    if parameters.is_empty() {
        return own.to_token_stream();
    }
    let mut predicates = Vec::new();
    let mut seen = HashSet::new();
    for field in model.payloads().iter().flat_map(|payload| &payload.fields) {
        let (_, ty) = peeled(field.ty);
        let Some(needed) = needed(field) else {
            continue;
        };
        let tokens = ty.to_token_stream();
        if mentions(tokens.clone(), &parameters) && seen.insert((tokens.to_string(), needed)) {
            let runtime = &model.runtime;
            let needed = proc_macro2::Ident::new(needed, proc_macro2::Span::call_site());
            predicates.push(quote!(#tokens: #runtime::#needed));
        }
    }
    let own = own.iter().flat_map(|own| &own.predicates);
    quote!(where #(#own,)* #(#predicates,)*)
}

/// The trait by which the field is written.
fn needed(field: &Field<'_>) -> Option<&'static str> {
    match &field.meaning {
        Meaning::Skipped => None,
        Meaning::Role(RoleKind::ExternalId) => Some("ExternalIdField"),
        Meaning::Role(RoleKind::ScheduledAt) => Some("ScheduledAtField"),
        Meaning::Role(RoleKind::StartAt) => Some("MomentField"),
        Meaning::Role(RoleKind::Interval) => Some("IntervalField"),
        Meaning::Role(RoleKind::Id) => Some("ScheduleIdField"),
        Meaning::Role(_) => Some("Serialize"),
        Meaning::Property(property) => match property.form {
            Form::With(_) => None,
            _ => Some("Serialize"),
        },
    }
}

/// The type behind references, and how many there were. What is behind them is all that is written, and a bound on it
/// holds for every lifetime of the reference.
pub(crate) fn peeled(mut ty: &Type) -> (usize, &Type) {
    let mut references = 0;
    loop {
        ty = match ty {
            Type::Reference(reference) => {
                references += 1;
                &reference.elem
            }
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return (references, ty),
        };
    }
}

/// Whether one of `names` stands in `tokens`, other than as a part of a longer path.
pub(crate) fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    let mut behind_colon = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Ident(ident) => !behind_colon && names.iter().any(|name| ident == name),
            TokenTree::Group(group) => mentions(group.stream(), names),
            _ => false,
        };
        if found {
            return true;
        }
        behind_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
    false
}

/// A type as it can be named outside of the type around it: behind references, and with `'static` for every lifetime, on
/// which nothing depends. Nothing where it depends on the parameters of the type around it.
pub(crate) fn concrete(ty: &Type, generics: &Generics) -> Option<TokenStream> {
    let (_, ty) = peeled(ty);
    let ty = ty.to_token_stream();
    let parameters = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        });
    let parameters: Vec<String> = parameters.chain(["Self".to_owned()]).collect();
    if mentions(ty.clone(), &parameters) {
        return None;
    }
    Some(forever(ty))
}

/// The same type with `'static` for every lifetime.
fn forever(ty: TokenStream) -> TokenStream {
    let mut behind_tick = false;
    ty.into_iter()
        .map(|token| {
            let is_lifetime = std::mem::take(&mut behind_tick);
            match token {
                TokenTree::Ident(name) if is_lifetime => Ident::new("static", name.span()).into(),
                TokenTree::Group(group) => {
                    let mut inner = Group::new(group.delimiter(), forever(group.stream()));
                    inner.set_span(group.span());
                    inner.into()
                }
                other => {
                    behind_tick =
                        matches!(&other, TokenTree::Punct(tick) if tick.as_char() == '\'');
                    other
                }
            }
        })
        .collect()
}
