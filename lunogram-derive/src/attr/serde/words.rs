//! Every argument of serde's attribute, and where it may stand.

use super::SerdeItem;
use super::value::Kind;
use crate::attr::placement::is_lunogram_argument;
use crate::errors::Errors;
use lunogram_rules::suggest;
use proc_macro2::Ident;

type Words = &'static [(&'static str, Kind)];

/// On a struct or enum.
const CONTAINER: Words = &[
    ("rename", Kind::Names),
    ("rename_all", Kind::Cases),
    ("bound", Kind::Bounds),
    ("crate", Kind::Path),
    ("default", Kind::OptionalPath),
    ("deny_unknown_fields", Kind::Flag),
    ("expecting", Kind::Text),
    ("from", Kind::Type),
    ("into", Kind::Type),
    ("remote", Kind::Path),
    ("tag", Kind::Text),
    ("transparent", Kind::Flag),
    ("try_from", Kind::Type),
];

/// On an enum only.
const ENUM: Words = &[
    ("rename_all_fields", Kind::Cases),
    ("content", Kind::Text),
    ("untagged", Kind::Flag),
    ("field_identifier", Kind::Flag),
    ("variant_identifier", Kind::Flag),
];

const VARIANT: Words = &[
    ("rename", Kind::Names),
    ("rename_all", Kind::Cases),
    ("alias", Kind::Text),
    ("borrow", Kind::OptionalText),
    ("bound", Kind::Bounds),
    ("deserialize_with", Kind::Path),
    ("other", Kind::Flag),
    ("serialize_with", Kind::Path),
    ("skip", Kind::Flag),
    ("skip_deserializing", Kind::Flag),
    ("skip_serializing", Kind::Flag),
    ("untagged", Kind::Flag),
    ("with", Kind::Path),
];

const FIELD: Words = &[
    ("rename", Kind::Names),
    ("alias", Kind::Text),
    ("borrow", Kind::OptionalText),
    ("bound", Kind::Bounds),
    ("default", Kind::OptionalPath),
    ("deserialize_with", Kind::Path),
    ("flatten", Kind::Flag),
    ("getter", Kind::Path),
    ("serialize_with", Kind::Path),
    ("skip", Kind::Flag),
    ("skip_deserializing", Kind::Flag),
    ("skip_serializing", Kind::Flag),
    ("skip_serializing_if", Kind::Function),
    ("with", Kind::Path),
];

/// The places of arguments, as the end of a sentence about a misplaced one. Of several places, the
/// first is named.
const PLACES: &[(&str, Words)] = &[
    ("on a struct or enum", CONTAINER),
    ("on a field", FIELD),
    ("on a variant", VARIANT),
    ("on an enum", ENUM),
];

/// The arguments that may stand on the item.
const fn words(item: SerdeItem) -> [Words; 2] {
    match item {
        SerdeItem::Struct => [CONTAINER, &[]],
        SerdeItem::Enum => [CONTAINER, ENUM],
        SerdeItem::Variant => [VARIANT, &[]],
        SerdeItem::Field => [FIELD, &[]],
    }
}

/// An argument that may stand on the item, as an example in messages.
pub(super) const fn example(item: SerdeItem) -> &'static str {
    match item {
        SerdeItem::Struct | SerdeItem::Enum => "rename_all = \"…\"",
        SerdeItem::Variant | SerdeItem::Field => "rename = \"…\"",
    }
}

/// The kind of value that the argument takes. Reports an argument that serde does not have on this
/// item.
pub(super) fn kind(item: SerdeItem, arg: &Ident, errors: &Errors) -> Option<Kind> {
    let name = arg.to_string();
    let known = || words(item).into_iter().flatten();
    if let Some((_, kind)) = known().find(|(word, _)| *word == name) {
        return Some(*kind);
    }
    let place = PLACES
        .iter()
        .find(|(_, words)| words.iter().any(|(word, _)| *word == name));
    let message = if let Some((place, _)) = place {
        format!("`{name}` belongs {place}; move it there, or remove it")
    } else if let Some(nearest) = suggest::nearest(&name, known().map(|(word, _)| *word)) {
        format!("unknown serde attribute `{name}`; did you mean `{nearest}`?")
    } else if is_lunogram_argument(&name) {
        format!("`{name}` is an attribute of lunogram; write it in `#[lunogram(…)]`")
    } else {
        let known: Vec<String> = known().map(|(word, _)| format!("`{word}`")).collect();
        format!(
            "unknown serde attribute `{name}`; write one of {}",
            known.join(", ")
        )
    };
    errors.at(arg.span(), message);
    None
}
