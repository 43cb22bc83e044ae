//! `LunogramProperty`.

use super::{planned, schema};
use crate::check;
use crate::errors;
use crate::model::{Alternative, Piece, Tagging, Typed, Value, Written, constant, members, tagged};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{DeriveInput, GenericParam, Type};

/// The whole way, from the tokens of a type to those of its impl or of its mistakes.
pub(super) fn expand(input: &DeriveInput) -> TokenStream {
    let (value, mistakes) = errors::collecting(|errors| {
        let value = Value::new(input, errors);
        check::nested(&value, errors);
        value
    });
    let runtime = &value.runtime;
    let record = value.record(|tagging, variant| alternative(tagging, variant, runtime));
    let own = match &record {
        Some(record) => {
            let name = &record.name;
            quote!(#runtime::Schema::named(#name))
        }
        None => inline(&value.written, runtime),
    };
    let imp = imp(&value, &own);
    if mistakes.is_some() {
        let once = planned::once();
        return quote!(#mistakes #imp #once);
    }
    let (planned, _) = planned::items(record.as_slice(), runtime);
    quote!(#imp #planned)
}

fn imp(value: &Value<'_>, own: &TokenStream) -> TokenStream {
    let Value {
        ident,
        generics,
        runtime,
        ..
    } = value;
    let (parameters, arguments, _) = generics.split_for_impl();
    let given = generics
        .where_clause
        .iter()
        .flat_map(|given| &given.predicates);
    let open = value.open();
    let needed = open
        .iter()
        .map(|ty| quote!(#ty: #runtime::LunogramProperty));
    let trait_name = Ident::new("LunogramProperty", Span::call_site());
    quote! {
        #[allow(deprecated)]
        #[automatically_derived]
        impl #parameters #runtime::#trait_name for #ident #arguments where #(#given,)* #(#needed,)* {
            const SCHEMA: #runtime::Schema = {
                #[allow(unused_imports)]
                use #runtime::AnySchema as _;
                #own
            };
        }
    }
}

/// The schema of a type that the plan does not define by a name.
fn inline(written: &Written<'_>, runtime: &TokenStream) -> TokenStream {
    match written {
        Written::Same(typed) => schema::of(typed, runtime),
        Written::Values(values) if values.is_empty() => quote!(#runtime::Schema::NULL),
        Written::Values(values) => {
            let values = values.iter().map(|typed| schema::of(typed, runtime));
            quote!(#runtime::Schema::tuple(&[#(#values),*]))
        }
        Written::Object(parts) => {
            let mut members = members(parts);
            if members.iter().any(|member| member.flattened) {
                return quote!(#runtime::Schema::ANY);
            }
            schema::object(&mut members, runtime)
        }
        Written::Anything | Written::Choice(..) => quote!(#runtime::Schema::ANY),
    }
}

/// The schema of a variant.
fn alternative(tagging: &Tagging, variant: &Alternative<'_>, runtime: &TokenStream) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let nothing = matches!(&variant.written, Written::Values(none) if none.is_empty());
    let content = || Piece::Schema(inline(&variant.written, runtime));
    let text = |text: String| Piece::Text(text);
    let (key, name) = (quoted(&variant.name), constant(&variant.name));
    match tagging {
        Tagging::Untagged => pieces.push(content()),
        Tagging::External if nothing => pieces.push(text(name)),
        Tagging::External => pieces.extend([
            text(format!("{{\"type\": \"object\", \"properties\": {{{key}: ")),
            content(),
            text(format!(
                "}}, \"required\": [{key}], \"additionalProperties\": false}}"
            )),
        ]),
        Tagging::Adjacent(tag, under) => {
            let (tag, under) = (quoted(tag), quoted(under));
            pieces.push(text(format!(
                "{{\"type\": \"object\", \"properties\": {{{tag}: {name}"
            )));
            let mut required = tag;
            if !nothing {
                pieces.extend([text(format!(", {under}: ")), content()]);
                required = format!("{required}, {under}");
            }
            pieces.push(text(format!(
                "}}, \"required\": [{required}], \"additionalProperties\": false}}"
            )));
        }
        Tagging::Internal(tag) => pieces.push(internal(tag, variant, runtime)),
    }
    pieces
}

/// The tag stands among the properties.
fn internal(tag: &str, variant: &Alternative<'_>, runtime: &TokenStream) -> Piece {
    let mut all = vec![tagged(tag, &variant.name)];
    match &variant.written {
        Written::Values(none) if none.is_empty() => {}
        Written::Object(parts) if members(parts).iter().all(|member| !member.flattened) => {
            all.extend(members(parts));
        }
        _ => {
            let tag = quoted(tag);
            let name = constant(&variant.name);
            return Piece::Text(format!(
                "{{\"type\": \"object\", \"properties\": {{{tag}: {name}}}, \"required\": [{tag}]}}"
            ));
        }
    }
    Piece::Schema(schema::object(&mut all, runtime))
}

impl<'a> Value<'a> {
    /// The types of fields that depend on the parameters of the type, and have to have a schema for it to have one.
    fn open(&self) -> Vec<&'a Type> {
        let has_types = self
            .generics
            .params
            .iter()
            .any(|it| matches!(it, GenericParam::Type(_)));
        let mut open = Vec::new();
        let mut note = |typed: &Typed<'a>| {
            if let Typed::Open(ty) = typed {
                open.push(*ty);
            }
        };
        if !has_types {
            return open;
        }
        match &self.written {
            Written::Same(typed) => note(typed),
            Written::Values(values) => values.iter().for_each(note),
            Written::Object(parts) => parts.iter().for_each(|part| note(&part.typed)),
            Written::Anything | Written::Choice(..) => {}
        }
        open
    }
}
