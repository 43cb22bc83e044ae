//! What the compiler is asked about the tracking plan.

use super::flatten::located;
use super::{schema, told};
use crate::check::plan::{self as rules, Of, Question, Questions};
use crate::errors;
use crate::model::{Piece, Record};
use crate::plan::{self, Here, Once};
use lunogram_rules::plan::VARIABLE;
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;

/// Everything about the plan that stands beside the impls of a type, which is nothing where there is none, and whether the type
/// is held against one.
pub(super) fn items(records: &[Record<'_>], runtime: &TokenStream) -> (TokenStream, bool) {
    let (here, once) = plan::here();
    let mut items = said(once);
    let is_held = matches!(here, Here::Found(_));
    items.extend(match here {
        Here::None | Here::Beside => TokenStream::new(),
        Here::Collecting => records
            .iter()
            .map(|record| told::item(record, runtime))
            .collect(),
        Here::Found(plan) => {
            let (questions, mistakes) =
                errors::collecting(|errors| rules::all(records, &plan, errors));
            let asked = asked(&questions, runtime);
            quote!(#mistakes #asked)
        }
    });
    (items, is_held)
}

/// What has to be said once in the crate.
pub(super) fn once() -> TokenStream {
    said(plan::here().1)
}

pub(super) fn said(once: Option<Once>) -> TokenStream {
    let Some(Once { file, mistake }) = once else {
        return TokenStream::new();
    };
    // What a build depends on is what its crates include.
    let file = file.map(|file| {
        quote!(
            const _: usize = ::core::include_bytes!(#file).len();
        )
    });
    let mistake =
        mistake.map(|mistake| syn::Error::new(Span::call_site(), mistake).to_compile_error());
    quote! {
        const _: ::core::option::Option<&::core::primitive::str> = ::core::option_env!(#VARIABLE);
        #file
        #mistake
    }
}

fn asked(questions: &Questions<'_>, runtime: &TokenStream) -> TokenStream {
    if questions.is_empty() {
        return TokenStream::new();
    }
    let asked = questions.iter().map(|question| asked_of(question, runtime));
    quote! {
        const _: () = {
            use #runtime::AnySchema as _;
            #(#asked)*
        };
    }
}

fn asked_of(question: &Question<'_>, runtime: &TokenStream) -> TokenStream {
    let Question { what, of, planned } = question;
    match of {
        Of::Member {
            typed,
            presence,
            required,
            ty,
        } => {
            let schema = schema::of_planned(typed, runtime);
            let presence = schema::presence(*presence, runtime);
            let item = quote! {
                const _: () = #runtime::assert_planned(#what, &#schema, #presence, #planned, #required);
            };
            let first = ty.to_token_stream().into_iter().next();
            let at = first.map_or_else(|| ty.span(), |token| token.span());
            located(item, at)
        }
        Of::Alternative(pieces, ident) => {
            let parts = parts(pieces, runtime);
            let item = quote! {
                const _: () = #runtime::assert_planned_as(#what, &[#(#parts),*], #planned);
            };
            located(item, ident.span())
        }
    }
}

pub(super) fn parts<'p>(
    pieces: &'p [Piece],
    runtime: &'p TokenStream,
) -> impl Iterator<Item = TokenStream> {
    pieces.iter().map(move |piece| match piece {
        Piece::Text(text) => quote!(#runtime::Part::Text(#text)),
        Piece::Schema(schema) => quote!(#runtime::Part::Schema(#schema)),
    })
}
