//! The properties: everything in `data`.

use super::script::{Script, key};
use crate::model::{Field, Form, Payload, Property};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Writes the properties of a payload between the braces that its caller writes.
pub(super) fn properties(script: &mut Script, payload: &Payload<'_>) {
    let mut flattened = false;
    for (field, property) in payload.properties() {
        let call = match property.form {
            Form::Flatten => {
                let method = if flattened {
                    "flatten_another"
                } else {
                    "flatten"
                };
                flattened = true;
                let own = payload.keys().map(|(_, key)| key.text.as_str());
                let value = script.peeled(field);
                script.method(field, method, &quote!(&[#(#own),*], #value))
            }
            _ => named(script, field, property),
        };
        match &property.unless {
            Some(function) => {
                let value = script.reference(field);
                let asked = quote_spanned!(function.span()=> !#function(#value));
                script.call(quote!(if #asked { #call }));
            }
            None => script.call(call),
        }
    }
}

fn named(script: &Script, field: &Field<'_>, property: &Property) -> TokenStream {
    let key = key(&property.key.text);
    let method = match (&property.form, property.null) {
        (Form::With(_), false) => "property_with",
        (Form::With(_), true) => "property_with_or_null",
        (Form::String, false) => "property_as_string",
        (Form::String, true) => "property_as_string_or_null",
        (_, false) => "property",
        (_, true) => "property_or_null",
    };
    let value = match &property.form {
        Form::With(function) => {
            let serializer = Ident::new("s", Span::mixed_site());
            let value = script.reference(field);
            quote!(|#serializer| #function(#value, #serializer))
        }
        _ => script.peeled(field),
    };
    script.method(field, method, &quote!(#key, #value))
}
