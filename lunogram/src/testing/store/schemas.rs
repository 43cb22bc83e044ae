//! What the platform learns of the data that it is sent: at which paths it saw which types.

use super::{Data, Store, SubjectKind};
use crate::wire::management::Observed;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use uuid::Uuid;

/// The types that were seen at each path. `.items[].sku` is the `sku` of each of the `items`; a key that is no plain word
/// stands in brackets, as the JSON string that it is: `["two words"]`.
pub(crate) type Types = BTreeMap<String, BTreeSet<&'static str>>;

/// The schemas of all scopes. What is not told by names stands under an empty one.
#[derive(Debug, Default)]
pub(super) struct Schemas(BTreeMap<(Observed, String), Types>);

impl Schemas {
    /// What is sent without data teaches its name.
    pub(super) fn learn(&mut self, scope: Observed, name: &str, data: Option<&Data>) {
        let types = self.0.entry((scope, name.to_owned())).or_default();
        for (key, value) in data.into_iter().flatten() {
            learn(types, &under("", key), value);
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
                learn(types, &under(path, key), value);
            }
        }
        _ => {}
    }
}

fn under(path: &str, key: &str) -> String {
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
    /// Learns from an event as it is published, before anybody asks whether its subject exists.
    pub(super) fn learn_event(&mut self, kind: SubjectKind, name: &str, data: &Data) {
        let scope = match kind {
            SubjectKind::User => Observed::UserEvents,
            SubjectKind::Organization => Observed::OrganizationEvents,
        };
        self.schemas.learn(scope, name, Some(data));
    }

    /// What was learned of a scope that is told by names: for each of them its id and the types at its paths.
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

    /// What was learned of a scope that is one.
    pub(crate) fn schema(&self, scope: Observed) -> Types {
        let learned = self.schemas.0.get(&(scope, String::new()));
        learned.cloned().unwrap_or_default()
    }
}

/// A name keeps its id, in every server of a build.
fn id(scope: Observed, name: &str) -> Uuid {
    let half = |salt: u64| {
        let mut hasher = DefaultHasher::new();
        (salt, scope, name).hash(&mut hasher);
        hasher.finish()
    };
    let bytes = Uuid::from_u64_pair(half(0), half(1)).into_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
