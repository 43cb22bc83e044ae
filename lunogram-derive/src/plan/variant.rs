//! Schemas of types that derive `LunogramProperty`, and of their variants.

use super::record::{Member, SchemaPart, members};
use super::schema;
use crate::model::{Representation, Tagging, Typed, ValueVariant, constant};
use lunogram_rules::json::quoted;
use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The schema of a type that has no entry in the plan.
pub(crate) fn inline_schema(
    representation: &Representation<'_>,
    runtime: &TokenStream,
) -> TokenStream {
    match representation {
        Representation::Newtype(typed) => schema::of(typed, runtime),
        Representation::Tuple(values) if values.is_empty() => quote!(#runtime::Schema::NULL),
        Representation::Tuple(values) => {
            let values = values.iter().map(|typed| schema::of(typed, runtime));
            quote!(#runtime::Schema::tuple(&[#(#values),*]))
        }
        Representation::Object(fields) => {
            let mut members = members(fields);
            if members.iter().any(|member| member.flattened) {
                return quote!(#runtime::Schema::ANY);
            }
            schema::object(&mut members, runtime)
        }
        Representation::Unknown | Representation::Enum(..) => quote!(#runtime::Schema::ANY),
    }
}

/// The schema of a variant.
pub(super) fn schema(
    tagging: &Tagging,
    variant: &ValueVariant<'_>,
    runtime: &TokenStream,
) -> Vec<SchemaPart> {
    let mut parts = Vec::new();
    let is_unit = variant.representation.is_unit();
    let content = || SchemaPart::Schema(inline_schema(&variant.representation, runtime));
    let text = |text: String| SchemaPart::Text(text);
    let (key, name) = (quoted(&variant.name), constant(&variant.name));
    match tagging {
        Tagging::Untagged => parts.push(content()),
        Tagging::External if is_unit => parts.push(text(name)),
        Tagging::External => parts.extend([
            text(format!("{{\"type\": \"object\", \"properties\": {{{key}: ")),
            content(),
            text(format!(
                "}}, \"required\": [{key}], \"additionalProperties\": false}}"
            )),
        ]),
        Tagging::Adjacent(tag, content_key) => {
            let (tag, content_key) = (quoted(tag), quoted(content_key));
            parts.push(text(format!(
                "{{\"type\": \"object\", \"properties\": {{{tag}: {name}"
            )));
            let mut required = tag;
            if !is_unit {
                parts.extend([text(format!(", {content_key}: ")), content()]);
                required = format!("{required}, {content_key}");
            }
            parts.push(text(format!(
                "}}, \"required\": [{required}], \"additionalProperties\": false}}"
            )));
        }
        Tagging::Internal(tag) => parts.push(internally_tagged(tag, variant, runtime)),
    }
    parts
}

/// The schema of a variant whose tag is one of its properties.
fn internally_tagged(tag: &str, variant: &ValueVariant<'_>, runtime: &TokenStream) -> SchemaPart {
    let typed = Typed::constant(&variant.name);
    let mut properties = vec![Member::always(tag.to_owned(), Span::call_site(), typed)];
    match &variant.representation {
        unit if unit.is_unit() => {}
        Representation::Object(fields) if fields.iter().all(|field| !field.flattened) => {
            properties.extend(members(fields));
        }
        _ => {
            let tag = quoted(tag);
            let name = constant(&variant.name);
            return SchemaPart::Text(format!(
                "{{\"type\": \"object\", \"properties\": {{{tag}: {name}}}, \"required\": [{tag}]}}"
            ));
        }
    }
    SchemaPart::Schema(schema::object(&mut properties, runtime))
}
