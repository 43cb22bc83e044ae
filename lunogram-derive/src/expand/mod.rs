//! Writes code, and decides nothing.

mod event;
mod event_name;
mod fallback;
mod flatten;
mod keys;
mod nested;
mod planned;
mod properties;
mod schedule;
mod schema;
mod script;
mod told;
mod traits;

use crate::check;
use crate::errors;
use crate::generics;
use crate::model::{Derive, Model};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use std::panic::{AssertUnwindSafe, catch_unwind};
use syn::DeriveInput;

/// The whole way, from the tokens of a type to those of its impls or of its mistakes.
pub(crate) fn derive(derive: Derive, input: TokenStream) -> TokenStream {
    or_report(derive.name(), || read(input, |input| expand(derive, input)))
}

/// The same of a type that is a property's.
pub(crate) fn derive_property(input: TokenStream) -> TokenStream {
    or_report("LunogramProperty", || read(input, nested::expand))
}

/// The name of an event that no type stands for.
pub(crate) fn event_name(input: TokenStream) -> TokenStream {
    or_report("event_name!", || event_name::expand(input))
}

/// What `expand` gives, or an error that asks for a report where it panics.
fn or_report(macro_name: &str, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| {
        let message = format!(
            "`{}` failed, and the mistake is not yours; please report the type it stands on at {}",
            macro_name,
            env!("CARGO_PKG_REPOSITORY"),
        );
        quote!(::core::compile_error!(#message);)
    })
}

fn read(input: TokenStream, expand: impl FnOnce(&DeriveInput) -> TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => expand(&input),
        Err(error) => error.to_compile_error(),
    }
}

fn expand(derive: Derive, input: &DeriveInput) -> TokenStream {
    let (mut model, mistakes) = errors::collecting(|errors| {
        let model = Model::new(derive, input, errors);
        check::all(&model, errors);
        model
    });
    match mistakes {
        None => {
            let planned = if model.attributes.unplanned.is_some() {
                planned::once()
            } else {
                let (planned, is_held) = planned::items(&model.records(), &model.runtime);
                model.counted_on = is_held;
                planned
            };
            let impls = impls(&model);
            quote!(#impls #planned)
        }
        Some(mistakes) => {
            let fallback = fallback::impls(&model);
            let once = planned::once();
            quote!(#mistakes #fallback #once)
        }
    }
}

fn impls(model: &Model<'_>) -> TokenStream {
    let assertions = flatten::assertions(model);
    let impls = match model.derive {
        Derive::Event => event::impls(model),
        Derive::UserTraits | Derive::OrganizationTraits => traits::impls(model),
        Derive::Schedule => schedule::impls(model),
    };
    if assertions.is_empty() {
        // Nothing is named here but by its whole path, and a constant around it would cost the application's build more than
        // the rest.
        return impls;
    }
    quote! {
        #impls
        const _: () = { #assertions };
    }
}

/// An `impl` of a trait of the runtime.
fn imp(model: &Model<'_>, name: &str, items: &TokenStream) -> TokenStream {
    let Model {
        runtime,
        ident,
        generics,
        ..
    } = model;
    let name = Ident::new(name, Span::call_site());
    let (parameters, arguments, _) = generics.split_for_impl();
    let bounds = generics::where_clause(model);
    // A deprecated type, field or variant is the application's affair, and reported where that names it.
    quote! {
        #[allow(deprecated)]
        #[automatically_derived]
        impl #parameters #runtime::#name for #ident #arguments #bounds { #items }
    }
}

/// `fn encode(&self, w: &mut Writer<'_>) { … }`
fn encode(model: &Model<'_>, body: impl ToTokens) -> TokenStream {
    let runtime = &model.runtime;
    let writer = script::writer();
    quote! {
        fn encode(&self, #writer: &mut #runtime::Writer<'_>) { #body }
    }
}

/// The runtime's type of the subject.
fn subject(model: &Model<'_>) -> Ident {
    let subject = if model.is_of_organization() {
        "Organization"
    } else {
        "User"
    };
    Ident::new(subject, Span::call_site())
}

/// Several names in one literal, for the runtime's `Name` lists.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    names.join("\u{1f}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_asks_for_a_report() {
        let code = or_report("Schedule", || panic!("a mistake of ours")).to_string();
        assert!(code.contains("compile_error"), "{code}");
        assert!(code.contains("`Schedule` failed"), "{code}");
        assert!(code.contains("https://"), "{code}");
        assert_eq!(
            or_report("LunogramEvent", || quote!(fine)).to_string(),
            "fine"
        );
    }
}
