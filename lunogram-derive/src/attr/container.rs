//! What is said of a whole struct, enum or variant.

use super::item::{Flag, Given, Text, items_of};
use super::words::Place;
use crate::errors::Errors;
use syn::{Attribute, LitStr};

/// The attributes of a struct or enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) common: Variant,
    pub(crate) user: Flag,
    pub(crate) organization: Flag,
    pub(crate) krate: Text,
    pub(crate) interval: Text,
    pub(crate) timezone: Text,
    pub(crate) locale: Text,
    pub(crate) occurred_at: Option<Given<Option<LitStr>>>,
    pub(crate) unplanned: Flag,
}

/// The attributes of a variant, which a struct may have too.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) name: Text,
    pub(crate) raw_name: Text,
    pub(crate) rename_all: Text,
    pub(crate) description: Text,
}

impl Container {
    pub(crate) fn read(attributes: &[Attribute], place: Place, errors: &Errors) -> Self {
        let mut read = Self::default();
        for item in items_of(attributes, place, errors) {
            match item.word.to_string().as_str() {
                "user" => read.user = Some(item.flag(errors)),
                "organization" => read.organization = Some(item.flag(errors)),
                "crate" => read.krate = item.text(errors),
                "interval" => read.interval = item.text(errors),
                "timezone" => read.timezone = item.text(errors),
                "locale" => read.locale = item.text(errors),
                "unplanned" => read.unplanned = Some(item.flag(errors)),
                "occurred_at" => read.occurred_at = Some(item.maybe_text(errors)),
                word => *read.common.slot(word) = item.text(errors),
            }
        }
        read
    }
}

impl Variant {
    pub(crate) fn read(attributes: &[Attribute], place: Place, errors: &Errors) -> Self {
        let mut read = Self::default();
        for item in items_of(attributes, place, errors) {
            let word = item.word.to_string();
            *read.slot(&word) = item.text(errors);
        }
        read
    }

    fn slot(&mut self, word: &str) -> &mut Text {
        match word {
            "name" => &mut self.name,
            "raw_name" => &mut self.raw_name,
            "rename_all" => &mut self.rename_all,
            _ => &mut self.description,
        }
    }
}
