//! Arguments of serde's that change what serde sends in a way that the derives do not follow.

use super::SerdeItem;
use crate::attr::placement::Derive;

/// Why an item with this derive cannot have the argument, and what to do instead. `None` if the
/// argument is honoured, or concerns only `Deserialize`.
pub(super) fn reason(item: SerdeItem, derive: Derive, word: &str) -> Option<String> {
    let trait_name = derive.name();
    let reason = match (item, word) {
        (SerdeItem::Struct | SerdeItem::Enum, "into") => format!(
            "the derive sends the fields of this type; remove it, and derive `{trait_name}` for the type that it names"
        ),
        (SerdeItem::Struct | SerdeItem::Enum, "remote") => {
            "the derive is for the type that it is on; remove it, and copy the values of the other type into this one"
                .to_owned()
        }
        (SerdeItem::Struct | SerdeItem::Enum, "transparent") => {
            "each field is sent under its name; remove it, and write `#[lunogram(flatten)]` on the field whose entries are the properties"
                .to_owned()
        }
        (SerdeItem::Struct, "tag") => {
            let tagged = match derive {
                Derive::Event => "an event is sent under its name, without a tag",
                Derive::Schedule => "a schedule is sent under its name, without a tag",
                Derive::UserTraits | Derive::OrganizationTraits => "traits are sent without a tag",
            };
            format!("{tagged}; remove it, or add a field with the value of the tag")
        }
        (SerdeItem::Enum, "tag" | "content" | "untagged") | (SerdeItem::Variant, "untagged") => {
            "each variant is an event that is sent under its name, without a tag; remove it"
                .to_owned()
        }
        (SerdeItem::Variant, "skip" | "skip_serializing") => {
            "each variant is an event that can be sent; remove it, or move the variant to another enum"
                .to_owned()
        }
        (SerdeItem::Variant, "with" | "serialize_with") => {
            "the fields of the variant are the properties of its event; remove it, and write it on the fields"
                .to_owned()
        }
        (SerdeItem::Field, "getter") => {
            "the derive reads the field itself; remove it".to_owned()
        }
        _ => return None,
    };
    Some(format!("`{word}` is not honoured: {reason}"))
}
