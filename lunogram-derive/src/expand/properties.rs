//! The properties: everything in `data`.

use super::listed;
use super::script::{Script, Trees, key};
use crate::model::{Field, Form, Key, Payload, Property};
use proc_macro2::{Ident, Span};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Writes the properties of a payload between the braces that its caller writes.
///
/// `another` is the name of a property that the caller writes, too.
pub(super) fn properties(script: &mut Script, payload: &Payload<'_>, another: Option<&Key>) {
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
                flatten(
                    script,
                    field,
                    payload.keys().map(|(_, key)| key).chain(another),
                    method,
                )
            }
            _ => named(script, field, property),
        };
        match &property.unless {
            Some(function) => {
                let value = script.reference(field);
                let asked = quote_spanned!(function.span()=> !#function(#value));
                script.call(quote!(if #asked { #(#call)* }));
            }
            None => script.call(call),
        }
    }
}

fn flatten<'k>(
    script: &Script,
    field: &Field<'_>,
    own: impl Iterator<Item = &'k Key>,
    method: &str,
) -> Trees {
    let own = listed(own.map(|key| key.text.as_str()));
    script.method(field, method, &own, script.peeled(field))
}

/// A method that takes nothing but what the name of the field's type says.
fn guarded(field: &Field<'_>, property: &Property) -> &'static str {
    let spelled = property.spelled(field);
    spelled
        .and_then(|spelled| spelled.method())
        .unwrap_or("property")
}

fn named(script: &Script, field: &Field<'_>, property: &Property) -> Trees {
    let method = match (&property.form, property.null) {
        (Form::With(_), false) => "property_with",
        (Form::With(_), true) => "property_with_or_null",
        (Form::String, false) => "property_as_string",
        (Form::String, true) => "property_as_string_or_null",
        (_, false) if script.counted_on => guarded(field, property),
        (_, false) => "property",
        (_, true) => "property_or_null",
    };
    let value = match &property.form {
        Form::With(function) => {
            let serializer = Ident::new("s", Span::mixed_site());
            let value = script.reference(field);
            quote!(|#serializer| #function(#value, #serializer))
                .into_iter()
                .collect()
        }
        _ => script.peeled(field),
    };
    script.method(field, method, &key(&property.key.text), value)
}
