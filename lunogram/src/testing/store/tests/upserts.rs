//! The laws of an upsert.

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

fn upsert() -> impl Strategy<Value = UpsertUser> {
    let data = prop::option::of(prop::collection::btree_map("[a-d]", value(), 0..4));
    (text(), text(), text(), text(), data).prop_map(|(email, phone, timezone, locale, data)| {
        UpsertUser {
            identifiers: identifiers(&["jane"]),
            email,
            phone,
            timezone,
            locale,
            data: data.map(|data| data.into_iter().collect()),
        }
    })
}

/// The user without what every upsert moves.
fn settled(mut user: StoredUser) -> StoredUser {
    user.version = 0;
    user.updated_at = user.created_at;
    for identifier in &mut user.identifiers {
        identifier.updated_at = identifier.created_at;
    }
    user
}

proptest! {
    #[test]
    fn a_second_time_changes_nothing_but_the_version(
        before in prop::collection::vec(upsert(), 0..4),
        sent in upsert(),
    ) {
        let mut world = World::default();
        for sent in before {
            world.with(|store, at| store.upsert_user(sent, at).cloned()).unwrap();
        }
        let once = world.with(|store, at| store.upsert_user(sent.clone(), at).cloned()).unwrap();
        let twice = world.with(|store, at| store.upsert_user(sent, at).cloned()).unwrap();
        prop_assert_eq!(twice.version, once.version + 1);
        prop_assert!(twice.updated_at > once.updated_at);
        prop_assert_eq!(settled(twice), settled(once));
    }

    #[test]
    fn the_last_that_was_sent_stands(sent in prop::collection::vec(upsert(), 1..6)) {
        let mut world = World::default();
        for sent in &sent {
            world.with(|store, at| store.upsert_user(sent.clone(), at).cloned()).unwrap();
        }
        let user = world.store.user("default", "jane").unwrap();
        let last = |field: fn(&UpsertUser) -> &Option<String>| {
            sent.iter().rev().find_map(|sent| field(sent).clone())
        };
        prop_assert_eq!(&user.email, &last(|sent| &sent.email));
        prop_assert_eq!(&user.phone, &last(|sent| &sent.phone));
        prop_assert_eq!(&user.timezone, &last(|sent| &sent.timezone));
        prop_assert_eq!(&user.locale, &last(|sent| &sent.locale));
        let data: BTreeMap<String, Value> =
            sent.iter().filter_map(|sent| sent.data.clone()).flatten().collect();
        prop_assert_eq!(Value::Object(user.data.clone()), json!(data));
        prop_assert_eq!(usize::try_from(user.version), Ok(sent.len()));
        prop_assert_eq!(user.id, Uuid::from_u128(1));
    }
}

#[test]
fn a_clock_that_stands_still_moves_updated_at() {
    let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut store = Store::default();
    let mut ids = Uuid::new_v4;
    let mut upsert = || {
        let sent = UpsertOrganization {
            identifiers: identifiers(&["acme"]),
            name: Some("Acme".to_owned()),
            data: None,
        };
        store
            .upsert_organization(sent, &mut Moment::new(now, &mut ids))
            .unwrap()
            .clone()
    };
    let first = upsert();
    let second = upsert();
    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(first.updated_at, now);
    assert!(second.updated_at > first.updated_at);
    assert_eq!(second.created_at, now);
}

#[test]
fn a_name_stays_until_another_is_sent() {
    let mut world = World::default();
    let mut send = |name: Option<&str>| {
        let sent = UpsertOrganization {
            identifiers: identifiers(&["acme"]),
            name: name.map(str::to_owned),
            data: None,
        };
        world
            .with(|store, at| store.upsert_organization(sent, at).cloned())
            .unwrap()
            .name
    };
    assert_eq!(send(Some("Acme")).as_deref(), Some("Acme"));
    assert_eq!(send(None).as_deref(), Some("Acme"));
    assert_eq!(send(Some("Acme BV")).as_deref(), Some("Acme BV"));
}
