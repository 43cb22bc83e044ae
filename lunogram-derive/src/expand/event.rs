//! `LunogramEvent`, and `Addressed` or `Unaddressed`.

use super::body::{BodyBuilder, Fields, binding, relocated};
use super::keys::keys;
use super::{Context, encode, imp_of_model, properties, subject};
use crate::attr::RoleKind;
use crate::model::{Meaning, Model, Payload, Shape};
use lunogram_rules::json::quoted;
use proc_macro2::{Span, TokenStream};
use quote::quote;

pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let runtime = &model.runtime;
    let subject = subject(model);
    let names = model
        .payloads()
        .iter()
        .map(|payload| payload.name.text.as_str());
    let keys = model.payloads().iter().map(keys);
    let header = quote! {
        type Subject = #runtime::#subject;
        const NAMES: #runtime::Names = &[#(#names),*];
        const KEYS: #runtime::Names = &[#(#keys),*];
    };
    let (name, body) = if let Shape::Struct(event) = &model.shape {
        (
            TokenStream::new(),
            body(context, event, Fields::of_struct(model)),
        )
    } else {
        let name = by_variant(model, |event| {
            let name = &event.name.text;
            (TokenStream::new(), quote!(#name))
        });
        let body = by_variant(model, |event| {
            let body = body(context, event, Fields::Bound);
            (bindings(event), quote!({ #body }))
        });
        let name = quote!(fn event_name(&self) -> #runtime::Name { #name });
        (name, body)
    };
    let encode = encode(model, body);
    let event = imp_of_model(model, "LunogramEvent", &quote!(#header #name #encode));
    let addressed = model.payloads().iter().any(Payload::is_addressed);
    let addressing = if addressed {
        "Addressed"
    } else {
        "Unaddressed"
    };
    let addressing = imp_of_model(model, addressing, &TokenStream::new());
    quote!(#event #addressing)
}

/// The body for one event. An event with identifiers is written from its opening brace, one without
/// from its name, because the runtime has written the subject of the call. The runtime also closes
/// the event.
fn body(context: &Context<'_>, event: &Payload<'_>, fields: Fields) -> TokenStream {
    let mut body = BodyBuilder::new(context, fields);
    if event.is_addressed() {
        body.identifiers(event);
        body.literal(",");
    }
    body.literal("\"name\":");
    body.literal(&quoted(&event.name.text));
    body.literal(",\"data\":{");
    let added = &context.model.added;
    properties::properties(&mut body, event, added);
    for property in added {
        body.added(property);
    }
    body.finish()
}

/// A `match` with one arm per variant.
fn by_variant(
    model: &Model<'_>,
    arm: impl Fn(&Payload<'_>) -> (TokenStream, TokenStream),
) -> TokenStream {
    let arms = model.payloads().iter().map(|event| {
        let span = Span::call_site().located_at(event.ident.span());
        let variant = relocated(event.ident, span);
        let (bindings, body) = arm(event);
        quote!(Self::#variant { #bindings .. } => #body,)
    });
    quote!(match self { #(#arms)* })
}

/// Binds the fields that are written.
fn bindings(event: &Payload<'_>) -> TokenStream {
    let written = event.fields.iter().filter(|field| match &field.meaning {
        Meaning::Skipped => false,
        Meaning::Role(kind) => *kind == RoleKind::ExternalId,
        Meaning::Property(_) => true,
    });
    written
        .map(|field| {
            let span = Span::call_site().located_at(field.ident.span());
            let name = relocated(field.ident, span);
            let bound = binding(field.ident, Span::call_site());
            quote!(#name: #bound,)
        })
        .collect()
}
