//! Attributes on a struct, enum or variant.

use super::arg::{Flag, Spanned, StrArg, args_of};
use super::placement::Placement;
use crate::errors::Errors;
use syn::{Attribute, LitStr};

/// The attributes of a struct or enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) common: Variant,
    pub(crate) user: Flag,
    pub(crate) organization: Flag,
    pub(crate) krate: StrArg,
    pub(crate) interval: StrArg,
    pub(crate) timezone: StrArg,
    pub(crate) locale: StrArg,
    pub(crate) occurred_at: Option<Spanned<Option<LitStr>>>,
    pub(crate) event_id: Option<Spanned<Option<LitStr>>>,
    pub(crate) unplanned: Flag,
    pub(crate) as_serde: Flag,
}

/// The attributes of a variant. A struct accepts them, too.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) name: StrArg,
    pub(crate) raw_name: StrArg,
    pub(crate) rename_all: StrArg,
    pub(crate) description: StrArg,
}

impl Container {
    pub(crate) fn read(attributes: &[Attribute], placement: Placement, errors: &Errors) -> Self {
        let mut read = Self::default();
        for arg in args_of(attributes, placement, errors) {
            match arg.name.to_string().as_str() {
                "user" => read.user = Some(arg.flag(errors)),
                "organization" => read.organization = Some(arg.flag(errors)),
                "crate" => read.krate = arg.string(errors),
                "interval" => read.interval = arg.string(errors),
                "timezone" => read.timezone = arg.string(errors),
                "locale" => read.locale = arg.string(errors),
                "unplanned" => read.unplanned = Some(arg.flag(errors)),
                "as_serde" => read.as_serde = Some(arg.flag(errors)),
                "occurred_at" => read.occurred_at = Some(arg.optional_string(errors)),
                "event_id" => read.event_id = Some(arg.optional_string(errors)),
                name => *read.common.slot(name) = arg.string(errors),
            }
        }
        read
    }
}

impl Variant {
    pub(crate) fn read(attributes: &[Attribute], placement: Placement, errors: &Errors) -> Self {
        let mut read = Self::default();
        for arg in args_of(attributes, placement, errors) {
            let name = arg.name.to_string();
            *read.slot(&name) = arg.string(errors);
        }
        read
    }

    fn slot(&mut self, name: &str) -> &mut StrArg {
        match name {
            "name" => &mut self.name,
            "raw_name" => &mut self.raw_name,
            "rename_all" => &mut self.rename_all,
            _ => &mut self.description,
        }
    }
}
