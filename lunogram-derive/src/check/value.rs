//! Rules about the JSON of a type that derives `LunogramProperty`.

use super::field::property_name;
use crate::errors::Errors;
use crate::model::{Representation, Tagging, Value};

/// The names of fields and tags become keys in `data`. So do the names of variants with serde's
/// default representation; with the others they are texts, of which no longer one is of use.
pub(super) fn names(value: &Value<'_>, errors: &Errors) {
    fields(&value.representation, errors);
    let Representation::Enum(tagging, variants) = &value.representation else {
        return;
    };
    let tags: &[&String] = match tagging {
        Tagging::External | Tagging::Untagged => &[],
        Tagging::Internal(tag) => &[tag],
        Tagging::Adjacent(tag, content) => &[tag, content],
    };
    for tag in tags {
        property_name(tag, value.ident.span(), errors);
    }
    for variant in variants {
        if !matches!(tagging, Tagging::Untagged) {
            property_name(&variant.name, variant.ident.span(), errors);
        }
        fields(&variant.representation, errors);
    }
}

fn fields(representation: &Representation<'_>, errors: &Errors) {
    if let Representation::Object(fields) = representation {
        for field in fields.iter().filter(|field| !field.flattened) {
            property_name(&field.key, field.span, errors);
        }
    }
}
