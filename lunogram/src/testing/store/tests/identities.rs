//! Identities, checked against a model that is a list of sets.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

#[derive(Clone, Debug)]
enum Step {
    Upsert(Vec<&'static str>),
    Delete(Vec<&'static str>),
}

fn ids() -> impl Strategy<Value = Vec<&'static str>> {
    const IDS: [&str; 6] = ["a", "b", "c", "stripe:a", "stripe:b", "anonymous:c"];
    prop::collection::vec(prop::sample::select(&IDS[..]), 1..4)
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![4 => ids().prop_map(Step::Upsert), 1 => ids().prop_map(Step::Delete)];
    prop::collection::vec(step, 1..30)
}

fn ids_of(user: &StoredSubject) -> BTreeSet<String> {
    user.identifiers
        .iter()
        .map(|identifier| match identifier.source.as_str() {
            "default" => identifier.external_id.clone(),
            source => format!("{source}:{}", identifier.external_id),
        })
        .collect()
}

proptest! {
    #[test]
    fn look_ups_agree_with_the_model(steps in steps()) {
        let mut world = World::default();
        let mut model: Vec<BTreeSet<String>> = Vec::new();
        for step in steps {
            let (Step::Upsert(ids) | Step::Delete(ids)) = &step;
            let ids: BTreeSet<String> = ids.iter().map(|id| (*id).to_owned()).collect();
            let owners: Vec<usize> = (0..model.len())
                .filter(|index| !model[*index].is_disjoint(&ids))
                .collect();
            let before = world.users();
            match step {
                Step::Upsert(sent) => {
                    let result = world.user(&sent, json!({"touched": sent.clone()}));
                    match owners[..] {
                        [] => {
                            prop_assert_eq!(ids_of(&result.unwrap()), ids.clone());
                            model.push(ids);
                        }
                        [owner] => {
                            model[owner].extend(ids);
                            prop_assert_eq!(&ids_of(&result.unwrap()), &model[owner]);
                        }
                        _ => {
                            prop_assert_eq!(result, Err(StoreError::Conflict));
                            prop_assert_eq!(world.users(), before);
                        }
                    }
                }
                Step::Delete(sent) => {
                    let result = world.delete_user(&sent);
                    match owners[..] {
                        [] => prop_assert_eq!(result, Err(StoreError::UnknownSubject(SubjectKind::User))),
                        [owner] => {
                            prop_assert_eq!(result, Ok(()));
                            model.remove(owner);
                        }
                        _ => {
                            prop_assert_eq!(result, Err(StoreError::Conflict));
                            prop_assert_eq!(world.users(), before);
                        }
                    }
                }
            }
            let stored: Vec<_> = world.users().iter().map(ids_of).collect();
            prop_assert_eq!(&stored, &model);
        }
    }
}

#[test]
fn empty_source_is_the_default_source() {
    let mut world = World::default();
    let first = world.user(&["jane"], json!({})).unwrap();
    let second = world.user(&[":jane", "default:jane"], json!({})).unwrap();
    assert_eq!(second.id, first.id);
    assert_eq!(second.identifiers.len(), 1);
    assert_eq!(second.version, 1);
}

#[test]
fn users_and_organizations_have_separate_identifiers() {
    let mut world = World::default();
    world.user(&["one"], json!({})).unwrap();
    world.user(&["two"], json!({})).unwrap();
    let organization = world.organization(&["one", "two"], json!({})).unwrap();
    assert_eq!(organization.identifiers.len(), 2);
    world.organization(&["three"], json!({})).unwrap();
    assert_eq!(
        world.organization(&["two", "three"], json!({})),
        Err(StoreError::Conflict)
    );
    world.delete_organization(&["one"]).unwrap();
    assert!(
        world
            .store
            .subject(SubjectKind::Organization, "default", "two")
            .is_none()
    );
    assert!(
        world
            .store
            .subject(SubjectKind::User, "default", "two")
            .is_some()
    );
}

#[test]
fn metadata_merges_key_by_key() {
    let mut world = World::default();
    let mut send = |metadata: Value| {
        let identifier = SentIdentifier::new(None, "jane".to_owned(), object(metadata));
        let sent = Upsert {
            identifiers: vec![identifier],
            profile: Profile::default(),
            data: None,
        };
        world.upsert(SubjectKind::User, sent).unwrap()
    };
    let first = send(json!({"live": true, "shop": {"id": 1}}));
    let second = send(json!({"shop": {"name": "x"}, "note": null}));
    assert_eq!(
        Value::Object(second.identifiers[0].metadata.clone()),
        json!({"live": true, "shop": {"name": "x"}, "note": null})
    );
    assert_eq!(second.identifiers[0].id, first.identifiers[0].id);
    assert!(second.identifiers[0].updated_at > first.identifiers[0].updated_at);
    assert_eq!(
        second.identifiers[0].created_at,
        first.identifiers[0].created_at
    );
}
