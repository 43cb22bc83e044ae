//! The tracking plan: finding its file, comparing a type with it, and the items that are generated
//! for both.
//!
//! As long as a plan exists, each type is compared with its entry. The derive compares names,
//! properties and well-known types ([`compare`]); generated constants compare the schemas that only
//! the compiler knows ([`assertions`]). When `lunogram plan` collects the types of a crate, the
//! derives emit them instead ([`emit`]).

mod assertions;
mod compare;
mod emit;
mod file;
mod record;
mod schema;
mod variant;

pub(crate) use assertions::located;
pub(crate) use record::Record;
pub(crate) use variant::inline_schema;

use crate::errors::{self, Errors};
use crate::krate;
use file::{Mode, OncePerCrate};
use lunogram_rules::plan::{Section, VARIABLE};
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::LitStr;

/// The items about the plan for a type with these entries, and whether the type is checked against
/// a plan. Empty without a plan.
pub(crate) fn items(records: &[Record<'_>], runtime: &TokenStream) -> (TokenStream, bool) {
    let (mode, once) = file::current();
    let mut items = per_crate_items(once);
    let is_checked = matches!(mode, Mode::Check(_));
    items.extend(match mode {
        Mode::Ignore => TokenStream::new(),
        Mode::Collect => records
            .iter()
            .map(|record| emit::item(record, runtime))
            .collect(),
        Mode::Check(plan) => {
            let (assertions, mistakes) =
                errors::collecting(|errors| compare::all(records, &plan, errors));
            let assertions = assertions::items(&assertions, runtime);
            quote!(#mistakes #assertions)
        }
    });
    (items, is_checked)
}

/// The same for the name in an `event_name!`.
pub(crate) fn event_name(literal: &LitStr, errors: &Errors) -> TokenStream {
    let (mode, once) = file::current();
    let mut items = per_crate_items(once);
    match mode {
        Mode::Ignore => {}
        Mode::Collect => {
            let runtime = krate::runtime(None, errors);
            items.extend(emit::event_name(&literal.value(), &runtime));
        }
        Mode::Check(plan) => {
            let name = literal.value();
            if plan.entry(Section::Events, &name).is_none() {
                let advice = compare::advice(&name, plan.names(Section::Events));
                let message = format!("the tracking plan has no event `{name}`{advice}");
                errors.at(literal.span(), message);
            }
        }
    }
    items
}

/// The items that each crate needs once, if the current macro is the first of its crate.
pub(crate) fn once_per_crate() -> TokenStream {
    let (_, once) = file::current();
    per_crate_items(once)
}

fn per_crate_items(once: Option<OncePerCrate>) -> TokenStream {
    let Some(OncePerCrate { files, error }) = once else {
        return TokenStream::new();
    };
    // Cargo rebuilds a crate when a file that it includes, or a variable that it reads, changes.
    let files = files.iter().map(|file| {
        let file = file.display().to_string();
        quote!(
            const _: usize = ::core::include_bytes!(#file).len();
        )
    });
    let error = error.map(|error| syn::Error::new(Span::call_site(), error).to_compile_error());
    quote! {
        const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#VARIABLE);
        #(#files)*
        #error
    }
}
