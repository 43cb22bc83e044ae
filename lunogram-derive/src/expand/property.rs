//! `LunogramProperty`.

use super::bounds;
use crate::model::{Representation, Tagging, Typed, Value, is_option};
use crate::plan::{Record, inline_schema};
use proc_macro2::TokenStream;
use quote::quote;

/// The impl for a type with this entry in the plan, if it has one.
pub(crate) fn imp(value: &Value<'_>, record: Option<&Record<'_>>) -> TokenStream {
    let runtime = &value.runtime;
    let schema = match record {
        Some(record) => {
            let name = &record.name;
            let named = quote!(#runtime::Schema::named(#name));
            if may_be_none(value) {
                quote!(#runtime::Schema::nullable(&#named))
            } else {
                named
            }
        }
        None => inline_schema(&value.representation, runtime),
    };
    let items = quote! {
        const SCHEMA: #runtime::Schema = {
            #[allow(unused_imports)]
            use #runtime::AnySchema as _;
            #schema
        };
    };
    let bounds = bounds::of_value(value);
    let target = (value.ident, value.generics);
    super::imp(runtime, "LunogramProperty", target, &bounds, &items)
}

/// Whether the value may be the `None` of an untagged variant, which is written like any other
/// `None`, and so left out as a property. Only the name of the type is looked at: its schema may
/// depend on the one of this enum.
fn may_be_none(value: &Value<'_>) -> bool {
    let Representation::Enum(Tagging::Untagged, variants) = &value.representation else {
        return false;
    };
    variants
        .iter()
        .any(|variant| match &variant.representation {
            Representation::Newtype(Typed::Of(_, ty) | Typed::Generic(ty)) => is_option(ty),
            _ => false,
        })
}
