//! Words that became keywords in a later edition, and are names in crates of an earlier one.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// The words. The edition of generated code is that of this crate, so they have to be raw there.
pub(crate) const LATER: [&str; 5] = ["async", "await", "dyn", "gen", "try"];

/// The tokens of an item, with raw identifiers for fields and variants that have one of these
/// names. `syn` does not know the edition of the crate, and accepts them in no other form.
pub(crate) fn with_raw_names(item: TokenStream) -> TokenStream {
    item.into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let mut braces = Group::new(Delimiter::Brace, members(group.stream()));
                braces.set_span(group.span());
                braces.into()
            }
            other => other,
        })
        .collect()
}

/// The fields or variants in braces. A name is the first token of a member after its attributes
/// and its visibility.
fn members(tokens: TokenStream) -> TokenStream {
    let mut at_name = true;
    // A comma between generic arguments ends no member.
    let (mut angles, mut after_dash) = (0_usize, false);
    let members = tokens.into_iter().map(|token| match token {
        TokenTree::Ident(name) if at_name => {
            at_name = name == "pub";
            raw(name).into()
        }
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
            with_raw_names(TokenTree::Group(group).into())
                .into_iter()
                .next()
                .unwrap_or_else(|| Group::new(Delimiter::Brace, TokenStream::new()).into())
        }
        other => {
            let dash = std::mem::take(&mut after_dash);
            match &other {
                TokenTree::Punct(punct) => match punct.as_char() {
                    ',' if angles == 0 => at_name = true,
                    '<' => angles += 1,
                    '>' if !dash => angles = angles.saturating_sub(1),
                    '-' => after_dash = true,
                    // Of an attribute, and others that are not before a name.
                    _ => {}
                },
                // Of an attribute or of `pub(crate)`, or the fields of a variant.
                TokenTree::Group(_) => {}
                _ => at_name = false,
            }
            other
        }
    });
    members.collect()
}

fn raw(name: Ident) -> Ident {
    if LATER.iter().any(|keyword| name == keyword) {
        Ident::new_raw(&name.to_string(), name.span())
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::DeriveInput;

    #[test]
    fn names_that_later_editions_reserve_are_parsed() {
        let item = "enum E { async, #[a] try { pub async: u8, pub(crate) dyn: Box<dyn Fn(u8) -> u8>, await: Vec<u8>, other: Map<u8, dyn A> }, gen(u8) }";
        let item: TokenStream = item.parse().expect("tokens");
        assert!(syn::parse2::<DeriveInput>(item.clone()).is_err());
        let item = with_raw_names(item);
        assert!(syn::parse2::<DeriveInput>(item.clone()).is_ok());
        assert_eq!(
            item.to_string().replace(' ', ""),
            "enumE{r#async,#[a]r#try{pubr#async:u8,pub(crate)r#dyn:Box<dynFn(u8)->u8>,r#await:Vec<u8>,other:Map<u8,dynA>},r#gen(u8)}"
        );
    }
}
