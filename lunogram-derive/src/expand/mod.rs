//! Generates code. Every decision has been made in the model and its checks.

mod body;
mod bounds;
mod event;
mod fallback;
mod flatten;
mod keys;
mod newtype;
mod properties;
mod property;
mod schedule;
mod traits;
mod words;

pub(crate) use fallback::impls as fall_back;
pub(crate) use newtype::imp as external_id;
pub(crate) use property::imp as property;
pub(crate) use words::imports as words;

use crate::attr::Derive;
use crate::model::Model;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Generics;

/// The state that the code generation for one item shares.
pub(crate) struct Context<'m> {
    pub(crate) model: &'m Model<'m>,
    /// Whether a plan is checked, so that types recognized by name have to be the standard types of
    /// these names.
    pub(crate) plan_is_checked: bool,
}

/// The impls of a derive for a type that is sent.
pub(crate) fn impls(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let assertions = flatten::assertions(model);
    let impls = match model.derive {
        Derive::Event => event::impls(context),
        Derive::UserTraits | Derive::OrganizationTraits => traits::impls(context),
        Derive::Schedule => schedule::impls(context),
    };
    if assertions.is_empty() {
        // The impls use absolute paths only, so they need no anonymous constant around them, which
        // would cost more build time than the impls.
        return impls;
    }
    quote! {
        #impls
        const _: () = { #assertions };
    }
}

/// An impl of a trait of the runtime. `bounds` is its `where` clause.
fn imp(
    runtime: &TokenStream,
    trait_name: &str,
    (ident, generics): (&Ident, &Generics),
    bounds: &TokenStream,
    items: &TokenStream,
) -> TokenStream {
    let trait_name = Ident::new(trait_name, Span::call_site());
    let (parameters, arguments, _) = generics.split_for_impl();
    // The application gets its deprecation warnings where it uses the type, not for our impl.
    quote! {
        #[allow(deprecated)]
        #[automatically_derived]
        impl #parameters #runtime::#trait_name for #ident #arguments #bounds { #items }
    }
}

/// An impl for a type that is sent, with the bounds that its fields need.
fn imp_of_model(model: &Model<'_>, trait_name: &str, items: &TokenStream) -> TokenStream {
    let bounds = bounds::of_model(model);
    let target = (model.ident, model.generics);
    imp(&model.runtime, trait_name, target, &bounds, items)
}

/// `fn encode(&self, w: &mut Writer<'_>) { … }`
fn encode(model: &Model<'_>, body: impl ToTokens) -> TokenStream {
    let runtime = &model.runtime;
    let writer = body::writer();
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

/// Several names in one literal, in the format of the runtime's `Names`.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    names.join("\u{1f}")
}
