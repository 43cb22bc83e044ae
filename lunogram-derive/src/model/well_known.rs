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
    Uuid,
    /// A time with an offset from UTC.
    Moment,
    Date,
    Maybe(Box<WellKnownType>),
    List(Box<WellKnownType>),
}

impl WellKnownType {
    /// Recognizes a type. `None` if it is another type, or one that no method of the runtime
    /// writes.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
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
                "Uuid" => Self::Uuid,
                "NaiveDate" => Self::Date,
                name if is_non_zero(name) => Self::Integer,
                _ => return None,
            }),
            // Of any time zone.
            PathArguments::AngleBracketed(_) if name == "DateTime" => Some(Self::Moment),
            PathArguments::AngleBracketed(arguments) if arguments.args.len() == 1 => {
                let Some(GenericArgument::Type(inner)) = arguments.args.first() else {
                    return None;
                };
                if name == "Vec" && is_byte(inner) {
                    // Bytes need an attribute.
                    return None;
                }
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
            Self::Uuid => "property_uuid",
            Self::Moment => "property_moment",
            Self::Date => "property_date",
            Self::Maybe(inner) => match **inner {
                Self::Boolean => "property_maybe_boolean",
                Self::Integer => "property_maybe_integer",
                Self::Number => "property_maybe_number",
                Self::Text => "property_maybe_text",
                Self::Uuid => "property_maybe_uuid",
                Self::Moment => "property_maybe_moment",
                Self::Date => "property_maybe_date",
                Self::Maybe(_) | Self::List(_) => return None,
            },
            Self::List(items) => match **items {
                Self::Boolean => "property_booleans",
                Self::Integer => "property_integers",
                Self::Number => "property_numbers",
                Self::Text => "property_texts",
                Self::Uuid => "property_uuids",
                Self::Moment => "property_moments",
                Self::Date => "property_dates",
                Self::Maybe(_) | Self::List(_) => return None,
            },
        })
    }

    /// The schema of a value that is present.
    fn schema(&self) -> String {
        let plain = |kind: &str| format!("{{\"type\": \"{kind}\"}}");
        let text = |format: &str| format!("{{\"type\": \"string\", \"format\": \"{format}\"}}");
        match self {
            Self::Boolean => plain("boolean"),
            Self::Integer => plain("integer"),
            Self::Number => plain("number"),
            Self::Text => plain("string"),
            Self::Uuid => text("uuid"),
            Self::Moment => text("date-time"),
            Self::Date => text("date"),
            Self::Maybe(inner) => inner.schema(),
            Self::List(items) => {
                format!("{{\"type\": \"array\", \"items\": {}}}", items.schema())
            }
        }
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("u8"))
}

/// Whether this is the name of one of the standard library's integers without zero.
fn is_non_zero(name: &str) -> bool {
    let is_integer = |of: &str| {
        let size = of.strip_prefix('I').or_else(|| of.strip_prefix('U'));
        matches!(size, Some("8" | "16" | "32" | "64" | "128" | "size"))
    };
    name.strip_prefix("NonZero").is_some_and(is_integer)
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
        let moment = "{\"type\": \"string\", \"format\": \"date-time\"}".to_owned();
        for ty in ["DateTime<Utc>", "DateTime<chrono::Local>"] {
            assert_eq!(
                schema_and_required(ty),
                Some((moment.clone(), true)),
                "{ty}"
            );
        }
        let uuid = "{\"type\": \"string\", \"format\": \"uuid\"}".to_owned();
        assert_eq!(schema_and_required("Option<Uuid>"), Some((uuid, false)));
        let integer = "{\"type\": \"integer\"}".to_owned();
        for ty in ["NonZeroU8", "NonZeroI128", "NonZeroUsize", "NonZeroIU8"] {
            let known = schema_and_required(ty);
            assert_eq!(known.is_some(), ty != "NonZeroIU8", "{ty}");
            assert!(known.is_none_or(|known| known == (integer.clone(), true)));
        }
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
            "Vec<u8>",
            "[u8]",
            "Vec",
        ] {
            assert_eq!(schema_and_required(ty), None, "{ty}");
        }
    }
}
