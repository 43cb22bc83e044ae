//! The derive macros of `lunogram`; use them through that crate.
//!
//! `ARCHITECTURE.md` lists the modules in order, bottom first; each imports only earlier ones.

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

#[proc_macro_derive(ExternalId, attributes(lunogram))]
pub fn external_id(input: TokenStream) -> TokenStream {
    pipeline::derive(Macro::ExternalId, input.into()).into()
}

#[proc_macro]
pub fn event_name(input: TokenStream) -> TokenStream {
    pipeline::event_name(input.into()).into()
}
