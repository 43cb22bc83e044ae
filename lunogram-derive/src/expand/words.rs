//! Imports of the words that stand in the attributes, for editors: hover and "go to definition"
//! follow the span of a word to its documented item in the runtime.

use crate::attr::words;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput};

/// One `use` of all the words of an item. Empty without any. The attributes have been checked.
pub(crate) fn imports(input: &DeriveInput, runtime: &TokenStream) -> TokenStream {
    let mut on_type = items(&input.attrs);
    let mut on_field = Vec::new();
    match &input.data {
        Data::Struct(data) => {
            on_field.extend(data.fields.iter().flat_map(|field| items(&field.attrs)));
        }
        Data::Enum(data) => {
            for variant in &data.variants {
                on_type.extend(items(&variant.attrs));
                on_field.extend(variant.fields.iter().flat_map(|field| items(&field.attrs)));
            }
        }
        Data::Union(_) => {}
    }
    let of = |module: TokenStream, words: Vec<Ident>| {
        (!words.is_empty()).then(|| quote!(#module::{#(#words as _),*},))
    };
    let on_type = of(quote!(on_type), on_type);
    let on_field = of(quote!(on_field), on_field);
    if on_type.is_none() && on_field.is_none() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unused_imports)]
        use #runtime::words::{#on_type #on_field};
    }
}

/// The items of the words, with the spans of the words.
fn items(attributes: &[Attribute]) -> Vec<Ident> {
    let items = words(attributes).into_iter().map(|word| {
        // A keyword cannot be the name of an item.
        let name = match word.to_string().as_str() {
            "crate" => "crate_".to_owned(),
            name => name.to_owned(),
        };
        Ident::new(&name, word.span())
    });
    items.collect()
}
