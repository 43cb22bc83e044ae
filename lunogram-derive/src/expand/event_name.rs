//! `event_name!`.

use super::{planned, told};
use crate::check::plan::correction;
use crate::errors;
use crate::krate;
use crate::plan::{self, Here};
use lunogram_rules::name;
use lunogram_rules::plan::Section;
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Ident, LitStr, Token};

/// `"name"` or `raw_name = "Name"`.
struct Given {
    text: LitStr,
    raw: bool,
}

impl Parse for Given {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        const WANTED: &str = "write the name of an event as a string, `event_name!(\"purchase_completed\")`, or an old one as it is, `event_name!(raw_name = \"Product Purchased\")`";
        let wanted = |error: syn::Error| syn::Error::new(error.span(), WANTED);
        let raw = input.peek(Ident);
        if raw {
            let word: Ident = input.parse()?;
            if word != "raw_name" {
                return Err(syn::Error::new(word.span(), WANTED));
            }
            input.parse::<Token![=]>().map_err(wanted)?;
        }
        let text = input.parse().map_err(wanted)?;
        if !input.is_empty() {
            return Err(syn::Error::new(input.span(), WANTED));
        }
        Ok(Self { text, raw })
    }
}

pub(super) fn expand(input: TokenStream) -> TokenStream {
    let Given { text, raw } = match syn::parse2(input) {
        Ok(given) => given,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!({ #error "" });
        }
    };
    let name = text.value();
    let (items, mistakes) = errors::collecting(|errors| {
        let verdict = if raw {
            name::raw_event(&name)
        } else {
            name::event(&name)
        };
        if let Err(violation) = verdict {
            errors.at(text.span(), violation);
            return planned::once();
        }
        let (here, once) = plan::here();
        let mut items = planned::said(once);
        match here {
            Here::None | Here::Beside => {}
            Here::Collecting => items.extend(told::name(&name, &krate::runtime(None, errors))),
            Here::Found(plan) => {
                if plan.entry(Section::Events, &name).is_none() {
                    let correction = correction(&name, plan.names(Section::Events));
                    let message = format!("the tracking plan has no event `{name}`{correction}");
                    errors.at(text.span(), message);
                }
            }
        }
        items
    });
    quote!({ #items #mistakes #text })
}
