//! Attributes on a field.

use super::arg::{Flag, StrArg, args_of};
use super::placement::Placement;
use crate::errors::Errors;
use proc_macro2::Ident;
use syn::{Attribute, LitStr};

/// The attributes of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) role: Option<Role>,
    pub(crate) source: StrArg,
    pub(crate) rename: StrArg,
    pub(crate) skip: Flag,
    pub(crate) flatten: Flag,
    pub(crate) form: Option<FormArg>,
    pub(crate) null: Flag,
    pub(crate) description: StrArg,
}

/// An argument for the form in which the value is sent.
pub(crate) struct FormArg {
    pub(crate) kind: FormKind,
    /// The argument that sets the form.
    pub(crate) name: Ident,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormKind {
    String,
    Millis,
    Iso8601,
    Base64,
    Hex,
    AsSerde,
}

impl FormKind {
    fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::String,
            "millis" => Self::Millis,
            "iso8601" => Self::Iso8601,
            "base64" => Self::Base64,
            "hex" => Self::Hex,
            "as_serde" => Self::AsSerde,
            _ => return None,
        })
    }
}

/// The role of a field whose value is sent outside `data`, such as `external_id`.
pub(crate) struct Role {
    pub(crate) kind: RoleKind,
    /// The argument that sets the role.
    pub(crate) name: Ident,
    /// The value to send if the field has no value.
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
    /// The name of the argument, which is also the key on the wire.
    pub(crate) const fn name(self) -> &'static str {
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

    fn from_name(name: &str) -> Option<Self> {
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
        .find(|kind| kind.name() == name)
    }
}

impl Field {
    pub(crate) fn read(attributes: &[Attribute], placement: Placement, errors: &Errors) -> Self {
        let mut read = Self::default();
        for arg in args_of(attributes, placement, errors) {
            match arg.name.to_string().as_str() {
                "source" => read.source = arg.string(errors),
                "rename" => read.rename = arg.string(errors),
                "skip" => read.skip = Some(arg.flag(errors)),
                "flatten" => read.flatten = Some(arg.flag(errors)),
                "null" => read.null = Some(arg.flag(errors)),
                "description" => read.description = arg.string(errors),
                name => {
                    if let Some(kind) = FormKind::from_name(name) {
                        let name = arg.flag(errors);
                        read.form = Some(FormArg { kind, name });
                        continue;
                    }
                    let Some(kind) = RoleKind::from_name(name) else {
                        continue;
                    };
                    let (name, default) = match kind {
                        RoleKind::Timezone | RoleKind::Locale => {
                            let arg = arg.optional_string(errors);
                            (arg.name, arg.value)
                        }
                        _ => (arg.flag(errors), None),
                    };
                    read.take_role(
                        Role {
                            kind,
                            name,
                            default,
                        },
                        errors,
                    );
                }
            }
        }
        read
    }

    /// Sets the role. A field can have one: its value is sent in one place of the payload.
    fn take_role(&mut self, role: Role, errors: &Errors) {
        if let Some(taken) = &self.role {
            let (name, taken) = (&role.name, &taken.name);
            errors.at(
                name.span(),
                format!("this field already has the role `{taken}`; put `{name}` on another field"),
            );
            errors.presume(name.to_string());
        } else {
            self.role = Some(role);
        }
    }
}
