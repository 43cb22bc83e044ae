//! The values of serde's arguments.

use crate::attr::arg::{Arg, ArgValue, parse};
use crate::case::Case;
use crate::errors::Errors;
use lunogram_rules::suggest;
use proc_macro2::{Ident, Span};
use syn::punctuated::Punctuated;
use syn::{ExprPath, LitStr, Token, Type, WherePredicate};

/// The kinds of values that arguments take.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// No value.
    Flag,
    Text,
    OptionalText,
    /// The path of a module, function or type.
    Path,
    /// The path of a function that decides about a value.
    Function,
    OptionalPath,
    Type,
    /// A name, or one for each direction.
    Names,
    /// A naming convention, or one for each direction.
    Cases,
    /// Predicates, or some for each direction.
    Bounds,
}

/// A value, as far as the derives use it.
pub(super) enum Value {
    Flag,
    Text(LitStr),
    /// The path, and the literal that it stands in.
    Path(ExprPath, Span),
    Case(Case),
    /// Valid, and only for `Deserialize`.
    Other,
}

/// Reads the value of an argument. Reports an invalid one.
pub(super) fn read(arg: Arg, kind: Kind, errors: &Errors) -> Option<Value> {
    match (kind, &arg.value) {
        (Kind::Flag, _) => {
            arg.flag(errors);
            Some(Value::Flag)
        }
        (Kind::OptionalText | Kind::OptionalPath, ArgValue::Absent) => Some(Value::Other),
        (Kind::Names | Kind::Cases | Kind::Bounds, ArgValue::List(_)) => halves(arg, kind, errors),
        _ => {
            let arg = arg.string(errors)?;
            literal(&arg.name, arg.value, kind, errors)
        }
    }
}

/// Reads `serialize = "…"` and `deserialize = "…"`. Only the first has a value for the derives.
fn halves(arg: Arg, kind: Kind, errors: &Errors) -> Option<Value> {
    let Arg { name, value } = arg;
    let ArgValue::List(tokens) = value else {
        return None;
    };
    let example = || format!("write `{name}(serialize = \"…\", deserialize = \"…\")`");
    if tokens.is_empty() {
        errors.at(name.span(), format!("empty `{name}`; {}", example()));
        return None;
    }
    let mut written = Some(Value::Other);
    for half in parse(tokens, &mut |span, message| errors.at(span, message)) {
        let direction = half.name.to_string();
        if direction != "serialize" && direction != "deserialize" {
            let advice = match suggest::nearest(&direction, ["serialize", "deserialize"]) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => example(),
            };
            errors.at(
                half.name.span(),
                format!("unknown direction `{direction}` of `{name}`; {advice}"),
            );
            written = None;
            continue;
        }
        let Some(half) = half.string(errors) else {
            written = None;
            continue;
        };
        let value = literal(&half.name, half.value, kind, errors);
        if direction == "serialize" || value.is_none() {
            written = value;
        }
    }
    written
}

fn literal(name: &Ident, literal: LitStr, kind: Kind, errors: &Errors) -> Option<Value> {
    let refuse = |expected: &str, example: &str| {
        errors.at(
            literal.span(),
            format!("`{name}` takes {expected}; write it such as `{name} = \"{example}\"`"),
        );
        None
    };
    match kind {
        Kind::Flag | Kind::OptionalText => Some(Value::Other),
        Kind::Text | Kind::Names => Some(Value::Text(literal)),
        Kind::Path | Kind::Function | Kind::OptionalPath => match literal.parse::<ExprPath>() {
            Ok(path) => Some(Value::Path(path, literal.span())),
            Err(_) if matches!(kind, Kind::Function) => {
                refuse("the path of a function", "Option::is_none")
            }
            Err(_) => refuse("a path", "crate::path"),
        },
        Kind::Type => match literal.parse::<Type>() {
            Ok(_) => Some(Value::Other),
            Err(_) => refuse("a type", "crate::Type"),
        },
        Kind::Cases => Case::parse(&literal, errors).map(Value::Case),
        Kind::Bounds => {
            let predicates = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
            match literal.parse_with(predicates) {
                Ok(_) => Some(Value::Other),
                Err(_) => refuse("the predicates of a `where` clause", "T: Serialize"),
            }
        }
    }
}
