//! Constants that compare schemas with the plan while the compiler evaluates them.

use super::compare::{Actual, Assertion};
use super::schema;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;

/// One constant for the whole type: each constant costs the compiler more than the comparisons in
/// it. The compiler reports the first one that fails.
pub(super) fn items(assertions: &[Assertion<'_>], runtime: &TokenStream) -> TokenStream {
    if assertions.is_empty() {
        return TokenStream::new();
    }
    let calls = assertions.iter().map(|assertion| call(assertion, runtime));
    quote! {
        const _: () = {
            use #runtime::AnySchema as _;
            #(#calls)*
        };
    }
}

fn call(assertion: &Assertion<'_>, runtime: &TokenStream) -> TokenStream {
    let Assertion {
        what,
        actual,
        planned,
    } = assertion;
    match actual {
        Actual::Property {
            typed,
            presence,
            required,
            ty,
        } => {
            let schema = schema::in_plan(typed, runtime);
            let presence = schema::presence(*presence, runtime);
            let call =
                quote!(#runtime::assert_planned(#what, #schema, #presence, #planned, #required););
            let first = ty.to_token_stream().into_iter().next();
            let span = first.map_or_else(|| ty.span(), |token| token.span());
            located(call, span)
        }
        Actual::Variant(parts, ident) => {
            let parts = schema::parts(parts, runtime);
            let call = quote!(#runtime::assert_planned_as(#what, &[#(#parts),*], #planned););
            located(call, ident.span())
        }
    }
}

/// The same tokens located at `span`, so that the compiler reports a failed assertion there.
pub(crate) fn located(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                let inner = located(group.stream(), span);
                token = Group::new(group.delimiter(), inner).into();
            }
            token.set_span(token.span().located_at(span));
            token
        })
        .collect()
}
