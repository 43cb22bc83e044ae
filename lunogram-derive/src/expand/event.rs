//! `LunogramEvent`, and whether an event says whom it is about.

use super::keys::keys;
use super::script::{Fields, Script, binding};
use super::{encode, imp, properties, subject};
use crate::attr::RoleKind;
use crate::model::{Meaning, Model, Payload, Shape};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(super) fn impls(model: &Model<'_>) -> TokenStream {
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
        (TokenStream::new(), calls(model, event, Fields::Own))
    } else {
        let name = by_variant(model, |event| {
            let name = &event.name.text;
            (TokenStream::new(), quote!(#name))
        });
        let body = by_variant(model, |event| {
            let calls = calls(model, event, Fields::Bound);
            (bindings(event), quote!({ #calls }))
        });
        let name = quote!(fn event_name(&self) -> #runtime::Name { #name });
        (name, body)
    };
    let encode = encode(model, body);
    let event = imp(model, "LunogramEvent", &quote!(#header #name #encode));
    let addressed = model.payloads().iter().any(Payload::is_addressed);
    let addressing = if addressed {
        "Addressed"
    } else {
        "Unaddressed"
    };
    let addressing = imp(model, addressing, &TokenStream::new());
    quote!(#event #addressing)
}

/// An event with identifiers is written from its opening brace; one without from its name, behind what its call says. The
/// runtime closes it.
fn calls(model: &Model<'_>, event: &Payload<'_>, fields: Fields) -> TokenStream {
    let mut script = Script::new(model, fields);
    if event.is_addressed() {
        script.identifiers(event);
        script.literal(",");
    }
    script.literal("\"name\":");
    script.literal(&quoted(&event.name.text));
    script.literal(",\"data\":{");
    let moment = model.occurred_at();
    properties::properties(&mut script, event, moment.as_ref());
    if let Some(moment) = moment {
        script.moment(&moment.text);
    }
    script.finish()
}

/// One arm for each variant.
fn by_variant(
    model: &Model<'_>,
    arm: impl Fn(&Payload<'_>) -> (TokenStream, TokenStream),
) -> TokenStream {
    let arms = model.payloads().iter().map(|event| {
        let mut variant = event.ident.clone();
        variant.set_span(Span::call_site().located_at(variant.span()));
        let (bindings, body) = arm(event);
        quote!(Self::#variant { #bindings .. } => #body,)
    });
    quote!(match self { #(#arms)* })
}

/// The fields that are written.
fn bindings(event: &Payload<'_>) -> TokenStream {
    let written = event.fields.iter().filter(|field| match &field.meaning {
        Meaning::Skipped => false,
        Meaning::Role(kind) => *kind == RoleKind::ExternalId,
        Meaning::Property(_) => true,
    });
    written
        .map(|field| {
            let mut name: Ident = field.ident.clone();
            name.set_span(Span::call_site().located_at(name.span()));
            let bound = binding(field.ident, Span::call_site());
            quote!(#name: #bound,)
        })
        .collect()
}
