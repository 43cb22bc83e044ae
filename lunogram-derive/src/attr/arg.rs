//! Splits attributes into arguments. Syntax errors are reported and the other arguments still read.

use super::placement::Placement;
use crate::errors::Errors;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, Lit, LitStr, Meta};

/// The value of an argument, with the argument's name for error messages that point at it.
pub(crate) struct Spanned<T> {
    pub(crate) name: Ident,
    pub(crate) value: T,
}

/// An argument without a value: its name, if the argument is present.
pub(crate) type Flag = Option<Ident>;

/// An argument whose value is a string.
pub(crate) type StrArg = Option<Spanned<LitStr>>;

/// One `name`, `name = value` or `name(…)`.
pub(super) struct Arg {
    pub(super) name: Ident,
    pub(super) value: ArgValue,
}

pub(super) enum ArgValue {
    Absent,
    Str(LitStr),
    /// Any other expression after the `=`, from its first to its last token.
    Other(Span),
    List(TokenStream),
    /// Invalid, and already reported.
    Invalid,
}

/// Reads the arguments of all `#[lunogram(…)]` on one item. Reports and omits invalid ones.
pub(super) fn args_of(attributes: &[Attribute], placement: Placement, errors: &Errors) -> Vec<Arg> {
    let mut args: Vec<Arg> = Vec::new();
    for attribute in attributes {
        let path = attribute.path();
        let Some(lunogram) = path.get_ident().filter(|name| *name == "lunogram") else {
            continue;
        };
        let example = placement.example();
        let tokens = match &attribute.meta {
            Meta::List(list) if !list.tokens.is_empty() => list.tokens.clone(),
            Meta::NameValue(_) => {
                errors.at(
                    lunogram.span(),
                    format!("`lunogram` takes no value; write its arguments in parentheses, such as `#[lunogram({example})]`"),
                );
                continue;
            }
            _ => {
                errors.at(
                    lunogram.span(),
                    format!("empty `lunogram` attribute; write its arguments in parentheses, such as `#[lunogram({example})]`, or remove it"),
                );
                continue;
            }
        };
        for arg in parse(tokens, &mut |span, message| errors.at(span, message)) {
            let (name, span) = (&arg.name, arg.name.span());
            if args.iter().any(|earlier| earlier.name == *name) {
                errors.at(span, format!("`{name}` is set twice; keep one of the two"));
            } else if let Some(rival) = args.iter().find(|earlier| are_rivals(&earlier.name, name))
            {
                let rival = &rival.name;
                errors.at(
                    span,
                    format!("`{name}` conflicts with `{rival}`; keep one of the two"),
                );
            } else if placement.accepts(&arg.name, errors) {
                args.push(arg);
            }
        }
    }
    args
}

/// The names of all arguments, without any checks.
pub(crate) fn words(attributes: &[Attribute]) -> Vec<Ident> {
    let ours = attributes.iter().filter_map(|attribute| {
        let list = attribute.meta.require_list().ok()?;
        list.path.is_ident("lunogram").then(|| list.tokens.clone())
    });
    ours.flat_map(|tokens| parse(tokens, &mut |_, _| {}))
        .map(|arg| arg.name)
        .collect()
}

/// Whether two arguments set the same thing to different values.
fn are_rivals(one: &Ident, other: &Ident) -> bool {
    let groups: [&[&str]; 3] = [
        &["name", "raw_name"],
        &["user", "organization"],
        &["string", "millis", "iso8601", "base64", "hex", "as_serde"],
    ];
    groups.iter().any(|group| {
        one != other
            && [one, other]
                .iter()
                .all(|arg| group.iter().any(|name| *arg == name))
    })
}

/// Parses the arguments of one attribute. An invalid argument is reported and skipped, up to the
/// next comma.
pub(super) fn parse(tokens: TokenStream, report: &mut dyn FnMut(Span, String)) -> Vec<Arg> {
    let mut args = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(first) = tokens.next() {
        let mut rest = Vec::new();
        while let Some(token) = tokens.next_if(|token| !is_punct(token, ',')) {
            rest.push(token);
        }
        tokens.next();
        if let Some(arg) = arg(first, rest, report) {
            args.push(arg);
        }
    }
    args
}

