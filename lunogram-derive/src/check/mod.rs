//! Validation rules: one function per rule, with the reason in its doc comment. All mistakes are
//! reported, not only the first.

mod field;
mod names;
mod newtype;
mod schedule;
mod subject;
mod value;

pub(crate) use names::event_name;
pub(crate) use newtype::external_id;

use crate::attr::{Derive, StrArg, Variant};
use crate::errors::Errors;
use crate::model::{Model, Shape, Value};

/// Checks an item with a derive of payloads.
pub(crate) fn payloads(model: &Model<'_>, errors: &Errors) {
    for payload in model.payloads() {
        for field in &payload.fields {
            field::combinations(field, errors);
            field::literals(field, errors);
        }
        names::properties(payload, errors);
        subject::roles(payload, errors);
        subject::sources(payload, errors);
        if let Some(attributes) = &payload.attributes {
            container(attributes, errors);
        }
    }
    container(&model.attributes.common, errors);
    subject::fixed_columns(model, errors);
    names::payloads(model, errors);
    names::serde_names(model, errors);
    names::added(model, errors);
    match (&model.shape, model.derive) {
        (Shape::Enum(variants), _) => subject::mixed(variants, errors),
        (Shape::Struct(_), Derive::Event) | (Shape::Invalid, _) => {}
        (Shape::Struct(payload), _) => subject::required(model, payload, errors),
    }
    if let (Shape::Struct(payload), Derive::Schedule) = (&model.shape, model.derive) {
        schedule::timing(model, payload, errors);
    }
}

/// Checks a type that derives `LunogramProperty`.
pub(crate) fn property(value: &Value<'_>, errors: &Errors) {
    container(&value.attributes.common, errors);
    value::names(value, errors);
    let (name, at) = value.name();
    // The name becomes part of `$ref` URIs in the plan.
    if name.is_empty()
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        errors.at(
            at,
            format!("the tracking plan cannot refer to a type named `{name}`; use only ASCII letters, digits and underscores: `name = \"…\"`"),
        );
    }
}

/// Attributes that every struct, enum and variant accepts.
fn container(attributes: &Variant, errors: &Errors) {
    description(&attributes.description, errors);
}

/// A description is for readers of the plan, so an empty one is a mistake.
fn description(description: &StrArg, errors: &Errors) {
    if let Some(arg) = description
        && arg.value.value().trim().is_empty()
    {
        errors.at(
            arg.value.span(),
            "empty `description`; write a description, or remove it",
        );
    }
}
