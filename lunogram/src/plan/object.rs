//! Schemas of objects, including the properties that flattened fields add.

use super::collected::Collected;
use super::json::Json;
use super::model::{DESCRIPTION, REFERENCE, properties};
use lunogram_rules::plan::Section;
use std::collections::BTreeMap;

/// The collected types, with the nested ones by name: a flattened field adds their properties.
pub(super) struct Objects<'t> {
    nested: BTreeMap<&'t str, &'t Collected>,
}

/// The schema of an object while its properties are being added.
#[derive(Default)]
struct Object {
    /// By key: the schema, and whether the property is required.
    properties: BTreeMap<String, (Json, bool)>,
    /// The schema of further properties, if there may be any.
    additional: Option<Json>,
}

/// Ends the recursion for types that flatten each other; no real type is nested as deeply.
const MAX_DEPTH: usize = 16;

impl<'t> Objects<'t> {
    pub(super) fn new(collected: &'t [Collected]) -> Self {
        let nested = collected
            .iter()
            .filter(|one| one.section == Section::Definitions);
        Self {
            nested: nested.map(|one| (one.name.as_str(), one)).collect(),
        }
    }

    /// The schema of a type; `None` for a name without a type.
    pub(super) fn schema(&self, of: &Collected) -> Option<Json> {
        if let Some(schema) = &of.schema {
            return Some(schema.clone());
        }
        of.properties.as_ref()?;
        Some(self.object(of, 0).into_schema())
    }

    fn object(&self, of: &Collected, depth: usize) -> Object {
        let mut object = Object::default();
        for property in of.properties.iter().flatten() {
            let description = property.description.clone().map(Json::String);
            let schema = described(&property.schema, description.as_ref());
            object
                .properties
                .insert(property.key.clone(), (schema, property.required));
        }
        let in_payload = of.section != Section::Definitions;
        for field in &of.flattened {
            self.flatten(
                &field.schema,
                field.required,
                in_payload,
                depth + 1,
                &mut object,
            );
        }
        object
    }

    /// Adds the properties of a flattened value. A payload (an event, a schedule, traits) leaves
    /// out properties that are `None`; a nested type sends them as `null`.
    fn flatten(
        &self,
        schema: &Json,
        required: bool,
        in_payload: bool,
        depth: usize,
        into: &mut Object,
    ) {
        let (schema, nullable) = without_null(schema);
        let required = required && !nullable;
        let add = |into: &mut Object, key: &str, schema: &Json, always: bool| {
            let (inner, nullable) = without_null(schema);
            let (schema, left_out) = if in_payload {
                (inner, nullable)
            } else {
                (schema.clone(), false)
            };
            let always = always && required && !left_out;
            into.properties
                .entry(key.to_owned())
                .or_insert((schema, always));
        };
        let name = schema
            .get("$ref")
            .and_then(Json::as_str)
            .and_then(|reference| reference.strip_prefix(REFERENCE));
        let nested = name
            .and_then(|name| self.nested.get(name))
            .filter(|nested| nested.properties.is_some());
        if let (Some(nested), true) = (nested, depth < MAX_DEPTH) {
            let object = self.object(nested, depth);
            for (key, (schema, always)) in &object.properties {
                add(into, key, schema, *always);
            }
            into.additional = into.additional.take().or(object.additional);
        } else if schema.get("properties").is_some() {
            for property in properties(&schema) {
                add(into, property.key, property.schema, property.required);
            }
        } else {
            let values = schema.get("additionalProperties").cloned();
            let additional = values.unwrap_or(Json::Bool(true));
            into.additional = Some(match into.additional.take() {
                Some(other) if other != additional => Json::Bool(true),
                _ => additional,
            });
        }
    }
}

impl Object {
    fn into_schema(self) -> Json {
        let required = self
            .properties
            .iter()
            .filter(|(_, (_, required))| *required);
        let required = required.map(|(key, _)| Json::String(key.clone())).collect();
        let properties = self
            .properties
            .into_iter()
            .map(|(key, (schema, _))| (key, schema));
        let additional = self.additional.unwrap_or(Json::Bool(false));
        Json::Object(vec![
            ("type".to_owned(), Json::String("object".to_owned())),
            ("properties".to_owned(), Json::Object(properties.collect())),
            ("required".to_owned(), Json::Array(required)),
            ("additionalProperties".to_owned(), additional),
        ])
    }
}

fn described(schema: &Json, description: Option<&Json>) -> Json {
    match (schema, description) {
        (Json::Object(members), Some(description)) => {
            let mut members = members.clone();
            members.push((DESCRIPTION.to_owned(), description.clone()));
            Json::Object(members)
        }
        _ => schema.clone(),
    }
}

/// Splits a schema into the schema of its values other than `null`, and whether `null` is allowed.
pub(super) fn without_null(schema: &Json) -> (Json, bool) {
    let null = Json::String("null".to_owned());
    let Json::Object(members) = schema else {
        return (schema.clone(), false);
    };
    if let Some([value, second]) = schema.get("anyOf").and_then(Json::as_array)
        && second.get("type") == Some(&null)
    {
        return (described(value, schema.get(DESCRIPTION)), true);
    }
    let mut nullable = false;
    let members = members.iter().map(|(key, value)| match value {
        Json::Array(types) if key == "type" && types.len() == 2 && types[1] == null => {
            nullable = true;
            (key.clone(), types[0].clone())
        }
        _ => (key.clone(), value.clone()),
    });
    (Json::Object(members.collect()), nullable)
}
