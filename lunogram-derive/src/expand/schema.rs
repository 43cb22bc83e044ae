//! Schemas as expressions of the runtime's type.

use crate::model::{Member, Presence, Typed};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The schema of a value. Where it stands, the runtime's `AnySchema` is in scope.
pub(super) fn of(typed: &Typed<'_>, runtime: &TokenStream) -> TokenStream {
    match typed {
        Typed::By(ty, _) => quote!(<#runtime::SchemaOf<#ty>>::SCHEMA),
        Typed::AsString(ty, _) => quote!(<#runtime::SchemaOf<#ty>>::SCHEMA.as_string()),
        Typed::Open(ty) => quote!(<#ty as #runtime::LunogramProperty>::SCHEMA),
        Typed::Fixed(schema) => quote!(#runtime::Schema::fixed(#schema)),
        Typed::Any => quote!(#runtime::Schema::ANY),
    }
}

/// The same of a property that the plan has, which knows no parameters.
pub(super) fn of_planned(typed: &Typed<'_>, runtime: &TokenStream) -> TokenStream {
    match typed {
        Typed::Open(_) => of(&Typed::Any, runtime),
        other => of(other, runtime),
    }
}

pub(super) fn presence(presence: Presence, runtime: &TokenStream) -> TokenStream {
    let name = Ident::new(presence.name(), Span::call_site());
    quote!(#runtime::Presence::#name)
}

/// The schema of an object with these properties, sorted as the plan has them.
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
