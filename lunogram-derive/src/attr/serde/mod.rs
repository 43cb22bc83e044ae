//! Serde's attributes: what the derives honour, and errors about everything else. An application
//! may use them without serde's derives, so that serde itself does not report mistakes in them.

mod refused;
mod value;
mod words;

use super::arg::{Spanned, parse};
use super::placement::Derive;
use crate::case::Case;
use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::{Attribute, ExprPath, LitStr, Meta};
use value::Value;

/// The item that serde's attributes are on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SerdeItem {
    Struct,
    Enum,
    Variant,
    Field,
}

/// Serde's attributes on a struct, enum or variant.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of serde"
)]
pub(crate) struct SerdeContainer {
    pub(crate) rename: Option<Spanned<LitStr>>,
    pub(crate) rename_all: Option<Spanned<Case>>,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) content: Option<LitStr>,
    pub(crate) untagged: bool,
    pub(crate) transparent: bool,
    /// Whether the variant is not serialized.
    pub(crate) skip: bool,
    /// Whether a function or another type is serialized instead of the fields.
    pub(crate) opaque: bool,
}

/// Serde's attributes on a field.
#[derive(Default)]
pub(crate) struct SerdeField {
    pub(crate) rename: Option<LitStr>,
    pub(crate) skip: bool,
    pub(crate) skip_if: Option<Spanned<ExprPath>>,
    pub(crate) flatten: bool,
    /// The function that serializes the value.
    pub(crate) with: Option<Spanned<TokenStream>>,
}

impl SerdeContainer {
    /// Reads the attributes. `derive` is the derive that sends the item; without one, serde
    /// serializes it.
    pub(crate) fn read(
        attributes: &[Attribute],
        item: SerdeItem,
        derive: Option<Derive>,
        errors: &Errors,
    ) -> Self {
        let mut read = Self::default();
        each(attributes, item, derive, errors, |name, value| {
            match (name.to_string().as_str(), value) {
                ("rename", Value::Text(value)) => read.rename = Some(Spanned { name, value }),
                ("rename_all", Value::Case(value)) => {
                    read.rename_all = Some(Spanned { name, value });
                }
                ("rename_all_fields", Value::Case(case)) => read.rename_all_fields = Some(case),
                ("tag", Value::Text(text)) => read.tag = Some(text),
                ("content", Value::Text(text)) => read.content = Some(text),
                ("untagged", _) => read.untagged = true,
                ("transparent", _) => read.transparent = true,
                ("skip" | "skip_serializing", _) => read.skip = true,
                ("into" | "remote" | "with" | "serialize_with", _) => read.opaque = true,
                _ => {}
            }
        });
        read
    }

    /// The naming convention in `rename_all`.
    pub(crate) fn case(&self) -> Option<Case> {
        self.rename_all.as_ref().map(|arg| arg.value)
    }
}

impl SerdeField {
    /// Reads the attributes. `derive` is the derive that sends the field; without one, serde
    /// serializes it.
    pub(crate) fn read(attributes: &[Attribute], derive: Option<Derive>, errors: &Errors) -> Self {
        let mut read = Self::default();
        each(
            attributes,
            SerdeItem::Field,
            derive,
            errors,
            |name, value| match (name.to_string().as_str(), value) {
                ("rename", Value::Text(text)) => read.rename = Some(text),
                ("skip" | "skip_serializing", _) => read.skip = true,
                ("skip_serializing_if", Value::Path(value, _)) => {
                    read.skip_if = Some(Spanned { name, value });
                }
                ("flatten", _) => read.flatten = true,
                ("serialize_with", Value::Path(function, _)) => {
                    let value = function.to_token_stream();
                    read.with = Some(Spanned { name, value });
                }
                ("with", Value::Path(module, span)) => {
                    let value = quote_spanned!(span=> #module::serialize);
                    read.with = Some(Spanned { name, value });
                }
                _ => {}
            },
        );
        read
    }
}

/// Calls `take` for each valid and honoured argument, and reports the others.
fn each(
    attributes: &[Attribute],
    item: SerdeItem,
    derive: Option<Derive>,
    errors: &Errors,
    mut take: impl FnMut(Ident, Value),
) {
    let mut seen: Vec<String> = Vec::new();
    for attribute in attributes {
        if !attribute.path().is_ident("serde") {
            continue;
        }
        let Meta::List(list) = &attribute.meta else {
            let example = words::example(item);
            let span = attribute.path().segments.first().map(|it| it.ident.span());
            errors.at(
                span.unwrap_or_else(proc_macro2::Span::call_site),
                format!(
                    "`serde` takes its arguments in parentheses, such as `#[serde({example})]`"
                ),
            );
            continue;
        };
        for arg in parse(list.tokens.clone(), &mut |span, message| {
            errors.at(span, message);
        }) {
            let name = arg.name.clone();
            let Some(kind) = words::kind(item, &name, errors) else {
                continue;
            };
            let word = name.to_string();
            if let Some(derive) = derive
                && let Some(message) = refused::reason(item, derive, &word)
            {
                errors.at(name.span(), message);
                continue;
            }
            let Some(value) = value::read(arg, kind, errors) else {
                continue;
            };
            // Several `alias` are several names, and a list may set the half for `Deserialize`.
            if seen.contains(&word) && word != "alias" && !matches!(value, Value::Other) {
                errors.at(
                    name.span(),
                    format!("`{word}` is set twice; keep one of the two"),
                );
                continue;
            }
            if !matches!(value, Value::Other) {
                seen.push(word);
            }
            take(name, value);
        }
    }
}
