//! From tokens to words with values, whatever is wrong between them.

use super::words::Place;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Lit, LitStr, Meta};

/// An attribute's word with what was said by it.
pub(crate) struct Given<T> {
    pub(crate) word: Ident,
    pub(crate) value: T,
}

/// A word that says all by being there.
pub(crate) type Flag = Option<Ident>;

/// A word with a string.
pub(crate) type Text = Option<Given<LitStr>>;

/// One `word`, `word = value` or `word(…)`.
pub(super) struct Item {
    pub(super) word: Ident,
    pub(super) value: Value,
}

pub(super) enum Value {
    Absent,
    Text(LitStr),
    /// Anything else behind the `=`, from its first token to its last.
    Other(Span),
    List(TokenStream),
    /// Reported already.
    Wrong,
}

/// Reads all `#[lunogram(…)]` of one node, leaves out what is wrong, and reports it.
pub(super) fn items_of(attributes: &[Attribute], place: Place, errors: &Errors) -> Vec<Item> {
    let mut read: Vec<Item> = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        let Some(name) = path.get_ident().filter(|name| *name == "lunogram") else {
            continue;
        };
        let example = place.example();
        let tokens = match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => list.tokens.clone(),
            Meta::NameValue(_) => {
                errors.at(
                    name.span(),
                    format!("`lunogram` takes no value; write what is meant in parentheses, such as `#[lunogram({example})]`"),
                );
                continue;
            }
            _ => {
                errors.at(
                    name.span(),
                    format!("empty `lunogram` attribute; write what is meant in parentheses, such as `#[lunogram({example})]`, or take it out"),
                );
                continue;
            }
        };
        for item in items(tokens, &mut |span, message| errors.at(span, message)) {
            let (word, span) = (&item.word, item.word.span());
            if read.iter().any(|earlier| earlier.word == *word) {
                errors.at(
                    span,
                    format!("`{word}` is given twice; keep one of the two"),
                );
            } else if let Some(rival) = read.iter().find(|earlier| are_rivals(&earlier.word, word))
            {
                let rival = &rival.word;
                errors.at(
                    span,
                    format!("`{word}` contradicts `{rival}`; keep one of the two"),
                );
            } else if place.accepts(&item.word, errors) {
                read.push(item);
            }
        }
    }
    read
}

/// Whether two words are two answers to one question.
fn are_rivals(one: &Ident, other: &Ident) -> bool {
    [["name", "raw_name"], ["user", "organization"]]
        .iter()
        .any(|pair| one != other && pair.iter().all(|word| one == word || other == word))
}

/// Reads the words of one attribute. What cannot be read is reported and passed over, up to the next comma.
pub(super) fn items(tokens: TokenStream, report: &mut dyn FnMut(Span, String)) -> Vec<Item> {
    let mut items = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(first) = tokens.next() {
        let mut rest = Vec::new();
        while let Some(token) = tokens.next_if(|token| !is_punct(token, ',')) {
            rest.push(token);
        }
        tokens.next();
        if let Some(item) = item(first, rest, report) {
            items.push(item);
        }
    }
    items
}

fn item(
    first: TokenTree,
    mut rest: Vec<TokenTree>,
    report: &mut dyn FnMut(Span, String),
) -> Option<Item> {
    let word = match first {
        TokenTree::Ident(word) => word,
        TokenTree::Punct(comma) if comma.as_char() == ',' => {
            report(
                comma.span(),
                "a comma with nothing in front of it; take it out".to_owned(),
            );
            return None;
        }
        other => {
            report(
                other.span(),
                "not an attribute; write words, such as `name = \"…\"`, with commas between them"
                    .to_owned(),
            );
            return None;
        }
    };
    let value = match rest.first() {
        None => Value::Absent,
        Some(equals) if is_punct(equals, '=') => value(&word, rest.split_off(1), report),
        Some(TokenTree::Group(list))
            if list.delimiter() == Delimiter::Parenthesis && rest.len() == 1 =>
        {
            Value::List(list.stream())
        }
        Some(other) => {
            report(
                other.span(),
                format!("expected a comma, or `=` and a value, behind `{word}`"),
            );
            Value::Absent
        }
    };
    Some(Item { word, value })
}

fn value(word: &Ident, mut tokens: Vec<TokenTree>, report: &mut dyn FnMut(Span, String)) -> Value {
    // A comma that was forgotten: `name = "a" organization`.
    if let [TokenTree::Literal(_), TokenTree::Ident(next), ..] = tokens.as_slice() {
        report(
            next.span(),
            format!("expected a comma in front of `{next}`"),
        );
        tokens.truncate(1);
    }
    let Some(first) = tokens.first() else {
        report(
            word.span(),
            format!("`{word}` has no value behind its `=`; write `{word} = \"…\"`"),
        );
        return Value::Wrong;
    };
    let last = tokens.last().map_or_else(|| first.span(), TokenTree::span);
    let span = first.span().join(last).unwrap_or_else(|| first.span());
    match (string(first), tokens.len()) {
        (Some(text), 1) => Value::Text(text),
        _ => Value::Other(span),
    }
}

/// The string literal that a token is; one out of a `macro_rules` capture stands in an invisible group.
fn string(token: &TokenTree) -> Option<LitStr> {
    match token {
        TokenTree::Literal(literal) => match Lit::new(literal.clone()) {
            Lit::Str(text) => Some(text),
            _ => None,
        },
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inner = group.stream().into_iter();
            let only = inner.next()?;
            string(&only).filter(|_| inner.next().is_none())
        }
        _ => None,
    }
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

impl Item {
    /// Takes the item for a word without a value.
    pub(super) fn flag(self, errors: &Errors) -> Ident {
        let (Self { word, value }, note) = (self, "takes no value; write it alone");
        match value {
            Value::Absent | Value::Wrong => {}
            Value::Text(text) => errors.at(text.span(), format!("`{word}` {note}")),
            Value::Other(span) => errors.at(span, format!("`{word}` {note}")),
            Value::List(_) => errors.at(word.span(), format!("`{word}` {note}")),
        }
        word
    }

    /// Takes the item for a word with a string.
    pub(super) fn text(self, errors: &Errors) -> Text {
        let Self { word, value } = self;
        let wrong = match value {
            Value::Text(value) => return Some(Given { word, value }),
            Value::Absent => Some((word.span(), "needs a value")),
            Value::Other(span) => Some((span, "takes a string literal")),
            Value::List(_) => Some((word.span(), "takes a string, not a list")),
            Value::Wrong => None,
        };
        if let Some((span, wrong)) = wrong {
            errors.at(span, format!("`{word}` {wrong}; write `{word} = \"…\"`"));
        }
        errors.presume(word.to_string());
        None
    }

    /// Takes the item for a word that may have a string.
    pub(super) fn maybe_text(self, errors: &Errors) -> Given<Option<LitStr>> {
        let word = self.word.clone();
        let value = match self.value {
            Value::Absent => None,
            _ => self.text(errors).map(|given| given.value),
        };
        Given { word, value }
    }
}
