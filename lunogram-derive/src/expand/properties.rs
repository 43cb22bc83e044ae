//! The properties of a payload, which are sent in `data`.

use super::body::{BodyBuilder, Trees, key};
use super::listed;
use crate::model::{Added, Field, Form, Payload, Property, WellKnownType};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// Writes the properties of a payload. The caller writes the braces around them, and the added
/// properties.
pub(super) fn properties(body: &mut BodyBuilder, payload: &Payload<'_>, added: &[Added]) {
    let mut flattened = false;
    for (field, property) in payload.properties() {
        match &property.form {
            Form::Flatten(None) => body.fits(field, "entries"),
            Form::String => body.fits(field, "scalar"),
            Form::Flatten(Some(_)) | Form::Plain | Form::Serde | Form::In(_) | Form::With(_) => {}
        }
        let call = match &property.form {
            Form::Flatten(with) => {
                let method = match (with, flattened) {
                    (None, false) => "flatten",
                    (None, true) => "flatten_another",
                    (Some(_), false) => "flatten_with",
                    (Some(_), true) => "flatten_another_with",
                };
                flattened = true;
                let own = payload.keys().map(|(_, key)| key);
                let keys = own.chain(added.iter().map(|added| &added.key));
                let keys = listed(keys.map(|key| key.text.as_str()));
                let value = match with {
                    Some(function) => written_with(body, field, function),
                    None => body.peeled(field),
                };
                body.method(field, method, &keys, value)
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

/// A closure that calls a function of the application with the field and a serializer.
fn written_with(body: &BodyBuilder, field: &Field<'_>, function: &TokenStream) -> Trees {
    let serializer = Ident::new("s", Span::mixed_site());
    let value = body.reference(field);
    // With the location of the function's path, for a function that takes or returns other types.
    let at = Span::call_site().located_at(function.span());
    quote_spanned!(at=> |#serializer| #function(#value, #serializer))
        .into_iter()
        .collect()
}

/// The method that accepts only the standard type by whose name the field's type is recognized.
fn strict_method(field: &Field<'_>, property: &Property) -> &'static str {
    let known = property.well_known_type(field);
    known.and_then(|known| known.method()).unwrap_or("property")
}

fn named(body: &BodyBuilder, field: &Field<'_>, property: &Property) -> Trees {
    if matches!(property.form, Form::Plain) && WellKnownType::of(field.ty).is_none() {
        return body.asked(field, property.null, &key(&property.key.text));
    }
    let is_with = matches!(property.form, Form::With(_));
    let or_null = property.null || (is_with && property.is_double_option);
    let method = match (&property.form, or_null) {
        (Form::With(_), false) => "property_with",
        (Form::With(_), true) => "property_with_or_null",
        (Form::String, false) => "property_as_string",
        (Form::String, true) => "property_as_string_or_null",
        (Form::In(form), or_null) => form.methods()[usize::from(or_null)],
        (_, false) if body.plan_is_checked => strict_method(field, property),
        (_, false) => "property",
        (_, true) => "property_or_null",
    };
    let value = match &property.form {
        Form::With(function) => written_with(body, field, function),
        _ => body.peeled(field),
    };
    body.method(field, method, &key(&property.key.text), value)
}
