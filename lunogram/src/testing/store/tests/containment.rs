//! Containment, checked against a model that lists everything that a value contains.

use super::super::containment::contains;
use super::super::number;
use super::*;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};

/// A canonical JSON value: arrays are sets, and equal numbers have the same text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Canon {
    Scalar(String),
    Array(BTreeSet<Canon>),
    Object(BTreeMap<String, Canon>),
}

fn canon(value: &Value) -> Canon {
    match value {
        Value::Array(items) => Canon::Array(items.iter().map(canon).collect()),
        Value::Object(fields) => Canon::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), canon(value)))
                .collect(),
        ),
        Value::Number(number) => Canon::Scalar(format!("{:?}", number.as_f64())),
        scalar => Canon::Scalar(scalar.to_string()),
    }
}

/// Everything that `value` contains; `None` if the list would be too long.
fn contained(value: &Canon) -> Option<BTreeSet<Canon>> {
    const MAX_VALUES: usize = 2000;
    let mut all = BTreeSet::new();
    match value {
        Canon::Scalar(_) => {
            all.insert(value.clone());
        }
        Canon::Array(items) => {
            all.insert(Canon::Array(BTreeSet::new()));
            let mut parts = BTreeSet::new();
            for item in items {
                parts.extend(contained(item)?);
            }
            for part in parts {
                let with: Vec<_> = all
                    .iter()
                    .map(|set| match set {
                        Canon::Array(set) => {
                            let mut set = set.clone();
                            set.insert(part.clone());
                            Canon::Array(set)
                        }
                        other => other.clone(),
                    })
                    .collect();
                all.extend(with);
                if all.len() > MAX_VALUES {
                    return None;
                }
            }
        }
        Canon::Object(fields) => {
            all.insert(Canon::Object(BTreeMap::new()));
            for (key, value) in fields {
                let mut with = Vec::new();
                for part in contained(value)? {
                    for object in &all {
                        if let Canon::Object(object) = object {
                            let mut object = object.clone();
                            object.insert(key.clone(), part.clone());
                            with.push(Canon::Object(object));
                        }
                    }
                    if with.len() > MAX_VALUES {
                        return None;
                    }
                }
                all.extend(with);
            }
        }
    }
    Some(all)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!(true)),
        Just(json!(1)),
        Just(json!(1.0)),
        Just(json!(-2.5)),
        Just(json!("a")),
        Just(json!("1")),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            prop::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|fields| fields.into_iter().collect()),
        ]
    })
}

fn data() -> impl Strategy<Value = Data> {
    prop::collection::btree_map("[abc]", value(), 0..3)
        .prop_map(|fields| fields.into_iter().collect())
}

/// A value with this canonical form, with its arrays reversed, an item repeated, and its whole
/// numbers with a fraction.
fn respell(canon: &Canon) -> Value {
    match canon {
        Canon::Scalar(text) => match text.strip_prefix("Some(") {
            Some(number) => json!(number.trim_end_matches(')').parse::<f64>().unwrap()),
            None => serde_json::from_str(text).unwrap(),
        },
        Canon::Array(items) => items
            .iter()
            .chain(items.first())
            .rev()
            .map(respell)
            .collect(),
        Canon::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), respell(value)))
            .collect(),
    }
}

proptest! {
    #[test]
    fn containment_agrees_with_the_model(stored in data(), wanted in data()) {
        let all = contained(&canon(&Value::Object(stored.clone())));
        prop_assume!(all.is_some());
        let expected = all.unwrap().contains(&canon(&Value::Object(wanted.clone())));
        prop_assert_eq!(contains(&stored, &wanted), expected);
    }

    #[test]
    fn every_contained_value_is_found(stored in data(), choice in any::<Index>()) {
        let all = contained(&canon(&Value::Object(stored.clone())));
        prop_assume!(all.is_some());
        let all: Vec<_> = all.unwrap().into_iter().collect();
        let wanted = object(respell(&all[choice.index(all.len())]));
        prop_assert!(contains(&stored, &wanted));
    }

    #[test]
    fn object_with_an_additional_key_is_not_contained(stored in data(), wanted in value()) {
        let mut more = stored.clone();
        more.insert("more".to_owned(), wanted);
        prop_assert!(contains(&more, &stored));
        prop_assert!(!contains(&stored, &more));
    }
}

#[test]
fn verdicts_equal_those_of_postgresql() {
    for (stored, wanted, verdict) in [
        (json!({"a": 1, "b": 2}), json!({}), true),
        (json!({"a": 1}), json!({"a": 1.0}), true),
        (json!({"a": 1}), json!({"a": "1"}), false),
        (json!({"a": null}), json!({"a": null}), true),
        (json!({}), json!({"a": null}), false),
        (json!({"a": [1, 2]}), json!({"a": 1}), false),
        (json!({"a": 1}), json!({"a": [1]}), false),
        (json!({"a": [1, 2, 3]}), json!({"a": [3, 1, 1]}), true),
        (json!({"a": [1]}), json!({"a": []}), true),
        (json!({"a": []}), json!({"a": {}}), false),
        (json!({"a": [[1, 2], [3]]}), json!({"a": [[1]]}), true),
        (json!({"a": [[1, 2], [3]]}), json!({"a": [1]}), false),
        (json!({"a": [1]}), json!({"a": [[]]}), false),
        (
            json!({"a": [{"b": 1, "c": 2}]}),
            json!({"a": [{"b": 1}, {"c": 2}]}),
            true,
        ),
        (
            json!({"a": [{"b": 1}, {"c": 2}]}),
            json!({"a": [{"b": 1, "c": 2}]}),
            false,
        ),
        (
            json!({"a": {"b": {"c": 1, "d": 2}}}),
            json!({"a": {"b": {"d": 2}}}),
            true,
        ),
        (json!({"a": {"b": 1}}), json!({"b": 1}), false),
        (
            json!({"a": 9_007_199_254_740_993_i64}),
            json!({"a": 9_007_199_254_740_992.0}),
            false,
        ),
    ] {
        assert_eq!(
            contains(&object(stored.clone()), &object(wanted.clone())),
            verdict,
            "{stored} @> {wanted}"
        );
    }
}

#[test]
fn integers_equal_fractions_of_the_same_value() {
    let number = |value: Value| match value {
        Value::Number(number) => number,
        other => panic!("{other} is not a number"),
    };
    for (left, right, verdict) in [
        (json!(0), json!(-0.0), true),
        (json!(u64::MAX), json!(u64::MAX), true),
        (json!(u64::MAX), json!(18_446_744_073_709_551_616.0), false),
        (json!(2), json!(2.5), false),
        (json!(1e300), json!(1e300), true),
    ] {
        let (left, right) = (number(left), number(right));
        assert_eq!(number::same(&left, &right), verdict, "{left} and {right}");
        assert_eq!(number::same(&right, &left), verdict, "{right} and {left}");
    }
}
