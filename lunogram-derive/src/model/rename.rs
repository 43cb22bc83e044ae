//! Renaming of fields by `rename_all`.

use crate::attr::{self, SerdeContainer, SerdeField, Spanned};
use crate::case::{CASES, Case};
use crate::errors::Errors;
use lunogram_rules::suggest;
use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Attribute, LitStr};

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
        attrs: &[Attribute],
        errors: &Errors,
    ) -> Self {
        Self::new(attributes, SerdeContainer::read(attrs).rename_all, errors)
    }

    /// The rules that an enum sets for the fields of its variants. Serde's `rename_all` on an enum
    /// renames the variants, but their event names come from our attributes only.
    pub(super) fn of_enum(
        attributes: &attr::Variant,
        attrs: &[Attribute],
        errors: &Errors,
    ) -> Self {
        let serde = SerdeContainer::read(attrs).rename_all_fields;
        Self::new(attributes, serde, errors)
    }

    fn new(attributes: &attr::Variant, serde: Option<Case>, errors: &Errors) -> Self {
        Self {
            lunogram: case(attributes.rename_all.as_ref(), errors),
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

/// The naming convention in a `#[lunogram(rename_all = "…")]`.
fn case(rename_all: Option<&Spanned<LitStr>>, errors: &Errors) -> Option<Case> {
    let arg = rename_all?;
    let name = arg.value.value();
    let case = Case::from_name(&name);
    if case.is_none() {
        let names = CASES.map(|(name, _)| name);
        let advice = match suggest::nearest(&name, names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("write one of `{}`", names.join("`, `")),
        };
        errors.at(arg.value.span(), format!("unknown case `{name}`; {advice}"));
    }
    case
}
