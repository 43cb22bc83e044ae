use super::*;
use crate::testing::store::schemas::Schemas;
use crate::transport::management::Observed;
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
        Just(String::new())
    ]
}

fn object() -> impl Strategy<Value = Data> {
    btree_map(key(), json_value(), 0..4).prop_map(|members| members.into_iter().collect())
}

fn learned<'d>(data: impl IntoIterator<Item = &'d Data>) -> Schemas {
    let mut schemas = Schemas::default();
    for data in data {
        schemas.learn(Observed::Users, "", Some(data));
    }
    schemas
}

/// How many values there are below the top.
fn values(value: &Value) -> usize {
    let inner: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    inner.len() + inner.into_iter().map(values).sum::<usize>()
}

proptest! {
    #[test]
    fn the_order_teaches_nothing(mut data in vec(object(), 0..5)) {
        let forth = format!("{:?}", learned(&data));
        data.reverse();
        prop_assert_eq!(forth, format!("{:?}", learned(&data)));
    }

    #[test]
    fn each_value_is_learned_once_and_nothing_else(data in object()) {
        let mut world = World::default();
        world.store.schemas.learn(Observed::Users, "", Some(&data));
        let types = world.store.schema(Observed::Users);
        let seen: usize = types.values().map(BTreeSet::len).sum();
        let all = values(&Value::Object(data.clone()));
        prop_assert!(seen <= all && (seen > 0) == (all > 0), "{:?}", types);
        for (key, value) in &data {
            let path = if key.len() == 1 { format!(".{key}") } else { format!("[{}]", Value::from(key.as_str())) };
            let kind = match value {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "number",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            };
            prop_assert!(types[&path].contains(kind), "{} {:?}", path, types);
        }
    }
}
