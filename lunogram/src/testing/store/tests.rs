//! Property and unit tests of the store.

#![allow(clippy::unwrap_used, reason = "a failed `unwrap` fails the test")]

mod columns;
mod containment;
mod events;
mod identities;
mod inbox;
mod schedules;
mod schemas;
mod sessions;
mod upserts;

use super::*;
use crate::wire::SubjectKind;
use serde_json::{Value, json};

/// A store with a clock that advances one second with each operation, and with ascending ids.
struct World {
    store: Store,
    operations: i64,
    ids: u128,
}

impl Default for World {
    fn default() -> Self {
        Self {
            store: Store::new(usize::MAX),
            operations: 0,
            ids: 0,
        }
    }
}

impl World {
    fn with<T>(&mut self, operation: impl FnOnce(&mut Store, &mut Context<'_>) -> T) -> T {
        self.operations += 1;
        let now = DateTime::from_timestamp(1_700_000_000 + self.operations, 0).unwrap();
        let ids = &mut self.ids;
        let mut draw = || {
            *ids += 1;
            Uuid::from_u128(*ids)
        };
        operation(&mut self.store, &mut Context::new(now, &mut draw))
    }

    fn upsert(&mut self, kind: SubjectKind, sent: Upsert) -> Result<StoredSubject, StoreError> {
        self.with(|store, context| store.upsert(kind, sent, context).cloned())
    }

    fn user(&mut self, ids: &[&str], data: Value) -> Result<StoredSubject, StoreError> {
        self.upsert(SubjectKind::User, upsert(ids, data))
    }

    fn organization(&mut self, ids: &[&str], data: Value) -> Result<StoredSubject, StoreError> {
        self.upsert(SubjectKind::Organization, upsert(ids, data))
    }

    fn delete_user(&mut self, ids: &[&str]) -> Result<(), StoreError> {
        self.store.delete(SubjectKind::User, &identifiers(ids))
    }

    fn delete_organization(&mut self, ids: &[&str]) -> Result<(), StoreError> {
        self.store
            .delete(SubjectKind::Organization, &identifiers(ids))
    }

    fn users(&self) -> Vec<StoredSubject> {
        self.store.subjects(SubjectKind::User).cloned().collect()
    }
}

fn upsert(ids: &[&str], data: Value) -> Upsert {
    Upsert {
        identifiers: identifiers(ids),
        profile: Profile::default(),
        data: Some(object(data)),
    }
}

/// Parses `source:id`, or an id of the default source.
fn identifiers(ids: &[&str]) -> Vec<SentIdentifier> {
    ids.iter()
        .map(|id| match id.split_once(':') {
            Some((source, id)) => {
                SentIdentifier::new(Some(source.to_owned()), id.to_owned(), Data::new())
            }
            None => SentIdentifier::new(None, (*id).to_owned(), Data::new()),
        })
        .collect()
}

fn object(value: Value) -> Data {
    match value {
        Value::Object(fields) => fields,
        other => panic!("{other} is not an object"),
    }
}

#[test]
fn numbers_are_stored_as_doubles() {
    let mut value = json!({
        "exact": 9_007_199_254_740_992_i64,
        "rounded": [9_007_199_254_740_993_i64, -9_007_199_254_740_993_i64],
        "whole": 1.0,
        "zero": -0.0,
        "half": 0.5,
        "large": u64::MAX,
        "text": "9007199254740993",
    });
    as_doubles(&mut value);
    assert_eq!(
        value,
        json!({
            "exact": 9_007_199_254_740_992_i64,
            "rounded": [9_007_199_254_740_992_i64, -9_007_199_254_740_992_i64],
            "whole": 1,
            "zero": 0,
            "half": 0.5,
            "large": 18_446_744_073_709_551_616.0,
            "text": "9007199254740993",
        })
    );
}

#[test]
fn memberships_merge_and_end() {
    let mut world = World::default();
    let organization = identifiers(&["acme"]);
    let user = identifiers(&["jane"]);
    let add = |world: &mut World, data: Option<Value>| {
        world.with(|store, context| {
            store.add_member(&organization, &user, data.map(object), context)
        })
    };
    assert_eq!(
        add(&mut world, None),
        Err(StoreError::UnknownSubject(SubjectKind::Organization))
    );
    world.organization(&["acme"], json!({})).unwrap();
    assert_eq!(
        add(&mut world, None),
        Err(StoreError::UnknownSubject(SubjectKind::User))
    );
    world.user(&["jane"], json!({"plan": "pro"})).unwrap();
    assert_eq!(world.store.remove_member(&organization, &user), Ok(()));

    add(
        &mut world,
        Some(json!({"role": "admin", "since": {"year": 2024}})),
    )
    .unwrap();
    add(
        &mut world,
        Some(json!({"since": {"month": 5}, "seat": null})),
    )
    .unwrap();
    add(&mut world, None).unwrap();
    let members = world.store.members("default", "acme");
    assert_eq!(members.len(), 1);
    assert_eq!(members[0].user.external_id("default"), Some("jane"));
    assert_eq!(
        Value::Object(members[0].data.clone()),
        json!({"role": "admin", "since": {"month": 5}, "seat": null})
    );
    assert_eq!(members[0].version, 2);
    assert!(members[0].updated_at > members[0].created_at);

    world.store.remove_member(&organization, &user).unwrap();
    assert!(world.store.members("default", "acme").is_empty());
    add(&mut world, None).unwrap();
    world.delete_user(&["jane"]).unwrap();
    assert!(world.store.members("default", "acme").is_empty());

    world.user(&["jane"], json!({})).unwrap();
    add(&mut world, None).unwrap();
    world.delete_organization(&["acme"]).unwrap();
    world.organization(&["acme"], json!({})).unwrap();
    assert!(world.store.members("default", "acme").is_empty());
}
