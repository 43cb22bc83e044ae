//! What is honoured of serde's attributes. Wrong ones are serde's to report.

use super::item::{Item, Value, items};
use crate::case::Case;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Attribute, ExprPath, LitStr, Meta};

/// Of a struct, enum or variant.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a word of serde's that stands alone"
)]
pub(crate) struct SerdeContainer {
    pub(crate) rename: Option<LitStr>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) rename_all_fields: Option<Case>,
    pub(crate) tag: Option<LitStr>,
    pub(crate) content: Option<LitStr>,
    pub(crate) untagged: bool,
    pub(crate) transparent: bool,
    /// Whether it is left out.
    pub(crate) skip: bool,
    /// Whether something else than its fields is written.
    pub(crate) opaque: bool,
}

/// Of a field.
#[derive(Default)]
pub(crate) struct SerdeField {
    pub(crate) rename: Option<LitStr>,
    pub(crate) skip: bool,
    pub(crate) skip_if: Option<ExprPath>,
    pub(crate) flatten: bool,
    /// The function that writes the value.
    pub(crate) with: Option<TokenStream>,
}

impl SerdeContainer {
    pub(crate) fn read(attributes: &[Attribute]) -> Self {
        let mut read = Self::default();
        each(attributes, |item| match item.word.to_string().as_str() {
            "rename" => read.rename = serialized(item),
            "rename_all" => read.rename_all = case(item),
            "rename_all_fields" => read.rename_all_fields = case(item),
            "tag" => read.tag = serialized(item),
            "content" => read.content = serialized(item),
            "untagged" => read.untagged = true,
            "transparent" => read.transparent = true,
            "skip" | "skip_serializing" => read.skip = true,
            "into" | "remote" | "with" | "serialize_with" => read.opaque = true,
            _ => {}
        });
        read
    }
}

impl SerdeField {
    pub(crate) fn read(attributes: &[Attribute]) -> Self {
        let mut read = Self::default();
        each(attributes, |item| match item.word.to_string().as_str() {
            "rename" => read.rename = serialized(item),
            "skip" | "skip_serializing" => read.skip = true,
            "skip_serializing_if" => read.skip_if = path(item),
            "flatten" => read.flatten = true,
            "serialize_with" => {
                read.with = path(item).map(|function| quote::quote!(#function));
            }
            "with" => {
                if let Value::Text(text) = &item.value {
                    let span = text.span();
                    let module = text.parse::<ExprPath>();
                    read.with = module
                        .ok()
                        .map(|module| quote_spanned!(span=> #module::serialize));
                }
            }
            _ => {}
        });
        read
    }
}

fn each(attributes: &[Attribute], mut take: impl FnMut(Item)) {
    for attribute in attributes {
        match &attribute.meta {
            Meta::List(list) if list.path.is_ident("serde") => {
                for item in items(list.tokens.clone(), &mut |_, _| {}) {
                    take(item);
                }
            }
            _ => {}
        }
    }
}

/// The string of `word = "…"` or `word(serialize = "…")`.
fn serialized(item: Item) -> Option<LitStr> {
    match item.value {
        Value::Text(text) => Some(text),
        Value::List(inner) => items(inner, &mut |_, _| {})
            .into_iter()
            .filter(|inner| inner.word == "serialize")
            .find_map(|inner| match inner.value {
                Value::Text(text) => Some(text),
                _ => None,
            }),
        _ => None,
    }
}

fn case(item: Item) -> Option<Case> {
    Case::from_name(&serialized(item)?.value())
}

fn path(item: Item) -> Option<ExprPath> {
    match item.value {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}
