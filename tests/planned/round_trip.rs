//! Validates what the crate sends against the plan, with an independent JSON Schema validator.

mod values;

use jsonschema::Validator;
use lunogram::blocking::Client;
use lunogram::testing::Server;
use lunogram::{AnyEvent, AnySchedule, AnyTraits};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::fmt::Debug;

/// The number of values per type. More would make the test slow.
const CASES: u32 = 48;

fn plan() -> Value {
    serde_json::from_str(include_str!("lunogram.plan.json")).expect("the plan is JSON")
}

/// The schema of one entry, with the definitions of the plan for its references.
fn schema(section: &str, name: &str) -> Value {
    let mut schema = plan();
    let path = name.replace(' ', "%20");
    schema["$ref"] = json!(format!("#/{section}/{path}"));
    schema
}

fn validator(schema: &Value) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .expect("the plan is a JSON Schema")
}

struct Wire {
    server: Server,
    client: Client,
}

impl Wire {
    fn new() -> Self {
        let server = Server::start().expect("a port");
        let client = lunogram::Client::builder(server.key())
            .base_url(server.url())
            .build()
            .and_then(|client| client.blocking())
            .expect("a client");
        Self { server, client }
    }

    /// The `data` of the last request.
    fn data(&self) -> Value {
        let request = self.server.requests().pop().expect("a request");
        let body = request.body.expect("JSON");
        let body = body.get(0).unwrap_or(&body);
        body.get("data").cloned().unwrap_or_else(|| json!({}))
    }
}

/// Checks that the entry accepts every value of a type, and that it rejects the value with a
/// property of another type, without a required property, and with an unknown property.
fn check<T: Debug>(
    section: &str,
    name: &str,
    values: impl Strategy<Value = T>,
    send: impl Fn(&Client, &T) -> Result<(), lunogram::Error>,
) {
    let wire = Wire::new();
    let schema = schema(section, name);
    let validator = validator(&schema);
    let entry = &schema[section][name];
    let config = Config {
        failure_persistence: None,
        ..Config::with_cases(CASES)
    };
    let outcome = TestRunner::new(config).run(&values, |value| {
        send(&wire.client, &value).expect("sent");
        let data = wire.data();
        let errors: Vec<String> = validator
            .iter_errors(&data)
            .map(|error| error.to_string())
            .collect();
        prop_assert!(errors.is_empty(), "{data:#}\n{errors:#?}");
        for invalid in invalid(entry, &data) {
            prop_assert!(!validator.is_valid(&invalid), "{invalid:#}");
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
}

/// Changes of `data` that the entry must reject.
fn invalid(entry: &Value, data: &Value) -> Vec<Value> {
    let sent = data.as_object().expect("an object");
    let mut invalid = Vec::new();
    for (key, value) in sent {
        let schema = &entry["properties"][key];
        // These schemas accept any value, or values of several types.
        if schema["$comment"].is_string()
            || schema["$ref"] == "#/$defs/Untagged"
            || schema.is_null()
        {
            continue;
        }
        let mut other = data.clone();
        other[key] = match value {
            Value::String(_) | Value::Null => json!({"not": "this"}),
            Value::Bool(_) => json!(1),
            _ => json!("text"),
        };
        invalid.push(other);
    }
    for required in entry["required"].as_array().into_iter().flatten() {
        let mut without = sent.clone();
        without.remove(required.as_str().expect("a name"));
        invalid.push(Value::Object(without));
    }
    if entry["additionalProperties"] == json!(false) {
        let mut more = data.clone();
        more["no such property"] = json!(true);
        invalid.push(more);
    }
    invalid
}

fn event<E: AnyEvent + Debug>(values: impl Strategy<Value = E>, name: &str) {
    check("events", name, values, Client::send);
}

#[test]
fn standard_types() {
    event(values::standard(), "standard");
}

#[test]
fn types_that_only_the_compiler_knows() {
    event(values::by_type(), "by_type");
}

#[test]
fn nested_types() {
    event(values::nested(), "nested");
}

#[test]
fn flattened_types() {
    event(values::flattened(), "flattened");
}

#[test]
fn absent_values_and_null() {
    event(values::patched(), "patched");
}

#[test]
fn forms_of_times_amounts_and_bytes() {
    event(values::forms::forms(), "forms");
    event(values::forms::forms_of_serde(), "forms_of_serde");
}

#[test]
fn variants() {
    event(values::cart_updated(), "cart_updated");
    event(values::cart_emptied(), "Cart Emptied");
}

#[test]
fn traits() {
    check(
        "users",
        "Customer",
        values::customer(),
        |client, customer| {
            customer.check()?;
            client.upsert_user(customer).map(drop)
        },
    );
    check(
        "organizations",
        "Company",
        values::company(),
        |client, company| {
            company.check()?;
            client.upsert_organization(company).map(drop)
        },
    );
}

#[test]
fn schedules() {
    check("schedules", "digest", values::digest(), |client, digest| {
        digest.check()?;
        client.schedule(digest).map(drop)
    });
}

#[test]
fn every_definition_is_a_schema() {
    let plan = plan();
    for (name, _) in plan["$defs"].as_object().expect("an object") {
        let mut schema = plan.clone();
        schema["$ref"] = json!(format!("#/$defs/{name}"));
        validator(&schema);
    }
    jsonschema::meta::validate(&plan).expect("the whole plan is a schema");
}
