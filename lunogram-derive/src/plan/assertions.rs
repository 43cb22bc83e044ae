//! Constants that compare schemas with the plan while the compiler evaluates them.

use super::compare::{Actual, Assertion};
use super::schema;
use crate::model::Typed;
use lunogram_rules::plan::{ANY, Fingerprint};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;

/// The most constants for one type. The compiler reports the first failed comparison of each, and
/// a constant costs it about as much as a comparison.
const MOST: usize = 3;

/// The constants for one type, in the order of the comparisons.
pub(super) fn items(assertions: &[Assertion<'_>], runtime: &TokenStream) -> TokenStream {
    if assertions.is_empty() {
        return TokenStream::new();
    }
    let path: Vec<TokenTree> = runtime.clone().into_iter().collect();
    let constants = assertions
        .chunks(assertions.len().div_ceil(MOST))
        .map(|some| {
            let mut calls = Vec::new();
            let mut import = None;
            for assertion in some {
                if let Some(call) = of_type(assertion, &path) {
                    calls.extend(call);
                } else {
                    calls.extend(of_schema(assertion, runtime));
                    import = Some(quote!(
                        use #runtime::AnySchema as _;
                    ));
                }
            }
            let calls = TokenStream::from_iter(calls);
            quote!(const _: () = { #import #calls };)
        });
    constants.collect()
}

/// The comparison of a property whose type must have a schema because the plan has one for it: a
/// bound, which costs the compiler half of a look-up with a fallback. The tokens are made without
/// `quote`, which would take longer than all the rest.
fn of_type(assertion: &Assertion<'_>, path: &[TokenTree]) -> Option<Vec<TokenTree>> {
    let Actual::Property {
        typed: Typed::Of(tokens, ty),
        presence,
        required,
        ..
    } = &assertion.actual
    else {
        return None;
    };
    if assertion.planned == ANY {
        return None;
    }
    let first = ty.to_token_stream().into_iter().next();
    let at = first.map_or_else(|| ty.span(), |token| token.span());
    let at = Span::call_site().located_at(at);
    let punct = |punct, spacing| TokenTree::from(Punct::new(punct, spacing));
    let colons = || [punct(':', Spacing::Joint), punct(':', Spacing::Alone)];
    let mut call = path.to_vec();
    // A call is located from its first token to its last.
    for token in &mut call {
        token.set_span(at);
    }
    call.extend(colons());
    call.push(Ident::new(presence.assertion(), Span::call_site()).into());
    call.extend(colons());
    call.push(punct('<', Spacing::Alone));
    call.extend(tokens.clone());
    call.push(punct('>', Spacing::Alone));
    let arguments = [
        Literal::u64_suffixed(fingerprint(&assertion.planned, *required)).into(),
        punct(',', Spacing::Alone),
        Literal::string(&words(assertion)).into(),
    ];
    let mut arguments = Group::new(Delimiter::Parenthesis, TokenStream::from_iter(arguments));
    arguments.set_span(at);
    call.extend([arguments.into(), punct(';', Spacing::Alone)]);
    Some(call)
}

/// Any other comparison. The trait `AnySchema` has to be in scope.
fn of_schema(assertion: &Assertion<'_>, runtime: &TokenStream) -> TokenStream {
    let words = words(assertion);
    match &assertion.actual {
        Actual::Property {
            typed,
            presence,
            required,
            ty,
        } => {
            let planned = fingerprint(&assertion.planned, *required);
            let schema = schema::in_plan(typed, runtime);
            let presence = schema::presence(*presence, runtime);
            let call = quote!(#runtime::planned_schema(&#schema, #presence, #planned, #words););
            let first = ty.to_token_stream().into_iter().next();
            let span = first.map_or_else(|| ty.span(), |token| token.span());
            located(call, span)
        }
        Actual::Variant(parts, ident) => {
            let planned = fingerprint(&assertion.planned, true);
            let parts = schema::parts(parts, runtime);
            let call = quote!(#runtime::planned_parts(&[#(#parts),*], #planned, #words););
            located(call, ident.span())
        }
    }
}

fn fingerprint(planned: &str, required: bool) -> u64 {
    Fingerprint::new(required).with(planned).number()
}

/// The plan's schema and the subject of the message in one literal.
fn words(assertion: &Assertion<'_>) -> String {
    [assertion.planned.as_str(), assertion.what.as_str()].join("\u{1f}")
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
