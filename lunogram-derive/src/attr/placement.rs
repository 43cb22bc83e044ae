//! Which arguments are allowed where, and the errors about misplaced and unknown ones.

use crate::errors::Errors;
use lunogram_rules::suggest;
use proc_macro2::Ident;

/// One of the four derives of an item that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Event,
    UserTraits,
    OrganizationTraits,
    Schedule,
}

impl Derive {
    /// The name of the macro, which is also the name of the trait.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event => "LunogramEvent",
            Self::UserTraits => "UserTraits",
            Self::OrganizationTraits => "OrganizationTraits",
            Self::Schedule => "Schedule",
        }
    }
}

/// The item that an attribute is on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placement {
    Struct(Derive),
    Enum,
    Variant,
    Field(Derive),
    /// A type that derives `LunogramProperty`.
    Property,
    /// A field or variant of such a type.
    InProperty,
    /// A type that derives `ExternalId`.
    ExternalId,
    /// A field of such a type.
    InExternalId,
}

/// The arguments of all events, traits and schedules.
const CONTAINER: &[&str] = &[
    "rename_all",
    "crate",
    "description",
    "unplanned",
    "as_serde",
];

/// The arguments on a field that all derives accept.
const FIELD: &[&str] = &[
    "external_id",
    "source",
    "rename",
    "skip",
    "flatten",
    "string",
    "millis",
    "iso8601",
    "base64",
    "hex",
    "as_serde",
    "null",
    "description",
];

/// Where each argument belongs, as the end of a sentence.
const BELONGS: &[(&str, &str)] = &[
    (
        "external_id",
        "on a field of an event, of traits or of a schedule",
    ),
    ("source", "on a field, beside `external_id`"),
    ("rename", "on a field"),
    ("skip", "on a field"),
    ("flatten", "on a field"),
    ("string", "on a field"),
    ("millis", "on a field with a duration"),
    ("iso8601", "on a field with a duration"),
    ("base64", "on a field with bytes"),
    ("hex", "on a field with bytes"),
    (
        "as_serde",
        "on an event, traits or a schedule, or on one of their fields",
    ),
    ("null", "on a field"),
    ("email", "on a `UserTraits` field"),
    ("phone", "on a `UserTraits` field"),
    ("timezone", "on a `UserTraits` struct or one of its fields"),
    ("locale", "on a `UserTraits` struct or one of its fields"),
    (
        "name",
        "on an event, a variant of an event, a schedule, a `LunogramProperty` type, or an `OrganizationTraits` field",
    ),
    (
        "raw_name",
        "on an event, a variant of an event, or a schedule",
    ),
    ("scheduled_at", "on a `Schedule` field"),
    ("start_at", "on a `Schedule` field"),
    ("interval", "on a `Schedule` struct or one of its fields"),
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
    ("event_id", "on the struct or enum of an event"),
    (
        "unplanned",
        "on the struct or enum of an event, on a schedule, or on traits",
    ),
    ("rename_all", "on a struct, an enum or a variant"),
    ("crate", "on the struct or enum itself"),
];

/// Arguments that exist in serde's attribute only.
const SERDE_ONLY: &[&str] = &[
    "skip_serializing",
    "skip_serializing_if",
    "serialize_with",
    "with",
    "rename_all_fields",
];

/// Whether `#[lunogram(…)]` has this argument somewhere.
pub(super) fn is_lunogram_argument(name: &str) -> bool {
    name == "description" || BELONGS.iter().any(|(known, _)| *known == name)
}

