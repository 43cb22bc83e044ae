//! The schemas that the platform observes: the JSON types at each path of the data that it
//! received.

use super::{Data, Store};
use crate::wire::SubjectKind;
use crate::wire::management::Observed;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use uuid::Uuid;

/// The observed types by path. `.items[].sku` is the `sku` of each of the `items`. A key with other
/// characters than letters, digits, `_` and `-` is written in brackets as a JSON string: `["two
/// words"]`.
pub(crate) type Types = BTreeMap<String, BTreeSet<&'static str>>;

/// The schemas of all scopes, by scope and name. The name is empty for a scope that is not divided
/// by names.
#[derive(Debug, Default)]
pub(super) struct Schemas(BTreeMap<(Observed, String), Types>);

impl Schemas {
    /// Adds the types in `data`. Without data, only the name is recorded.
    pub(super) fn learn(&mut self, scope: Observed, name: &str, data: Option<&Data>) {
        let types = self.0.entry((scope, name.to_owned())).or_default();
        for (key, value) in data.into_iter().flatten() {
            learn(types, &child_path("", key), value);
        }
    }
}

fn learn(types: &mut Types, path: &str, value: &Value) {
    types
        .entry(path.to_owned())
        .or_default()
        .insert(match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        });
    match value {
        Value::Array(items) => {
            let path = format!("{path}[]");
            for item in items {
                learn(types, &path, item);
            }
        }
        Value::Object(members) => {
            for (key, value) in members {
                learn(types, &child_path(path, key), value);
            }
        }
        _ => {}
    }
}

fn child_path(path: &str, key: &str) -> String {
    let is_word = !key.is_empty()
        && key
            .chars()
            .all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
    if is_word {
        format!("{path}.{key}")
    } else {
        format!("{path}[{}]", Value::from(key))
    }
}

impl Store {
    /// Records an event when it is published, whether its subject exists or not.
    pub(super) fn learn_event(&mut self, kind: SubjectKind, name: &str, data: &Data) {
        let scope = match kind {
            SubjectKind::User => Observed::UserEvents,
            SubjectKind::Organization => Observed::OrganizationEvents,
        };
        self.schemas.learn(scope, name, Some(data));
    }

    /// The schemas of a scope that is divided by names, each with its id and name.
    pub(crate) fn schemas_by_name(
        &self,
        scope: Observed,
    ) -> impl Iterator<Item = (Uuid, &str, &Types)> {
        let of_scope = self
            .schemas
            .0
            .iter()
            .filter(move |((of, _), _)| *of == scope);
        of_scope.map(move |((_, name), types)| (id(scope, name), name.as_str(), types))
    }

    /// The schema of a scope that is not divided by names.
    pub(crate) fn schema(&self, scope: Observed) -> Types {
        let types = self.schemas.0.get(&(scope, String::new()));
        types.cloned().unwrap_or_default()
    }
}

/// A stable id: the same name has the same id in every server of a build.
fn id(scope: Observed, name: &str) -> Uuid {
    let half = |salt: u64| {
        let mut hasher = DefaultHasher::new();
        (salt, scope, name).hash(&mut hasher);
        hasher.finish()
    };
    let bytes = Uuid::from_u64_pair(half(0), half(1)).into_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
