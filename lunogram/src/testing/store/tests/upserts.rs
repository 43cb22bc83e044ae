//! Property tests of upserts.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn text() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z]{1,3}")
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<i32>().prop_map(|number| json!(number)),
        "[a-z]{0,3}".prop_map(|text| json!(text)),
        any::<bool>().prop_map(|inner| json!({"nested": inner})),
        any::<bool>().prop_map(|inner| json!({"other": [inner]})),
    ]
}

fn upserts() -> impl Strategy<Value = Upsert> {
    let data = prop::option::of(prop::collection::btree_map("[a-d]", value(), 0..4));
    (text(), text(), text(), text(), data).prop_map(|(email, phone, timezone, locale, data)| {
        Upsert {
            identifiers: identifiers(&["jane"]),
            profile: Profile {
                email,
                phone,
                timezone,
                locale,
                name: None,
            },
            data: data.map(|data| data.into_iter().collect()),
        }
    })
}

/// The user without the values that every upsert changes.
fn without_versions(mut user: StoredSubject) -> StoredSubject {
    user.version = 0;
    user.updated_at = user.created_at;
    for identifier in &mut user.identifiers {
        identifier.updated_at = identifier.created_at;
    }
    user
}

proptest! {
    #[test]
    fn repeated_upsert_changes_only_the_version(
        before in prop::collection::vec(upserts(), 0..4),
        sent in upserts(),
    ) {
        let mut world = World::default();
        for sent in before {
            world.upsert(SubjectKind::User, sent).unwrap();
        }
        let once = world.upsert(SubjectKind::User, sent.clone()).unwrap();
        let twice = world.upsert(SubjectKind::User, sent).unwrap();
        prop_assert_eq!(twice.version, once.version + 1);
        prop_assert!(twice.updated_at > once.updated_at);
        prop_assert_eq!(without_versions(twice), without_versions(once));
    }

    #[test]
    fn last_sent_value_is_stored(sent in prop::collection::vec(upserts(), 1..6)) {
        let mut world = World::default();
        for sent in &sent {
            world.upsert(SubjectKind::User, sent.clone()).unwrap();
        }
        let user = world.store.subject(SubjectKind::User, "default", "jane").unwrap();
        let last = |field: fn(&Profile) -> &Option<String>| {
            sent.iter().rev().find_map(|sent| field(&sent.profile).clone())
        };
        prop_assert_eq!(&user.profile.email, &last(|sent| &sent.email));
        prop_assert_eq!(&user.profile.phone, &last(|sent| &sent.phone));
        prop_assert_eq!(&user.profile.timezone, &last(|sent| &sent.timezone));
        prop_assert_eq!(&user.profile.locale, &last(|sent| &sent.locale));
        let data: BTreeMap<String, Value> =
            sent.iter().filter_map(|sent| sent.data.clone()).flatten().collect();
        prop_assert_eq!(Value::Object(user.data.clone()), json!(data));
        prop_assert_eq!(usize::try_from(user.version), Ok(sent.len() - 1));
        prop_assert_eq!(user.id, Uuid::from_u128(1));
    }
}

fn named(name: Option<&str>) -> Upsert {
    Upsert {
        identifiers: identifiers(&["acme"]),
        profile: Profile {
            name: name.map(str::to_owned),
            ..Profile::default()
        },
        data: None,
    }
}

#[test]
fn updated_at_advances_even_if_the_clock_does_not() {
    let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut store = Store::new(usize::MAX);
    let mut ids = Uuid::new_v4;
    let mut upsert = || {
        let context = &mut Context::new(now, &mut ids);
        store
            .upsert(SubjectKind::Organization, named(Some("Acme")), context)
            .unwrap()
            .clone()
    };
    let first = upsert();
    let second = upsert();
    assert_eq!((first.version, second.version), (0, 1));
    assert_eq!(first.updated_at, now);
    assert!(second.updated_at > first.updated_at);
    assert_eq!(second.created_at, now);
}

#[test]
fn name_is_kept_until_another_is_sent() {
    let mut world = World::default();
    let mut send = |name: Option<&str>| {
        let stored = world.upsert(SubjectKind::Organization, named(name));
        stored.unwrap().profile.name
    };
    assert_eq!(send(Some("Acme")).as_deref(), Some("Acme"));
    assert_eq!(send(None).as_deref(), Some("Acme"));
    assert_eq!(send(Some("Acme BV")).as_deref(), Some("Acme BV"));
}
