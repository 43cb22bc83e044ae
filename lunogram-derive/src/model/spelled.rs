//! Types that are known by their names: to ask the compiler about each `String` of an application would cost its build more
//! than all else that is checked. That the names stand for the standard types is what the call that writes them asks for.

use super::Presence;
use crate::generics::peeled;
use syn::{GenericArgument, PathArguments, Type};

/// What the name of a type says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spelled {
    Boolean,
    Integer,
    Number,
    Text,
    Maybe(Box<Spelled>),
    List(Box<Spelled>),
}

impl Spelled {
    /// What a property's type says, if it is one that is known by its name.
    pub(super) fn of(ty: &Type) -> Option<Self> {
        let known = Self::inner(ty)?;
        known.method().is_some().then_some(known)
    }

    fn inner(ty: &Type) -> Option<Self> {
        let (_, ty) = peeled(ty);
        let Type::Path(path) = ty else { return None };
        if path.qself.is_some() || path.path.segments.len() != 1 {
            return None;
        }
        let segment = path.path.segments.first()?;
        let name = segment.ident.to_string();
        match &segment.arguments {
            PathArguments::None => Some(match name.as_str() {
                "bool" => Self::Boolean,
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64"
                | "u128" | "usize" => Self::Integer,
                "f32" | "f64" => Self::Number,
                "char" | "str" | "String" => Self::Text,
                _ => return None,
            }),
            PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => {
                let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
                    return None;
                };
                let inner = Self::inner(inner)?;
                match name.as_str() {
                    "Option" => Some(Self::Maybe(Box::new(inner))),
                    "Vec" => Some(Self::List(Box::new(inner))),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The schema of what is written, and whether it always is.
    pub(crate) fn written(&self, presence: Presence) -> (String, bool) {
        let required = presence == Presence::Unless && !matches!(self, Self::Maybe(_));
        (self.present().schema(), required)
    }

    /// The runtime's method that writes it, and nothing that is only called so.
    pub(crate) fn method(&self) -> Option<&'static str> {
        Some(match self {
            Self::Boolean => "property_boolean",
            Self::Integer => "property_integer",
            Self::Number => "property_number",
            Self::Text => "property_text",
            Self::Maybe(inner) => match **inner {
                Self::Boolean => "property_maybe_boolean",
                Self::Integer => "property_maybe_integer",
                Self::Number => "property_maybe_number",
                Self::Text => "property_maybe_text",
                Self::Maybe(_) | Self::List(_) => return None,
            },
            Self::List(items) => match **items {
                Self::Boolean => "property_booleans",
                Self::Integer => "property_integers",
                Self::Number => "property_numbers",
                Self::Text => "property_texts",
                Self::Maybe(_) | Self::List(_) => return None,
            },
        })
    }

    fn present(&self) -> &Self {
        match self {
            Self::Maybe(inner) => inner,
            other => other,
        }
    }

    fn schema(&self) -> String {
        let kind = match self {
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "string",
            Self::Maybe(inner) => return inner.schema(),
            Self::List(items) => {
                return format!("{{\"type\": \"array\", \"items\": {}}}", items.schema());
            }
        };
        format!("{{\"type\": \"{kind}\"}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(ty: &str) -> Option<(String, bool)> {
        let ty: Type = syn::parse_str(ty).expect("a type");
        Spelled::of(&ty).map(|spelled| spelled.written(Presence::Unless))
    }

    #[test]
    fn standard_types_are_known_by_their_names() {
        let string = "{\"type\": \"string\"}".to_owned();
        for ty in ["String", "&'a str", "&&str", "char"] {
            assert_eq!(written(ty), Some((string.clone(), true)), "{ty}");
        }
        assert_eq!(written("Option<&'a str>"), Some((string, false)));
        let list = "{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}}";
        assert_eq!(written("Vec<bool>"), Some((list.to_owned(), true)));
        for ty in [
            "Amount",
            "std::string::String",
            "Option<Option<u8>>",
            "Vec<Option<u8>>",
            "Option<Vec<u8>>",
            "[u8]",
            "Vec",
        ] {
            assert_eq!(written(ty), None, "{ty}");
        }
    }
}
