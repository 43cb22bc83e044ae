//! Writes code, and decides nothing.

mod event;
mod fallback;
mod flatten;
mod keys;
mod property;
mod schedule;
mod script;
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
    or_report(derive, || expand(derive, input))
}

/// What `expand` gives, or an error that asks for a report where it panics.
fn or_report(derive: Derive, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    catch_unwind(AssertUnwindSafe(expand)).unwrap_or_else(|_| {
        let message = format!(
            "`{}` failed, and the mistake is not yours; please report the type it stands on at {}",
            derive.name(),
            env!("CARGO_PKG_REPOSITORY"),
        );
        quote!(::core::compile_error!(#message);)
    })
}

fn expand(derive: Derive, input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let (model, mistakes) = errors::collecting(|errors| {
        let model = Model::new(derive, &input, errors);
        check::all(&model, errors);
        model
    });
    match mistakes {
        None => impls(&model),
        Some(mistakes) => {
            let fallback = fallback::impls(&model);
            quote!(#mistakes #fallback)
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

/// A JSON string.
fn json(text: &str) -> String {
    let mut json = String::with_capacity(text.len() + 2);
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            '\0'..='\x1f' => json.extend(format!("\\u{:04x}", u32::from(letter)).chars()),
            _ => json.push(letter),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_json_strings() {
        assert_eq!(json("a \"b\" \\ \n é"), r#""a \"b\" \\ \u000a é""#);
    }

    #[test]
    fn a_panic_asks_for_a_report() {
        let code = or_report(Derive::Schedule, || panic!("a mistake of ours")).to_string();
        assert!(code.contains("compile_error"), "{code}");
        assert!(code.contains("`Schedule` failed"), "{code}");
        assert!(code.contains("https://"), "{code}");
        assert_eq!(
            or_report(Derive::Event, || quote!(fine)).to_string(),
            "fine"
        );
    }
}
