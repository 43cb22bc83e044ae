//! The API's contract, from `contract/openapi.json`.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// One operation of the contract.
#[derive(Debug, Clone)]
pub struct Operation {
    /// Operation id, such as `upsertUser`.
    pub id: String,
    /// `POST`, `GET` or `DELETE`.
    pub method: String,
    /// Path after the prefix of the route family, such as `/users`.
    pub path: String,
    /// The status of success.
    pub success: u16,
    request: Option<Value>,
    query: Vec<Parameter>,
    answer: Option<Value>,
}

/// A parameter of a query.
#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    required: bool,
    schema: Value,
}

/// The contract, ready to validate against.
#[derive(Debug)]
pub struct Contract {
    /// Operations by id.
    pub operations: BTreeMap<String, Operation>,
    schemas: Value,
}

impl Contract {
    /// Reads `contract/openapi.json`.
    ///
    /// # Panics
    /// If it is not the expected `OpenAPI` document.
    #[must_use]
    pub fn load() -> Self {
        let document: Value =
            serde_json::from_str(include_str!("../contract/openapi.json")).expect("valid JSON");
        let mut operations = BTreeMap::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let operation = Operation::read(method, path, operation);
                operations.insert(operation.id.clone(), operation);
            }
        }
        Self {
            operations,
            schemas: document["components"]["schemas"].clone(),
        }
    }

    /// The errors of a request body. Properties that are not in the contract are errors, too.
    ///
    /// # Panics
    /// If the operation does not exist.
    #[must_use]
    pub fn request_errors(&self, operation: &str, body: &Value) -> Vec<String> {
        match &self.operations[operation].request {
            Some(schema) => self.errors(schema, body),
            None if body.is_null() => Vec::new(),
            None => vec![format!("{operation} takes no body")],
        }
    }

    /// The errors of a query of decoded names and values. Names that are not in the contract are
    /// errors, too.
    ///
    /// # Panics
    /// If the operation does not exist.
    #[must_use]
    pub fn query_errors(&self, operation: &str, query: &[(String, String)]) -> Vec<String> {
        let parameters = &self.operations[operation].query;
        let mut errors = Vec::new();
        for parameter in parameters.iter().filter(|parameter| parameter.required) {
            if !query.iter().any(|(name, _)| *name == parameter.name) {
                errors.push(format!("{} is missing", parameter.name));
            }
        }
        for (name, value) in query {
            let Some(parameter) = parameters.iter().find(|known| known.name == *name) else {
                errors.push(format!("{name} is unknown"));
                continue;
            };
            let value = match parameter.schema["type"].as_str() {
                Some("integer") => value
                    .parse::<i64>()
                    .map_or_else(|_| json!(value), |number| json!(number)),
                _ => json!(value),
            };
            let found = self.errors(&parameter.schema, &value).into_iter();
            errors.extend(found.map(|error| format!("{name}{error}")));
        }
        errors
    }

    /// The errors of the body of a successful response.
    ///
    /// # Panics
    /// If the operation does not exist.
    #[must_use]
    pub fn answer_errors(&self, operation: &str, body: &Value) -> Vec<String> {
        match &self.operations[operation].answer {
            Some(schema) => self.errors(schema, body),
            None if body.is_null() => Vec::new(),
            None => vec![format!("{operation} answers without a body")],
        }
    }

    /// The errors of the body of an error response.
    #[must_use]
    pub fn problem_errors(&self, body: &Value) -> Vec<String> {
        let problem = json!({"$ref": "#/components/schemas/Problem"});
        self.errors(&problem, body)
    }

    fn errors(&self, schema: &Value, body: &Value) -> Vec<String> {
        let mut root = json!({"allOf": [schema], "components": {"schemas": self.schemas}});
        to_json_schema(&mut root);
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft7)
            .should_validate_formats(true)
            .build(&root)
            .expect("a schema");
        validator
            .iter_errors(body)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

impl Operation {
    fn read(method: &str, path: &str, operation: &Value) -> Self {
        let responses = operation["responses"].as_object().expect("responses");
        let (success, answer) = responses
            .iter()
            .find(|(status, _)| status.as_str() != "default")
            .expect("a success");
        let body = |content: &Value| {
            let schema = &content["content"]["application/json"]["schema"];
            (!schema.is_null()).then(|| schema.clone())
        };
        Self {
            id: operation["operationId"].as_str().expect("an id").to_owned(),
            method: method.to_uppercase(),
            path: path.to_owned(),
            success: success.parse().expect("a status"),
            request: body(&operation["requestBody"]),
            query: operation["parameters"]
                .as_array()
                .into_iter()
                .flatten()
                .filter(|parameter| parameter["in"] == "query")
                .map(|parameter| Parameter {
                    name: parameter["name"].as_str().expect("a name").to_owned(),
                    required: parameter["required"] == true,
                    schema: parameter["schema"].clone(),
                })
                .collect(),
            answer: body(answer),
        }
    }
}

/// Converts a schema of `OpenAPI` 3.0 to JSON Schema: `nullable` becomes a type, and objects with
/// named properties are closed, because a misspelt property would otherwise be accepted as an
/// unknown one.
fn to_json_schema(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(to_json_schema),
        Value::Object(object) => {
            object.values_mut().for_each(to_json_schema);
            if object.remove("nullable") == Some(Value::Bool(true)) {
                make_nullable(object);
            }
            if object.get("properties").is_some_and(Value::is_object)
                && object.get("type").is_some_and(|kind| kind == "object")
            {
                object
                    .entry("additionalProperties")
                    .or_insert(Value::Bool(false));
            }
        }
        _ => {}
    }
}

fn make_nullable(object: &mut Map<String, Value>) {
    if let Some(kind) = object.get_mut("type") {
        *kind = json!([kind.take(), "null"]);
    }
}
