//! The derive macros of `lunogram`; use them through that crate.
//!
//! Attributes become a model, the model is checked, and what is right is written out: each step knows the one before
//! it and nothing of the one behind.

#![allow(
    missing_docs,
    reason = "`lunogram` documents them where their examples compile"
)]

mod attr;
mod case;
mod check;
mod errors;
mod expand;
mod generics;
mod krate;
mod manifest;
mod model;
mod plan;

use proc_macro::TokenStream;

#[proc_macro_derive(LunogramEvent, attributes(lunogram, serde))]
pub fn lunogram_event(input: TokenStream) -> TokenStream {
    expand::derive(model::Derive::Event, input.into()).into()
}

#[proc_macro_derive(UserTraits, attributes(lunogram, serde))]
pub fn user_traits(input: TokenStream) -> TokenStream {
    expand::derive(model::Derive::UserTraits, input.into()).into()
}

#[proc_macro_derive(OrganizationTraits, attributes(lunogram, serde))]
pub fn organization_traits(input: TokenStream) -> TokenStream {
    expand::derive(model::Derive::OrganizationTraits, input.into()).into()
}

#[proc_macro_derive(LunogramProperty, attributes(lunogram, serde))]
pub fn lunogram_property(input: TokenStream) -> TokenStream {
    expand::derive_property(input.into()).into()
}

#[proc_macro]
pub fn event_name(input: TokenStream) -> TokenStream {
    expand::event_name(input.into()).into()
}

#[proc_macro_derive(Schedule, attributes(lunogram, serde))]
pub fn schedule(input: TokenStream) -> TokenStream {
    expand::derive(model::Derive::Schedule, input.into()).into()
}
