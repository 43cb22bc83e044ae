//! The properties of a payload, which are sent in `data`.

use super::body::{BodyBuilder, Trees, key};
use super::listed;
use crate::model::{Added, Field, Form, Key, Payload, Property};
use proc_macro2::{Ident, Span};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Writes the properties of a payload. The caller writes the braces around them, and the added
/// properties.
pub(super) fn properties(body: &mut BodyBuilder, payload: &Payload<'_>, added: &[Added]) {
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
                    body,
                    field,
                    payload
                        .keys()
                        .map(|(_, key)| key)
                        .chain(added.iter().map(|added| &added.key)),
                    method,
                )
            }
            _ => named(body, field, property),
        };
        match &property.skip_if {
            Some(function) => {
                let value = body.reference(field);
                let condition = quote_spanned!(function.span()=> !#function(#value));
                body.call(quote!(if #condition { #(#call)* }));
            }
            None => body.call(call),
        }
    }
}

fn flatten<'k>(
    body: &BodyBuilder,
    field: &Field<'_>,
    keys: impl Iterator<Item = &'k Key>,
    method: &str,
) -> Trees {
    let keys = listed(keys.map(|key| key.text.as_str()));
    body.method(field, method, &keys, body.peeled(field))
}

/// The method that accepts only the standard type by whose name the field's type is recognized.
fn strict_method(field: &Field<'_>, property: &Property) -> &'static str {
    let known = property.well_known_type(field);
    known.and_then(|known| known.method()).unwrap_or("property")
}

fn named(body: &BodyBuilder, field: &Field<'_>, property: &Property) -> Trees {
    let method = match (&property.form, property.null) {
        (Form::With(_), false) => "property_with",
        (Form::With(_), true) => "property_with_or_null",
        (Form::String, false) => "property_as_string",
        (Form::String, true) => "property_as_string_or_null",
        (_, false) if body.plan_is_checked => strict_method(field, property),
        (_, false) => "property",
        (_, true) => "property_or_null",
    };
    let value = match &property.form {
        Form::With(function) => {
            let serializer = Ident::new("s", Span::mixed_site());
            let value = body.reference(field);
            quote!(|#serializer| #function(#value, #serializer))
                .into_iter()
                .collect()
        }
        _ => body.peeled(field),
    };
    body.method(field, method, &key(&property.key.text), value)
}
