//! Descriptions in the tracking plan, taken from doc comments.

use super::StrArg;
use syn::{Attribute, Expr, Lit, Meta};

/// The description of an item with these `attributes`: the argument `description`, else the first
/// paragraph of the doc comment, on one line.
pub(crate) fn description(arg: &StrArg, attributes: &[Attribute]) -> Option<String> {
    if let Some(arg) = arg {
        return Some(one_line(&[arg.value.value()]));
    }
    let lines: Vec<String> = attributes.iter().filter_map(doc).collect();
    let paragraph: Vec<String> = lines
        .iter()
        .flat_map(|line| line.split('\n'))
        .map(|line| line.trim().trim_start_matches("* ").to_owned())
        .skip_while(String::is_empty)
        .take_while(|line| !line.is_empty())
        .collect();
    Some(one_line(&paragraph)).filter(|text| !text.is_empty())
}

fn doc(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(doc) if doc.path.is_ident("doc") => match &doc.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn one_line(lines: &[String]) -> String {
    let words = lines.iter().flat_map(|line| line.split_whitespace());
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn the_first_paragraph_is_joined_to_one_line() {
        let item: syn::DeriveInput = parse_quote! {
            /// A customer paid
            /// for  a basket.
            ///
            /// Sent by the checkout.
            #[derive(Debug)]
            struct Paid;
        };
        let description = description(&None, &item.attrs);
        assert_eq!(
            description.as_deref(),
            Some("A customer paid for a basket.")
        );
    }
}
