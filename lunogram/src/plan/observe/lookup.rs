//! Follows observed paths into the schemas of a plan.

use super::observed::Step;
use crate::plan::json::Json;
use crate::plan::model::{Plan, is_any, properties};
use std::collections::BTreeSet;

/// The types of JSON that a server distinguishes.
const TYPES: [&str; 6] = ["array", "boolean", "null", "number", "object", "string"];

impl Plan {
    /// The schemas at the end of a path, and the keys that the plan has beside its last one.
    pub(super) fn follow<'p>(
        &'p self,
        schemas: &[&'p Json],
        path: &[Step],
    ) -> (Vec<&'p Json>, Vec<String>) {
        let mut at: Vec<&Json> = schemas.to_vec();
        let mut keys = Vec::new();
        for step in path {
            let choices: Vec<&Json> = at.iter().flat_map(|schema| self.choices(schema)).collect();
            keys.clear();
            at = Vec::new();
            for schema in choices {
                if is_any(schema) {
                    at.push(schema);
                    continue;
                }
                match step {
                    Step::Key(key) => {
                        let properties = properties(schema);
                        keys.extend(properties.iter().map(|property| property.key.to_owned()));
                        let named = properties.iter().find(|property| property.key == key);
                        let named = named.map(|property| property.schema);
                        at.extend(named.or_else(|| allowed(schema, "additionalProperties")));
                    }
                    Step::Item => {
                        at.extend(allowed(schema, "items"));
                        let items = schema.get("prefixItems").and_then(Json::as_array);
                        at.extend(items.unwrap_or_default());
                    }
                }
            }
        }
        (at, keys)
    }

    /// The alternatives of a schema, with references resolved.
    fn choices<'p>(&'p self, schema: &'p Json) -> Vec<&'p Json> {
        if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
            return self
                .definition(reference)
                .map(|schema| self.choices(schema))
                .unwrap_or_default();
        }
        match schema.get("anyOf").or_else(|| schema.get("oneOf")) {
            Some(Json::Array(choices)) => choices
                .iter()
                .flat_map(|choice| self.choices(choice))
                .collect(),
            _ => vec![schema],
        }
    }

    /// The types of JSON that a schema allows; `None` if it allows any.
    pub(super) fn types(&self, schema: &Json) -> Option<BTreeSet<&'static str>> {
        let mut types = BTreeSet::new();
        for schema in self.choices(schema) {
            let names: Vec<&str> = match schema.get("type") {
                Some(Json::String(name)) => vec![name],
                Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
                _ if schema.get("const").is_some() => vec!["string"],
                _ => return None,
            };
            for name in names {
                // A server observes an integer as a number.
                let name = if name == "integer" { "number" } else { name };
                types.extend(TYPES.into_iter().find(|known| *known == name));
            }
        }
        Some(types)
    }
}

/// The schema of the values that the schema does not name, unless it forbids them.
fn allowed<'s>(schema: &'s Json, key: &str) -> Option<&'s Json> {
    schema.get(key).filter(|it| **it != Json::Bool(false))
}
