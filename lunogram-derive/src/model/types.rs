//! Types of fields: analysis of their tokens, and the origins of their schemas.

use lunogram_rules::json::quoted;
use proc_macro2::{Group, Ident, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{GenericArgument, GenericParam, Generics, PathArguments, Type};

/// How the schema of a value is known.
#[derive(Clone)]
pub(crate) enum Typed<'a> {
    /// From the type: its tokens as they are valid outside of the item, and as written.
    Of(TokenStream, &'a Type),
    /// The value is sent as a string. Its type determines whether it can be `None`.
    AsString(TokenStream, &'a Type),
    /// Always this schema.
    Fixed(String),
    /// From a type that depends on the item's generic parameters, which the plan does not know.
    Generic(&'a Type),
    /// Unknown.
    Any,
}

impl<'a> Typed<'a> {
    /// How the schema of a type is known in an item with these generic parameters.
    pub(crate) fn of(ty: &'a Type, generics: &Generics) -> Self {
        match concrete(ty, generics) {
            Some(tokens) => Self::Of(tokens, ty),
            None => Self::Generic(ty),
        }
    }

    /// A string that is always `text`.
    pub(crate) fn constant(text: &str) -> Self {
        Self::Fixed(constant(text))
    }
}

/// The schema of a string that is always `text`.
pub(crate) fn constant(text: &str) -> String {
    format!("{{\"const\": {}}}", quoted(text))
}

/// When a property is present. The variants have the names of the runtime's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// Unless its value is `None`.
    Unless,
    /// Always, with `null` for `None`.
    Always,
    /// Depends on the value.
    Sometimes,
    /// Depends on the value, and `None` is `null`.
    SometimesNull,
}

impl Presence {
    /// The name of the variant.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unless => "Unless",
            Self::Always => "Always",
            Self::Sometimes => "Sometimes",
            Self::SometimesNull => "SometimesNull",
        }
    }

    /// The runtime's function that compares the schema of a type with the plan.
    pub(crate) const fn assertion(self) -> &'static str {
        match self {
            Self::Unless => "planned_unless",
            Self::Always => "planned_always",
            Self::Sometimes => "planned_sometimes",
            Self::SometimesNull => "planned_sometimes_null",
        }
    }
}

/// The type without its outer references, and their number. Only the referenced value is sent, and
/// a bound on its type holds for every lifetime of the reference.
pub(crate) fn peel_references(mut ty: &Type) -> (usize, &Type) {
    let mut references = 0;
    loop {
        ty = match ty {
            Type::Reference(reference) => {
                references += 1;
                &reference.elem
            }
            Type::Group(group) => &group.elem,
            Type::Paren(paren) => &paren.elem,
            _ => return (references, ty),
        };
    }
}

/// Whether the type is an `Option` of an `Option`, as far as its names show. With two levels, an
/// absent value and `null` are different wishes.
pub(super) fn is_double_option(ty: &Type) -> bool {
    option_content(ty).is_some_and(|content| option_content(content).is_some())
}

/// Whether the type is an `Option`, as far as its name shows.
pub(crate) fn is_option(ty: &Type) -> bool {
    option_content(ty).is_some()
}

fn option_content(ty: &Type) -> Option<&Type> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::Group(group) => return option_content(&group.elem),
        Type::Paren(paren) => return option_content(&paren.elem),
        _ => return None,
    };
    let segment = path.segments.last().filter(|last| last.ident == "Option")?;
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(content)) => Some(content),
            _ => None,
        },
        _ => None,
    }
}

/// Whether `tokens` contain one of `names`, other than as a later segment of a path.
pub(crate) fn mentions(tokens: TokenStream, names: &[String]) -> bool {
    let mut after_colon = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Ident(ident) => !after_colon && names.iter().any(|name| ident == name),
            TokenTree::Group(group) => mentions(group.stream(), names),
            _ => false,
        };
        if found {
            return true;
        }
        after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
    false
}

/// The type without outer references and with `'static` for every lifetime, so that it is valid
/// outside of the item. `None` if it depends on the item's generic parameters.
pub(crate) fn concrete(ty: &Type, generics: &Generics) -> Option<TokenStream> {
    let (_, ty) = peel_references(ty);
    // Most fields: to search their tokens costs more than all other steps here.
    if let Type::Path(path) = ty
        && path.path.get_ident().is_some_and(|name| name != "Self")
        && generics.params.is_empty()
    {
        return Some(ty.to_token_stream());
    }
    let ty = ty.to_token_stream();
    let parameters = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Const(parameter) => Some(parameter.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        });
    let parameters: Vec<String> = parameters.chain(["Self".to_owned()]).collect();
    if mentions(ty.clone(), &parameters) {
        return None;
    }
    let lifetimes = generics.lifetimes().next().is_some();
    Some(if lifetimes {
        with_static_lifetimes(ty)
    } else {
        ty
    })
}

fn with_static_lifetimes(ty: TokenStream) -> TokenStream {
    let mut after_tick = false;
    ty.into_iter()
        .map(|token| {
            let is_lifetime = std::mem::take(&mut after_tick);
            match token {
                TokenTree::Ident(name) if is_lifetime => Ident::new("static", name.span()).into(),
                TokenTree::Group(group) => {
                    let inner = with_static_lifetimes(group.stream());
                    let mut inner = Group::new(group.delimiter(), inner);
                    inner.set_span(group.span());
                    inner.into()
                }
                other => {
                    after_tick = matches!(&other, TokenTree::Punct(tick) if tick.as_char() == '\'');
                    other
                }
            }
        })
        .collect()
}
