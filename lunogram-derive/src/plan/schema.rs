//! Schemas as expressions of the runtime's type `Schema`.

use super::record::{Member, SchemaPart};
use crate::model::{Presence, Typed};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The schema of a value. The runtime's trait `AnySchema` has to be in scope.
pub(super) fn of(typed: &Typed<'_>, runtime: &TokenStream) -> TokenStream {
    match typed {
        Typed::Of(ty, _) => quote!(<#runtime::SchemaOf<#ty>>::SCHEMA),
        Typed::AsString(ty, _) => quote!(<#runtime::SchemaOf<#ty>>::SCHEMA.as_string()),
        Typed::Generic(ty) => quote!(<#ty as #runtime::LunogramProperty>::SCHEMA),
        Typed::Fixed(schema) => quote!(#runtime::Schema::fixed(#schema)),
        Typed::Any => quote!(#runtime::Schema::ANY),
    }
}

/// The schema of a property in the plan, where generic types have any schema.
pub(super) fn in_plan(typed: &Typed<'_>, runtime: &TokenStream) -> TokenStream {
    match typed {
        Typed::Generic(_) => of(&Typed::Any, runtime),
        other => of(other, runtime),
    }
}

/// The presence of a property as an expression.
pub(super) fn presence(presence: Presence, runtime: &TokenStream) -> TokenStream {
    let name = Ident::new(presence.name(), Span::call_site());
    quote!(#runtime::Presence::#name)
}

/// The schema of an object with these properties, sorted by key as in the plan.
pub(super) fn object(members: &mut [Member<'_>], runtime: &TokenStream) -> TokenStream {
    members.sort_by(|one, other| one.key.cmp(&other.key));
    let properties = members.iter().map(|member| {
        let key = quoted(&member.key);
        let schema = of(&member.typed, runtime);
        let presence = presence(member.presence, runtime);
        quote!(#runtime::Property { key: #key, schema: #schema, presence: #presence })
    });
    quote!(#runtime::Schema::object(&[#(#properties),*]))
}

/// Parts of a schema as expressions of the runtime's type `Part`.
pub(super) fn parts<'p>(
    parts: &'p [SchemaPart],
    runtime: &'p TokenStream,
) -> impl Iterator<Item = TokenStream> {
    parts.iter().map(move |part| match part {
        SchemaPart::Text(text) => quote!(#runtime::Part::Text(#text)),
        SchemaPart::Schema(schema) => quote!(#runtime::Part::Schema(#schema)),
    })
}
