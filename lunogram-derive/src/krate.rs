//! Where generated code finds `lunogram`.

use crate::attr::Given;
use crate::errors::Errors;
use crate::manifest;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::cell::RefCell;
use std::env;
use std::fs;
use std::path::Path;
use syn::LitStr;

/// The package that is looked for.
const LUNOGRAM: &str = "lunogram";

/// The path to what generated code names: by `crate = "…"`, by the dependency's name in `Cargo.toml`, or
/// `::lunogram`.
pub(crate) fn runtime(given: Option<&Given<LitStr>>, errors: &Errors) -> TokenStream {
    if let Some(given) = given {
        match given.value.parse_with(syn::Path::parse_mod_style) {
            Ok(path) => return quote!(#path::__private),
            Err(_) => errors.at(
                given.value.span(),
                "not a path; write where `lunogram` is, such as `crate = \"my_app::lunogram\"`",
            ),
        }
    }
    let name = Ident::new(&dependency(), Span::call_site());
    quote!(::#name::__private)
}

thread_local! {
    /// The folder of the last manifest and what that calls us: one compiler asks for one crate many times.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

fn dependency() -> String {
    let Ok(folder) = env::var("CARGO_MANIFEST_DIR") else {
        return LUNOGRAM.to_owned();
    };
    LAST.with_borrow_mut(|last| match last {
        Some((known, name)) if *known == folder => name.clone(),
        _ => {
            let name = find(Path::new(&folder)).unwrap_or_else(|| LUNOGRAM.to_owned());
            let name = name.replace('-', "_");
            *last = Some((folder, name.clone()));
            name
        }
    })
}

fn find(folder: &Path) -> Option<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let workspace = || manifest::workspace(folder).map(|(_, manifest)| manifest);
    manifest::alias(&manifest, LUNOGRAM, workspace)
}