fn arg(
    first: TokenTree,
    mut rest: Vec<TokenTree>,
    report: &mut dyn FnMut(Span, String),
) -> Option<Arg> {
    let name = match first {
        TokenTree::Ident(name) => name,
        TokenTree::Punct(comma) if comma.as_char() == ',' => {
            report(comma.span(), "unexpected comma; remove it".to_owned());
            return None;
        }
        other => {
            let text = string(&other).map(|literal| literal.value());
            let message = match text.filter(|text| is_word(text)) {
                Some(word) => format!(
                    "expected the name of an argument, not a string; write `{word}` without quotes"
                ),
                None => "expected the name of an argument; write arguments such as `name = \"…\"`, separated by commas"
                    .to_owned(),
            };
            report(other.span(), message);
            return None;
        }
    };
    let value = match rest.first() {
        None => ArgValue::Absent,
        Some(equals) if is_punct(equals, '=') => value(&name, rest.split_off(1), report),
        Some(TokenTree::Group(list))
            if list.delimiter() == Delimiter::Parenthesis && rest.len() == 1 =>
        {
            ArgValue::List(list.stream())
        }
        Some(other) => {
            let message = match string(other) {
                Some(literal) => {
                    let literal = literal.token();
                    format!("expected `=` before the value; write `{name} = {literal}`")
                }
                None => format!("expected a comma, or `=` and a value, after `{name}`"),
            };
            report(other.span(), message);
            ArgValue::Invalid
        }
    };
    Some(Arg { name, value })
}

fn value(
    name: &Ident,
    mut tokens: Vec<TokenTree>,
    report: &mut dyn FnMut(Span, String),
) -> ArgValue {
    match tokens.as_slice() {
        // A missing comma: `name = "a" organization`.
        [TokenTree::Literal(_), TokenTree::Ident(next), ..] => {
            report(next.span(), format!("expected a comma before `{next}`"));
            tokens.truncate(1);
        }
        // The end of a statement: `name = "a";`.
        [TokenTree::Literal(_), end] if is_punct(end, ';') => {
            report(end.span(), "unexpected `;`; remove it".to_owned());
            tokens.truncate(1);
        }
        _ => {}
    }
    let Some(first) = tokens.first() else {
        report(
            name.span(),
            format!("`{name}` has no value after its `=`; write `{name} = \"…\"`"),
        );
        return ArgValue::Invalid;
    };
    let last = tokens.last().map_or_else(|| first.span(), TokenTree::span);
    let span = first.span().join(last).unwrap_or_else(|| first.span());
    match (string(first), tokens.len()) {
        (Some(literal), 1) => ArgValue::Str(literal),
        _ => ArgValue::Other(span),
    }
}

/// The token as a string literal. A literal captured by `macro_rules` is in an invisible group.
fn string(token: &TokenTree) -> Option<LitStr> {
    match token {
        TokenTree::Literal(literal) => match Lit::new(literal.clone()) {
            Lit::Str(literal) => Some(literal),
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

/// Whether the text could be the name of an argument.
fn is_word(text: &str) -> bool {
    syn::parse_str::<Ident>(text).is_ok()
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

impl Arg {
    /// Reads an argument that takes no value.
    pub(super) fn flag(self, errors: &Errors) -> Ident {
        let Self { name, value } = self;
        let mut advice = "write it alone".to_owned();
        let span = match value {
            ArgValue::Str(source) if name == "external_id" => {
                let literal = source.token();
                advice = format!("to set the source, write `external_id, source = {literal}`");
                source.span()
            }
            ArgValue::Absent | ArgValue::Invalid => return name,
            ArgValue::Str(literal) => literal.span(),
            ArgValue::Other(span) => span,
            ArgValue::List(_) => name.span(),
        };
        errors.at(span, format!("`{name}` takes no value; {advice}"));
        name
    }

    /// Reads an argument whose value is a string.
    pub(super) fn string(self, errors: &Errors) -> StrArg {
        let Self { name, value } = self;
        let problem = match value {
            ArgValue::Str(value) => return Some(Spanned { name, value }),
            ArgValue::Absent => Some((name.span(), "needs a value")),
            ArgValue::Other(span) => Some((span, "takes a string literal")),
            ArgValue::List(_) => Some((name.span(), "takes a string, not a list")),
            ArgValue::Invalid => None,
        };
        if let Some((span, problem)) = problem {
            errors.at(span, format!("`{name}` {problem}; write `{name} = \"…\"`"));
        }
        errors.presume(name.to_string());
        None
    }

    /// Reads an argument whose value, if any, is a string.
    pub(super) fn optional_string(self, errors: &Errors) -> Spanned<Option<LitStr>> {
        let name = self.name.clone();
        let value = match self.value {
            ArgValue::Absent => None,
            _ => self.string(errors).map(|arg| arg.value),
        };
        Spanned { name, value }
    }
}
