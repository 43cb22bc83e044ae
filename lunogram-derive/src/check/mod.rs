//! What may not be, each rule one function with its reason. Every mistake is found, not the first.

mod field;
mod names;
pub(crate) mod plan;
mod schedule;
mod subject;

use crate::attr::Text;
use crate::errors::Errors;
use crate::model::{Derive, Model, Shape, Value};

/// Checks everything that the model alone can tell.
pub(crate) fn all(model: &Model<'_>, errors: &Errors) {
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
    names::occurred_at(model, errors);
    match (&model.shape, model.derive) {
        (Shape::Enum(variants), _) => subject::mixed(variants, errors),
        (Shape::Struct(_), Derive::Event) | (Shape::Nothing, _) => {}
        (Shape::Struct(payload), derive) => subject::required(payload, derive, errors),
    }
    if let (Shape::Struct(payload), Derive::Schedule) = (&model.shape, model.derive) {
        schedule::timing(model, payload, errors);
    }
}

/// Checks everything that a nested type alone can tell.
pub(crate) fn nested(value: &Value<'_>, errors: &Errors) {
    container(&value.attributes.common, errors);
    let (name, at) = value.name();
    // References in the plan are made of it.
    if name.is_empty()
        || !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    {
        errors.at(
            at,
            format!("the tracking plan cannot refer to a type of the name `{name}`; write letters of a to z, digits and underscores: `name = \"…\"`"),
        );
    }
}

/// What every struct, enum and variant may say.
fn container(attributes: &crate::attr::Variant, errors: &Errors) {
    description(&attributes.description, errors);
}

/// A description is for people who read the plan: an empty one tells them nothing.
fn description(description: &Text, errors: &Errors) {
    if let Some(given) = description
        && given.value.value().trim().is_empty()
    {
        errors.at(
            given.value.span(),
            "empty `description`; say what it is, or take it out",
        );
    }
}
