//! The derive macros of `lunogram`; use them through that crate.
//!
//! The modules from the bottom to the top. Each imports only modules that precede it in this list:
//!
//! 1. `errors` collects compile errors.
//! 2. `case` converts names as serde's `rename_all` does.
//! 3. `krate` finds the name of the dependency on `lunogram` in `Cargo.toml`.
//! 4. `attr` parses attributes.
//! 5. `model` holds the input in the terms of the derives: payloads, roles, properties, types.
//! 6. `check` validates the model.
//! 7. `plan` compares the model with the tracking plan.
//! 8. `expand` generates the impls.
//! 9. `pipeline` runs these steps for each macro.

#![allow(
    missing_docs,
    reason = "`lunogram` documents them where their examples compile"
)]

mod attr;
mod case;
mod check;
mod errors;
mod expand;
mod krate;
mod model;
mod pipeline;
mod plan;

use attr::Derive;
use pipeline::Macro;
use proc_macro::TokenStream;

#[proc_macro_derive(LunogramEvent, attributes(lunogram, serde))]
pub fn lunogram_event(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::Event), input.into()).into()
}

#[proc_macro_derive(UserTraits, attributes(lunogram, serde))]
pub fn user_traits(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::UserTraits), input.into()).into()
}

#[proc_macro_derive(OrganizationTraits, attributes(lunogram, serde))]
pub fn organization_traits(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::OrganizationTraits), input.into()).into()
}

#[proc_macro_derive(Schedule, attributes(lunogram, serde))]
pub fn schedule(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Payload(Derive::Schedule), input.into()).into()
}

#[proc_macro_derive(LunogramProperty, attributes(lunogram, serde))]
pub fn lunogram_property(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::Property, input.into()).into()
}

#[proc_macro]
pub fn event_name(input: TokenStream) -> TokenStream {
    pipeline::event_name(input.into()).into()
}
