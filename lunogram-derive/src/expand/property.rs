//! `LunogramProperty`.

use super::bounds;
use crate::model::Value;
use crate::plan::{Record, inline_schema};
use proc_macro2::TokenStream;
use quote::quote;

/// The impl for a type with this entry in the plan, if it has one.
pub(crate) fn imp(value: &Value<'_>, record: Option<&Record<'_>>) -> TokenStream {
    let runtime = &value.runtime;
    let schema = match record {
        Some(record) => {
            let name = &record.name;
            quote!(#runtime::Schema::named(#name))
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
