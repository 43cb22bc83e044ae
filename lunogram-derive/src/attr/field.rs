//! What is said of a field.

use super::item::{Flag, Text, items_of};
use super::words::Place;
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::{Attribute, LitStr};

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) role: Option<Role>,
    pub(crate) source: Text,
    pub(crate) rename: Text,
    pub(crate) skip: Flag,
    pub(crate) flatten: Flag,
    pub(crate) string: Flag,
    pub(crate) null: Flag,
    pub(crate) description: Text,
}

/// A place of its own that a field's value has in the payload, beside the properties.
pub(crate) struct Role {
    pub(crate) kind: RoleKind,
    pub(crate) word: Ident,
    /// What stands there when the field has no value.
    pub(crate) default: Option<LitStr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RoleKind {
    ExternalId,
    Email,
    Phone,
    Timezone,
    Locale,
    Name,
    ScheduledAt,
    StartAt,
    Interval,
    Id,
}

impl RoleKind {
    /// The attribute, which is also the key on the wire.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Timezone => "timezone",
            Self::Locale => "locale",
            Self::Name => "name",
            Self::ScheduledAt => "scheduled_at",
            Self::StartAt => "start_at",
            Self::Interval => "interval",
            Self::Id => "id",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [
            Self::ExternalId,
            Self::Email,
            Self::Phone,
            Self::Timezone,
            Self::Locale,
            Self::Name,
            Self::ScheduledAt,
            Self::StartAt,
            Self::Interval,
            Self::Id,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }
}

impl Field {
    pub(crate) fn read(attributes: &[Attribute], place: Place, errors: &Errors) -> Self {
        let mut read = Self::default();
        for item in items_of(attributes, place, errors) {
            match item.word.to_string().as_str() {
                "source" => read.source = item.text(errors),
                "rename" => read.rename = item.text(errors),
                "skip" => read.skip = Some(item.flag(errors)),
                "flatten" => read.flatten = Some(item.flag(errors)),
                "string" => read.string = Some(item.flag(errors)),
                "null" => read.null = Some(item.flag(errors)),
                "description" => read.description = item.text(errors),
                word => {
                    let Some(kind) = RoleKind::from_word(word) else {
                        continue;
                    };
                    let (word, default) = match kind {
                        RoleKind::Timezone | RoleKind::Locale => {
                            let given = item.maybe_text(errors);
                            (given.word, given.value)
                        }
                        _ => (item.flag(errors), None),
                    };
                    read.take_role(
                        Role {
                            kind,
                            word,
                            default,
                        },
                        errors,
                    );
                }
            }
        }
        read
    }

    /// A field has one place in the payload: with two, one of them would surprise.
    fn take_role(&mut self, role: Role, errors: &Errors) {
        if let Some(taken) = &self.role {
            let (word, taken) = (&role.word, &taken.word);
            errors.at(
                word.span(),
                format!("this field is the `{taken}` already; put `{word}` on a field of its own"),
            );
            errors.presume(word.to_string());
        } else {
            self.role = Some(role);
        }
    }
}
