//! The fields by the names that serde gives them, for the runtime's `KEYS`.

use super::listed;
use crate::attr::RoleKind;
use crate::model::{Field, Meaning, Payload};

/// The fields that serde's derives write or read, each followed, where that is not in the property of its name, by where it
/// is in what is sent: `@` and the source of the identifier, or `=` and the name of the property.
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
