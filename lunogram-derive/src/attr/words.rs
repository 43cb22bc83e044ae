//! Which word may stand where, and what to say of one that may not.

use crate::errors::Errors;
use crate::model::Derive;
use lunogram_rules::suggest;
use proc_macro2::Ident;

/// What an attribute stands on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Struct(Derive),
    Enum,
    Variant,
    Field(Derive),
    /// A type that is a property's.
    Nested,
    /// A field or variant of one, which serde writes.
    InNested,
}

/// The words of every field, whatever is derived.
const FIELD: &[&str] = &[
    "external_id",
    "source",
    "rename",
    "skip",
    "flatten",
    "string",
    "null",
    "description",
];

/// Where each word belongs, as the end of a sentence.
const BELONGS: &[(&str, &str)] = &[
    ("external_id", "on a field"),
    ("source", "on a field, beside `external_id`"),
    ("rename", "on a field"),
    ("skip", "on a field"),
    ("flatten", "on a field"),
    ("string", "on a field"),
    ("null", "on a field"),
    ("email", "on a `UserTraits` field"),
    ("phone", "on a `UserTraits` field"),
    ("timezone", "on a `UserTraits` struct or a field of it"),
    ("locale", "on a `UserTraits` struct or a field of it"),
    (
        "name",
        "on an event, an event's variant, a schedule, a `LunogramProperty` type, or an `OrganizationTraits` field",
    ),
    ("raw_name", "on an event, an event's variant or a schedule"),
    ("scheduled_at", "on a `Schedule` field"),
    ("start_at", "on a `Schedule` field"),
    ("interval", "on a `Schedule` struct or a field of it"),
    ("id", "on a `Schedule` field"),
    (
        "organization",
        "on the struct or enum of an event, or on a schedule",
    ),
    (
        "user",
        "on the struct or enum of an event, or on a schedule",
    ),
    ("occurred_at", "on the struct or enum of an event"),
    (
        "unplanned",
        "on the struct or enum of an event, on a schedule, or on traits",
    ),
    ("rename_all", "on a struct, an enum or a variant"),
    ("crate", "on the struct or enum itself"),
];

/// What only serde's own attribute can say.
const SERDES: &[&str] = &[
    "skip_serializing",
    "skip_serializing_if",
    "serialize_with",
    "with",
    "rename_all_fields",
];

impl Place {
    /// The words that may stand here.
    pub(super) const fn words(self) -> [&'static [&'static str]; 2] {
        match self {
            Self::Struct(Derive::Event) => [
                &["name", "raw_name", "organization", "user", "occurred_at"],
                &["rename_all", "crate", "description", "unplanned"],
            ],
            Self::Struct(Derive::UserTraits) => [
                &["timezone", "locale"],
                &["rename_all", "crate", "description", "unplanned"],
            ],
            Self::Struct(Derive::OrganizationTraits) => {
                [&[], &["rename_all", "crate", "description", "unplanned"]]
            }
            Self::Struct(Derive::Schedule) => [
                &["name", "raw_name", "organization", "user", "interval"],
                &["rename_all", "crate", "description", "unplanned"],
            ],
            Self::Enum => [
                &["organization", "user", "occurred_at"],
                &["rename_all", "crate", "description", "unplanned"],
            ],
            Self::Variant => [&["name", "raw_name"], &["rename_all", "description"]],
            Self::Field(Derive::Event) => [FIELD, &[]],
            Self::Field(Derive::UserTraits) => [FIELD, &["email", "phone", "timezone", "locale"]],
            Self::Field(Derive::OrganizationTraits) => [FIELD, &["name"]],
            Self::Field(Derive::Schedule) => {
                [FIELD, &["scheduled_at", "start_at", "interval", "id"]]
            }
            Self::Nested => [&["name", "crate", "description"], &[]],
            Self::InNested => [&["description"], &[]],
        }
    }

    /// An attribute that may stand here, to be copied.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Struct(Derive::Event | Derive::Schedule) | Self::Variant | Self::Nested => {
                "name = \"…\""
            }
            Self::InNested => "description = \"…\"",
            Self::Enum => "organization",
            Self::Struct(Derive::UserTraits | Derive::OrganizationTraits) => "rename_all = \"…\"",
            Self::Field(_) => "external_id",
        }
    }

    /// Whether `word` may stand here; if not, that is reported.
    pub(super) fn accepts(self, word: &Ident, errors: &Errors) -> bool {
        let spelt = word.to_string();
        let mut known = self.words().into_iter().flatten().copied();
        if known.any(|known| known == spelt) {
            return true;
        }
        let message = self
            .misplaced(&spelt)
            .unwrap_or_else(|| self.unknown(&spelt, errors));
        errors.at(word.span(), message);
        false
    }

    fn misplaced(self, word: &str) -> Option<String> {
        if SERDES.contains(&word) {
            return Some(format!(
                "`{word}` is serde's; write it as a `#[serde({word} = \"…\")]`, which is honoured"
            ));
        }
        let (_, belongs) = BELONGS.iter().find(|(known, _)| *known == word)?;
        let instead = match (self, word) {
            (Self::Enum, "name" | "raw_name") => {
                "an enum of events has no name of its own; put it on the variants"
            }
            (Self::Nested | Self::InNested, word) if word != "unplanned" => {
                "serde writes this type, so that serde's own attributes say what it looks like"
            }
            (Self::Field(_), "name") => "to name a property, write `rename = \"…\"`",
            (Self::Field(_), "rename_all" | "raw_name") => {
                "to name this one property, write `rename = \"…\"`"
            }
            (Self::Struct(Derive::Event | Derive::Schedule) | Self::Variant, "rename") => {
                "to name the whole, write `name = \"…\"`"
            }
            (Self::Field(_), "occurred_at") => {
                "a field that says when it happened is a property like any other, so take it out"
            }
            (Self::Struct(_), "occurred_at") => {
                "only events happen at a moment of their own, so take it out"
            }
            (Self::Field(Derive::Event), "email" | "phone" | "timezone" | "locale") => {
                "an event has only identifiers and properties, so take it out"
            }
            (Self::Field(Derive::Event), "scheduled_at" | "start_at" | "interval") => {
                "an event happens when it is sent, so take it out"
            }
            (Self::Struct(Derive::UserTraits), "user" | "organization") => {
                "`UserTraits` are a user's as it is, so take it out"
            }
            (Self::Struct(Derive::OrganizationTraits), "user" | "organization") => {
                "`OrganizationTraits` are an organization's as it is, so take it out"
            }
            (
                Self::Struct(Derive::UserTraits | Derive::OrganizationTraits),
                "name" | "raw_name",
            ) => "traits are sent without a name, so take it out",
            _ => "move it there, or take it out",
        };
        Some(format!("`{word}` belongs {belongs}; {instead}"))
    }

    fn unknown(self, word: &str, errors: &Errors) -> String {
        let words = || self.words().into_iter().flatten().copied();
        if let Some(nearest) = suggest::nearest(word, words()) {
            errors.presume(nearest);
            return format!("unknown attribute `{word}`; did you mean `{nearest}`?");
        }
        let words = words().map(|word| format!("`{word}`")).collect::<Vec<_>>();
        format!(
            "unknown attribute `{word}`; write one of {}",
            words.join(", ")
        )
    }
}