impl Placement {
    /// The arguments that are allowed here.
    pub(super) const fn names(self) -> [&'static [&'static str]; 2] {
        match self {
            Self::Struct(Derive::Event) => [
                &[
                    "name",
                    "raw_name",
                    "organization",
                    "user",
                    "occurred_at",
                    "event_id",
                ],
                CONTAINER,
            ],
            Self::Struct(Derive::UserTraits) => [&["timezone", "locale"], CONTAINER],
            Self::Struct(Derive::OrganizationTraits) => [&[], CONTAINER],
            Self::Struct(Derive::Schedule) => [
                &["name", "raw_name", "organization", "user", "interval"],
                CONTAINER,
            ],
            Self::Enum => [
                &["organization", "user", "occurred_at", "event_id"],
                CONTAINER,
            ],
            Self::Variant => [&["name", "raw_name"], &["rename_all", "description"]],
            Self::Field(Derive::Event) => [FIELD, &[]],
            Self::Field(Derive::UserTraits) => [FIELD, &["email", "phone", "timezone", "locale"]],
            Self::Field(Derive::OrganizationTraits) => [FIELD, &["name"]],
            Self::Field(Derive::Schedule) => {
                [FIELD, &["scheduled_at", "start_at", "interval", "id"]]
            }
            Self::Property => [&["name", "crate", "description"], &[]],
            Self::InProperty => [&["description"], &[]],
            Self::ExternalId => [&["crate"], &[]],
            Self::InExternalId => [&["skip"], &[]],
        }
    }

    /// An argument that is allowed here, as an example in messages.
    pub(super) const fn example(self) -> &'static str {
        match self {
            Self::Struct(Derive::Event | Derive::Schedule) | Self::Variant | Self::Property => {
                "name = \"…\""
            }
            Self::InProperty => "description = \"…\"",
            Self::Enum => "organization",
            Self::Struct(Derive::UserTraits | Derive::OrganizationTraits) => "rename_all = \"…\"",
            Self::Field(_) => "external_id",
            Self::ExternalId => "crate = \"…\"",
            Self::InExternalId => "skip",
        }
    }

    /// Whether the argument is allowed here. Reports it if it is not.
    pub(super) fn accepts(self, arg: &Ident, errors: &Errors) -> bool {
        let name = arg.to_string();
        let mut known = self.names().into_iter().flatten().copied();
        if known.any(|known| known == name) {
            return true;
        }
        let message = self
            .misplaced(&name)
            .unwrap_or_else(|| self.unknown(&name, errors));
        errors.at(arg.span(), message);
        false
    }

    fn misplaced(self, name: &str) -> Option<String> {
        if SERDE_ONLY.contains(&name) {
            let value = if name == "skip_serializing" {
                ""
            } else {
                " = \"…\""
            };
            return Some(format!(
                "`{name}` is an attribute of serde; write `#[serde({name}{value})]`, which the derive honours"
            ));
        }
        let (_, belongs) = BELONGS.iter().find(|(known, _)| *known == name)?;
        let advice = match (self, name) {
            (Self::Enum, "name" | "raw_name") => {
                "in an enum of events, each variant has its own name, so put it on the variants"
            }
            (Self::Property | Self::InProperty, name) if name != "unplanned" => {
                "serde serializes this type, so use the attributes of serde"
            }
            (Self::ExternalId | Self::InExternalId, "external_id") => {
                "the derive makes the only field the external id, so remove it"
            }
            (Self::ExternalId | Self::InExternalId, "source") => {
                "an id of this type can have any source, so set it on the fields that use the type: `external_id, source = \"…\"`"
            }
            (Self::Field(_), "name") => "to name a property, write `rename = \"…\"`",
            (Self::Field(_), "rename_all" | "raw_name") => {
                "to name this one property, write `rename = \"…\"`"
            }
            (Self::Struct(Derive::Event | Derive::Schedule) | Self::Variant, "rename") => {
                "to name the event or schedule, write `name = \"…\"`"
            }
            (Self::Field(_), "occurred_at") => {
                "a field with a time is a property like any other, so remove it"
            }
            (Self::Struct(_), "occurred_at") => {
                "only events have a time at which they occurred, so remove it"
            }
            (Self::Field(_), "event_id") => {
                "a field with an id is a property like any other, so remove it"
            }
            (Self::Struct(_), "event_id") => "the client gives ids only to events, so remove it",
            (Self::Field(Derive::Event), "email" | "phone" | "timezone" | "locale") => {
                "an event has only identifiers and properties, so remove it"
            }
            (Self::Field(Derive::Event), "id") => {
                "to identify the subject, write `external_id`; to give the event an id, write `event_id` on the struct"
            }
            (Self::Field(_), "id") => "to identify the subject, write `external_id`",
            (Self::Field(Derive::Event), "scheduled_at" | "start_at" | "interval") => {
                "an event occurs when it is sent, so remove it"
            }
            (Self::Struct(Derive::UserTraits), "user" | "organization") => {
                "`UserTraits` always belong to a user, so remove it"
            }
            (Self::Struct(Derive::OrganizationTraits), "user" | "organization") => {
                "`OrganizationTraits` always belong to an organization, so remove it"
            }
            (
                Self::Struct(Derive::UserTraits | Derive::OrganizationTraits),
                "name" | "raw_name",
            ) => "traits are sent without a name, so remove it",
            _ => "move it there, or remove it",
        };
        Some(format!("`{name}` belongs {belongs}; {advice}"))
    }

    fn unknown(self, name: &str, errors: &Errors) -> String {
        let known = || self.names().into_iter().flatten().copied();
        if let Some(nearest) = suggest::nearest(name, known()) {
            errors.presume(nearest);
            return format!("unknown attribute `{name}`; did you mean `{nearest}`?");
        }
        let known: Vec<String> = known().map(|name| format!("`{name}`")).collect();
        format!(
            "unknown attribute `{name}`; write one of {}",
            known.join(", ")
        )
    }
}
