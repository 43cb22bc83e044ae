//! The crate that is being compiled: its workspace, and the path by which generated code refers to
//! `lunogram` or `lunogram-core`.

mod manifest;
mod workspace;

pub(crate) use workspace::Workspace;

use crate::errors::Errors;
use lunogram_rules::toml;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::cell::RefCell;
use std::env;
use std::fs;
use std::path::Path;
use syn::LitStr;

/// The name for code whose `Cargo.toml` does not have one.
const DEFAULT: &str = "lunogram";

/// The path of the runtime's hidden module: from `crate = "…"`, else by the name of the
/// dependency in `Cargo.toml`, else `::lunogram`.
pub(crate) fn runtime(crate_path: Option<&LitStr>, errors: &Errors) -> TokenStream {
    if let Some(literal) = crate_path {
        match literal.parse_with(syn::Path::parse_mod_style) {
            Ok(path) => return quote!(#path::__private),
            Err(_) => errors.at(
                literal.span(),
                "not a path; write the path of `lunogram`, such as `crate = \"my_app::lunogram\"`",
            ),
        }
    }
    let name = Ident::new(&dependency(), Span::call_site());
    quote!(::#name::__private)
}

thread_local! {
    /// The last manifest folder and the name of the dependency there. A compiler process expands
    /// many macros of one crate.
    static LAST: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
}

fn dependency() -> String {
    let Ok(folder) = env::var("CARGO_MANIFEST_DIR") else {
        return DEFAULT.to_owned();
    };
    LAST.with_borrow_mut(|last| match last {
        Some((known, name)) if *known == folder => name.clone(),
        _ => {
            let name = find(Path::new(&folder)).unwrap_or_else(|| DEFAULT.to_owned());
            let name = name.replace('-', "_");
            *last = Some((folder, name.clone()));
            name
        }
    })
}

fn find(folder: &Path) -> Option<String> {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
    let workspace = || Workspace::around(folder).map(|workspace| workspace.manifest);
    manifest::runtime_name(&toml::entries(&manifest), workspace)
}
