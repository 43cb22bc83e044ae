//! Renaming of fields by `rename_all`.

use crate::attr::{self, SerdeContainer, SerdeField};
use crate::case::Case;
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::ext::IdentExt as _;

/// How fields without a `rename` are named on the wire.
#[derive(Clone, Copy)]
pub(super) struct RenameRules {
    lunogram: Option<Case>,
    serde: Option<Case>,
}

impl RenameRules {
    /// The rules that a struct or variant sets for its fields.
    pub(super) fn of_fields(
        attributes: &attr::Variant,
        serde: &SerdeContainer,
        errors: &Errors,
    ) -> Self {
        Self::new(attributes, serde.case(), errors)
    }

    /// The rules that an enum sets for the fields of its variants. Serde's `rename_all` on an enum
    /// renames the variants, but their event names come from our attributes only.
    pub(super) fn of_enum(
        attributes: &attr::Variant,
        serde: &SerdeContainer,
        errors: &Errors,
    ) -> Self {
        Self::new(attributes, serde.rename_all_fields, errors)
    }

    fn new(attributes: &attr::Variant, serde: Option<Case>, errors: &Errors) -> Self {
        Self {
            lunogram: attributes
                .rename_all
                .as_ref()
                .and_then(|arg| Case::parse(&arg.value, errors)),
            serde,
        }
    }

    /// These rules of a variant, completed by those of its enum.
    pub(super) fn or(self, container: Self) -> Self {
        match (self.lunogram, self.serde) {
            (None, None) => container,
            _ => Self {
                lunogram: self.lunogram,
                serde: self.serde.or(container.serde),
            },
        }
    }

    /// The name of the property for a field.
    pub(super) fn property_name(self, ident: &Ident) -> String {
        convert(ident, self.lunogram.or(self.serde))
    }

    /// The name of a field in serde's derives. `None` if they skip or flatten the field.
    pub(super) fn serde_name(self, ident: &Ident, serde: &SerdeField) -> Option<String> {
        if serde.skip || serde.flatten {
            return None;
        }
        Some(match &serde.rename {
            Some(rename) => rename.value(),
            None => convert(ident, self.serde),
        })
    }
}

fn convert(ident: &Ident, case: Option<Case>) -> String {
    let name = ident.unraw().to_string();
    match case {
        Some(case) => case.apply(&name),
        None => name,
    }
}
