//! Observed schemas.

use super::*;
use crate::testing::store::schemas::Schemas;
use crate::wire::management::Observed;
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(key(), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        Just("two words".to_owned()),
        Just("a.b".to_owned()),
        Just("[]".to_owned()),
        Just("a\"]".to_owned()),
        Just(String::new())
    ]
}

fn object() -> impl Strategy<Value = Data> {
    btree_map(key(), json_value(), 0..4).prop_map(|members| members.into_iter().collect())
}

fn schemas_of<'d>(data: impl IntoIterator<Item = &'d Data>) -> Schemas {
    let mut schemas = Schemas::default();
    for data in data {
        schemas.learn(Observed::Users, "", Some(data));
    }
    schemas
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The number of values below the top.
fn values(value: &Value) -> usize {
    let inner: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    inner.len() + inner.into_iter().map(values).sum::<usize>()
}

/// Every value at a path. The path is parsed by its documentation, independently of the code that
/// writes it.
fn values_at<'v>(top: &'v Value, path: &str) -> Vec<&'v Value> {
    let mut reached = vec![top];
    let mut rest = path;
    while !rest.is_empty() {
        let key = if let Some(tail) = rest.strip_prefix("[]") {
            rest = tail;
            None
        } else if let Some(tail) = rest.strip_prefix('[') {
            let mut texts = serde_json::Deserializer::from_str(tail).into_iter::<String>();
            let key = texts.next().unwrap().unwrap();
            rest = tail[texts.byte_offset()..].strip_prefix(']').unwrap();
            Some(key)
        } else {
            let word = rest.strip_prefix('.').unwrap();
            let (key, tail) = word.split_at(word.find(['.', '[']).unwrap_or(word.len()));
            rest = tail;
            Some(key.to_owned())
        };
        reached = match key {
            Some(key) => reached
                .iter()
                .filter_map(|value| value.as_object()?.get(&key))
                .collect(),
            None => reached
                .iter()
                .filter_map(|value| value.as_array())
                .flatten()
                .collect(),
        };
    }
    reached
}

proptest! {
    #[test]
    fn schema_does_not_depend_on_the_order(
        (data, shuffled) in vec(object(), 0..5).prop_flat_map(|data| (Just(data.clone()), Just(data).prop_shuffle()))
    ) {
        prop_assert_eq!(format!("{:?}", schemas_of(&data)), format!("{:?}", schemas_of(&shuffled)));
    }

    #[test]
    fn paths_cover_every_value_once_with_its_type(data in vec(object(), 0..4)) {
        let mut world = World::default();
        for data in &data {
            world.store.schemas.learn(Observed::Users, "", Some(data));
        }
        let all: Vec<Value> = data.into_iter().map(Value::Object).collect();
        let mut reached = 0;
        for (path, types) in world.store.schema(Observed::Users) {
            let found: Vec<&Value> = all.iter().flat_map(|top| values_at(top, &path)).collect();
            reached += found.len();
            let seen: BTreeSet<&str> = found.into_iter().map(kind).collect();
            prop_assert_eq!(seen, types, "{}", path);
        }
        prop_assert_eq!(reached, all.iter().map(values).sum::<usize>());
    }
}
