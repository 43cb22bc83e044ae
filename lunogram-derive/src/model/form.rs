//! The forms in which properties are written.

use crate::attr::FormKind;
use proc_macro2::TokenStream;

/// How a property is written.
pub(crate) enum Form {
    /// In the form of its type.
    Plain,
    /// By its `Serialize`.
    Serde,
    String,
    /// In a form that only some types have.
    In(NamedForm),
    /// Its entries, by a function of the application if there is one.
    Flatten(Option<TokenStream>),
    /// By a function of the application.
    With(TokenStream),
}

/// A form that only some types have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NamedForm {
    Millis,
    Iso8601,
    Base64,
    Hex,
}

impl NamedForm {
    /// The name of the form in the runtime.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Millis => "Millis",
            Self::Iso8601 => "Iso8601",
            Self::Base64 => "Base64",
            Self::Hex => "Hex",
        }
    }

    /// The runtime's trait of the types that have the form.
    pub(crate) const fn bound(self) -> &'static str {
        match self {
            Self::Millis => "InMillis",
            Self::Iso8601 => "InIso8601",
            Self::Base64 => "InBase64",
            Self::Hex => "InHex",
        }
    }

    /// The runtime's methods that write a property in the form, without and with `null`.
    pub(crate) const fn methods(self) -> [&'static str; 2] {
        match self {
            Self::Millis => ["property_in_millis", "property_in_millis_or_null"],
            Self::Iso8601 => ["property_in_iso8601", "property_in_iso8601_or_null"],
            Self::Base64 => ["property_in_base64", "property_in_base64_or_null"],
            Self::Hex => ["property_in_hex", "property_in_hex_or_null"],
        }
    }
}

impl Form {
    /// The form that our argument sets, or else serde's function.
    pub(super) fn new(kind: Option<FormKind>, with: Option<TokenStream>) -> Self {
        match (kind, with) {
            (None | Some(FormKind::AsSerde), Some(function)) => Self::With(function),
            (None, None) => Self::Plain,
            (Some(FormKind::AsSerde), None) => Self::Serde,
            (Some(FormKind::String), _) => Self::String,
            (Some(FormKind::Millis), _) => Self::In(NamedForm::Millis),
            (Some(FormKind::Iso8601), _) => Self::In(NamedForm::Iso8601),
            (Some(FormKind::Base64), _) => Self::In(NamedForm::Base64),
            (Some(FormKind::Hex), _) => Self::In(NamedForm::Hex),
        }
    }
}
