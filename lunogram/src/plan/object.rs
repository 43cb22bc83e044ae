//! The schemas of objects, with what flattened values bring to them.

use super::model::{REFERENCE, properties};
use super::told::Told;
use lunogram_rules::json::Json;
use lunogram_rules::plan::Section;
use std::collections::BTreeMap;

/// All types that told of their fields, for those that flatten them.
pub(super) struct Objects<'t> {
    nested: BTreeMap<&'t str, &'t Told>,
}

/// A schema in the making.
#[derive(Default)]
struct Object {
    properties: BTreeMap<String, (Json, bool)>,
    /// The schema of further properties, if there may be any.
    others: Option<Json>,
}

/// Deeper than types flatten each other.
const DEPTH: usize = 16;

impl<'t> Objects<'t> {
    pub(super) fn new(told: &'t [Told]) -> Self {
        let nested = told
            .iter()
            .filter(|told| told.section == Section::Definitions);
        Self {
            nested: nested.map(|told| (told.name.as_str(), told)).collect(),
        }
    }

    /// The schema of what a type is; of a name alone there is none.
    pub(super) fn schema(&self, told: &Told) -> Option<Json> {
        if let Some(schema) = told.get("schema") {
            return Some(schema.clone());
        }
        told.get("properties")?;
        Some(self.object(told, 0).into_schema())
    }

    fn object(&self, told: &Told, depth: usize) -> Object {
        let mut object = Object::default();
        for property in list(told.get("properties")) {
            if let (Some(key), Some(schema)) = (
                property.get("key").and_then(Json::as_text),
                property.get("schema"),
            ) {
                let schema = described(schema, property.get("description"));
                object
                    .properties
                    .insert(key.to_owned(), (schema, is_required(property)));
            }
        }
        for flattened in list(told.get("flattened")) {
            if let Some(schema) = flattened.get("schema") {
                let in_payload = told.section != Section::Definitions;
                self.flatten(
                    schema,
                    is_required(flattened),
                    in_payload,
                    depth + 1,
                    &mut object,
                );
            }
        }
        object
    }

    /// Adds what a flattened value brings. In a payload, `None` is left out there.
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
            .and_then(Json::as_text)
            .and_then(|to| to.strip_prefix(REFERENCE));
        let nested = name
            .and_then(|name| self.nested.get(name))
            .filter(|told| told.get("properties").is_some());
        if let (Some(nested), true) = (nested, depth < DEPTH) {
            let object = self.object(nested, depth);
            for (key, (schema, always)) in &object.properties {
                add(into, key, schema, *always);
            }
            into.others = into.others.take().or(object.others);
        } else if schema.get("properties").is_some() {
            for property in properties(&schema) {
                add(into, property.key, property.schema, property.required);
            }
        } else {
            let values = schema.get("additionalProperties").cloned();
            let others = values.unwrap_or(Json::Word("true".to_owned()));
            into.others = Some(match into.others.take() {
                Some(other) if other != others => Json::Word("true".to_owned()),
                _ => others,
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
        let required = required.map(|(key, _)| Json::Text(key.clone())).collect();
        let properties = self
            .properties
            .into_iter()
            .map(|(key, (schema, _))| (key, schema));
        let others = self.others.unwrap_or(Json::Word("false".to_owned()));
        Json::Object(vec![
            ("type".to_owned(), Json::Text("object".to_owned())),
            ("properties".to_owned(), Json::Object(properties.collect())),
            ("required".to_owned(), Json::List(required)),
            ("additionalProperties".to_owned(), others),
        ])
    }
}

fn list(json: Option<&Json>) -> &[Json] {
    match json {
        Some(Json::List(items)) => items,
        _ => &[],
    }
}

fn is_required(property: &Json) -> bool {
    property.get("required") == Some(&Json::Word("true".to_owned()))
}

fn described(schema: &Json, description: Option<&Json>) -> Json {
    match (schema, description) {
        (Json::Object(members), Some(description)) => {
            let mut members = members.clone();
            members.push(("description".to_owned(), description.clone()));
            Json::Object(members)
        }
        _ => schema.clone(),
    }
}

/// The schema of the values that are not `null`, and whether there may be others.
pub(super) fn without_null(schema: &Json) -> (Json, bool) {
    let null = Json::Text("null".to_owned());
    let Json::Object(members) = schema else {
        return (schema.clone(), false);
    };
    if let Some(Json::List(choices)) = schema.get("anyOf")
        && let [value, nothing] = choices.as_slice()
        && nothing.get("type") == Some(&null)
    {
        return (described(value, schema.get("description")), true);
    }
    let mut nullable = false;
    let members = members.iter().map(|(key, value)| match value {
        Json::List(types) if key == "type" && types.len() == 2 && types[1] == null => {
            nullable = true;
            (key.clone(), types[0].clone())
        }
        _ => (key.clone(), value.clone()),
    });
    (Json::Object(members.collect()), nullable)
}
