//! The names of fields in serde's derives, for the runtime's constant `KEYS`.

use super::listed;
use crate::attr::RoleKind;
use crate::model::{Field, Meaning, Payload};

/// The names of the fields in serde's derives. A name is followed by `@` and its source if the
/// field is an identifier, or by `=` and the name of the property if this is another name.
pub(super) fn keys(payload: &Payload<'_>) -> String {
    let keys: Vec<String> = payload.fields.iter().filter_map(key).collect();
    listed(keys.iter().map(String::as_str))
}

fn key(field: &Field<'_>) -> Option<String> {
    let name = field.serde_key.as_ref()?;
    Some(match &field.meaning {
        Meaning::Role(RoleKind::ExternalId) => format!("{name}\u{1e}@{}", field.source()),
        Meaning::Property(property) if property.key.text != *name => {
            format!("{name}\u{1e}={}", property.key.text)
        }
        _ => name.clone(),
    })
}
