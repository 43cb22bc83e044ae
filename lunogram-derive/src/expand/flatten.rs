//! Compile-time checks on flattened fields whose types derive one of our traits.

use super::listed;
use crate::model::{Field, Form, Model, concrete, peel_references};
use crate::plan::located;
use proc_macro2::TokenStream;
use quote::quote;
use syn::{GenericArgument, PathArguments, Type};

/// Assertions that no flattened type has a property that the payload already has.
pub(super) fn assertions(model: &Model<'_>) -> TokenStream {
    let runtime = &model.runtime;
    let mut all = TokenStream::new();
    for payload in model.payloads() {
        let mut earlier: Vec<TokenStream> = Vec::new();
        for (field, property) in payload.properties() {
            // A function may write other entries than those of the type.
            if !matches!(property.form, Form::Flatten(None)) {
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

/// The keys of a flattened field's type. `None` if they depend on generic parameters. They never
/// depend on lifetimes.
fn visible(model: &Model<'_>, field: &Field<'_>) -> Option<TokenStream> {
    let runtime = &model.runtime;
    let ty = concrete(inner(field.ty), model.generics)?;
    let probe = quote!(<#runtime::Probe<#ty>>);
    Some(quote! {
        #runtime::first_of(&[#probe::EVENT, #probe::TRAITS, #probe::SCHEDULE])
    })
}

/// The type whose entries are written: without references and without wrappers that serialize as
/// their content.
fn inner(ty: &Type) -> &Type {
    let (_, ty) = peel_references(ty);
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
