//! What can be seen of flattened types while compiling: the keys of those that derive one of our traits.

use super::listed;
use crate::generics::{concrete, peeled};
use crate::model::{Field, Form, Model};
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

/// Assertions that no property is named twice by a flattened type.
pub(super) fn assertions(model: &Model<'_>) -> TokenStream {
    let runtime = &model.runtime;
    let mut all = TokenStream::new();
    for payload in model.payloads() {
        let mut earlier: Vec<TokenStream> = Vec::new();
        for (field, property) in payload.properties() {
            if !matches!(property.form, Form::Flatten) {
                continue;
            }
            let Some(keys) = visible(model, field) else {
                continue;
            };
            let own = listed(payload.keys().map(|(_, key)| key.text.as_str()));
            let assertion = quote! {
                const _: () = #runtime::assert_disjoint(&[#own, #(#earlier),*], #keys);
            };
            all.extend(located(assertion, field.ident.span()));
            earlier.push(keys);
        }
    }
    if all.is_empty() {
        return all;
    }
    quote!(use #runtime::NoKeys as _; #all)
}

/// The keys of a flattened field's type, where they do not depend on the parameters of the type around it. They never
/// depend on a lifetime.
fn visible(model: &Model<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let runtime = &model.runtime;
    let ty = concrete(inner(field.ty), model.generics)?;
    let probe = quote!(<#runtime::Probe<#ty>>);
    Some(quote! {
        #runtime::first_of(&[#probe::EVENT, #probe::USER, #probe::ORGANIZATION, #probe::SCHEDULE])
    })
}

/// The same tokens at the place of the field, which is where the assertion then fails.
pub(super) fn located(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                let inner = located(group.stream(), span);
                token = Group::new(group.delimiter(), inner).into();
            }
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}

/// The type whose entries are written: behind references, and in what serializes as its content.
fn inner(ty: &Type) -> &Type {
    let (_, ty) = peeled(ty);
    if let Type::Path(path) = ty
        && let Some(segment) = path.path.segments.last()
        && matches!(
            segment.ident.to_string().as_str(),
            "Option" | "Box" | "Rc" | "Arc"
        )
        && let PathArguments::AngleBracketed(arguments) = &segment.arguments
        && let (1, Some(GenericArgument::Type(content))) =
            (arguments.args.len(), arguments.args.first())
    {
        return inner(content);
    }
    ty
}
