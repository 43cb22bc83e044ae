//! Standard types recognized by name.
//!
//! Evaluating a schema constant for each `String` field would cost more build time than all other
//! checks of the plan together. So the type is recognized by its tokens, and the generated code
//! calls a method whose bound only the standard type of this name satisfies.

use super::{Presence, peel_references};
use syn::{GenericArgument, PathArguments, Type};

/// A standard type that is recognized by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WellKnownType {
    Boolean,
    Integer,
    Number,
    Text,
    Maybe(Box<WellKnownType>),
    List(Box<WellKnownType>),
}

impl WellKnownType {
    /// Recognizes a type. `None` if it is another type, or one that no method of the runtime
    /// writes.
    pub(super) fn of(ty: &Type) -> Option<Self> {
        let known = Self::inner(ty)?;
        known.method().is_some().then_some(known)
    }

    fn inner(ty: &Type) -> Option<Self> {
        let (_, ty) = peel_references(ty);
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

    /// The schema of the property, and whether the property is required.
    pub(crate) fn schema_and_required(&self, presence: Presence) -> (String, bool) {
        let required = presence == Presence::Unless && !matches!(self, Self::Maybe(_));
        (self.schema(), required)
    }

    /// The runtime's method that writes this type and does not accept another type of this name.
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

    /// The schema of a value that is present.
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

    fn schema_and_required(ty: &str) -> Option<(String, bool)> {
        let ty: Type = syn::parse_str(ty).expect("a type");
        WellKnownType::of(&ty).map(|known| known.schema_and_required(Presence::Unless))
    }

    #[test]
    fn standard_types_are_recognized_by_name() {
        let string = "{\"type\": \"string\"}".to_owned();
        for ty in ["String", "&'a str", "&&str", "char"] {
            assert_eq!(
                schema_and_required(ty),
                Some((string.clone(), true)),
                "{ty}"
            );
        }
        assert_eq!(
            schema_and_required("Option<&'a str>"),
            Some((string, false))
        );
        let list = "{\"type\": \"array\", \"items\": {\"type\": \"boolean\"}}";
        assert_eq!(
            schema_and_required("Vec<bool>"),
            Some((list.to_owned(), true))
        );
        for ty in [
            "Amount",
            "std::string::String",
            "Option<Option<u8>>",
            "Vec<Option<u8>>",
            "Option<Vec<u8>>",
            "[u8]",
            "Vec",
        ] {
            assert_eq!(schema_and_required(ty), None, "{ty}");
        }
    }
}
