//! Serde's attributes that the derives honour. Serde itself reports invalid ones.

use super::arg::{Arg, ArgValue, parse};
use crate::case::Case;
use proc_macro2::TokenStream;
use quote::quote_spanned;
use syn::{Attribute, ExprPath, LitStr, Meta};

/// Serde's attributes on a struct, enum or variant.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an independent flag of serde"
)]
pub(crate) struct SerdeContainer {
    pub(crate) rename: Option<LitStr>,
    pub(crate) rename_all: Option<Case>,
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
    pub(crate) skip_if: Option<ExprPath>,
    pub(crate) flatten: bool,
    /// The function that serializes the value.
    pub(crate) with: Option<TokenStream>,
}

impl SerdeContainer {
    pub(crate) fn read(attributes: &[Attribute]) -> Self {
        let mut read = Self::default();
        each(attributes, |arg| match arg.name.to_string().as_str() {
            "rename" => read.rename = serialized(arg),
            "rename_all" => read.rename_all = case(arg),
            "rename_all_fields" => read.rename_all_fields = case(arg),
            "tag" => read.tag = serialized(arg),
            "content" => read.content = serialized(arg),
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
        each(attributes, |arg| match arg.name.to_string().as_str() {
            "rename" => read.rename = serialized(arg),
            "skip" | "skip_serializing" => read.skip = true,
            "skip_serializing_if" => read.skip_if = path(arg),
            "flatten" => read.flatten = true,
            "serialize_with" => {
                read.with = path(arg).map(|function| quote::quote!(#function));
            }
            "with" => {
                if let ArgValue::Str(literal) = &arg.value {
                    let span = literal.span();
                    let module = literal.parse::<ExprPath>();
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

fn each(attributes: &[Attribute], mut take: impl FnMut(Arg)) {
    for attribute in attributes {
        match &attribute.meta {
            Meta::List(list) if list.path.is_ident("serde") => {
                for arg in parse(list.tokens.clone(), &mut |_, _| {}) {
                    take(arg);
                }
            }
            _ => {}
        }
    }
}

/// The string in `name = "…"` or `name(serialize = "…")`.
fn serialized(arg: Arg) -> Option<LitStr> {
    match arg.value {
        ArgValue::Str(literal) => Some(literal),
        ArgValue::List(inner) => parse(inner, &mut |_, _| {})
            .into_iter()
            .filter(|inner| inner.name == "serialize")
            .find_map(|inner| match inner.value {
                ArgValue::Str(literal) => Some(literal),
                _ => None,
            }),
        _ => None,
    }
}

fn case(arg: Arg) -> Option<Case> {
    Case::from_name(&serialized(arg)?.value())
}

fn path(arg: Arg) -> Option<ExprPath> {
    match arg.value {
        ArgValue::Str(literal) => literal.parse().ok(),
        _ => None,
    }
}
