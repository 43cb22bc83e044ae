//! Texts that the database does not store.

use super::*;
use crate::testing::store::columns;

fn nested(depth: usize, key: &str) -> Value {
    (0..depth).fold(json!(1), |inner, _| json!({key: [inner]}))
}

#[test]
fn upsert_that_cannot_be_stored_changes_nothing() {
    let mut world = World::default();
    let before = world.user(&["jane"], json!({"plan": "pro"})).unwrap();
    let long = "é".repeat(256);
    let with_profile = |set: fn(&mut Profile) -> &mut Option<String>, value: &str| {
        let mut sent = upsert(&["jane"], json!({}));
        *set(&mut sent.profile) = Some(value.to_owned());
        sent
    };
    let mut metadata = upsert(&["jane"], json!({}));
    metadata.identifiers[0].metadata = object(json!({"note": "a\0"}));
    for (sent, reason) in [
        (
            upsert(&["jane"], json!({"a": [{"b": "x\0"}]})),
            "data.a[0].b has the character U+0000, which the database does not take",
        ),
        (
            upsert(&["jane"], json!({"a": {"b\0": 1}})),
            "data.a has the character U+0000, which the database does not take",
        ),
        (
            upsert(&["jane", "jo\0e"], json!({})),
            "identifier[1].external_id has the character U+0000, which the database does not take",
        ),
        (
            upsert(&["jane", &format!("{long}:1")], json!({})),
            "identifier[1].source has 256 characters, and the database takes 255",
        ),
        (
            metadata,
            "identifier[0].metadata.note has the character U+0000, which the database does not take",
        ),
        (
            with_profile(|profile| &mut profile.email, &long),
            "email has 256 characters, and the database takes 255",
        ),
        (
            with_profile(|profile| &mut profile.phone, &"1".repeat(65)),
            "phone has 65 characters, and the database takes 64",
        ),
        (
            with_profile(|profile| &mut profile.timezone, &"Z".repeat(51)),
            "timezone has 51 characters, and the database takes 50",
        ),
        (
            with_profile(|profile| &mut profile.locale, &long),
            "locale has 256 characters, and the database takes 255",
        ),
        (
            upsert(&["jane"], json!({&long[..2 * 250]: 1})),
            "the path of a key in data has 256 characters, and the database takes 255",
        ),
        (
            // Each level adds `.ab[]`.
            upsert(&["jane"], json!({"x": nested(50, "ab")})),
            "the path of a key in data has 257 characters, and the database takes 255",
        ),
    ] {
        let outcome = world.upsert(SubjectKind::User, sent);
        let Err(StoreError::Unstorable(unstorable)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(unstorable.into_reason(), reason);
        assert_eq!(world.users(), std::slice::from_ref(&before));
    }
}

#[test]
fn texts_up_to_the_limits_are_stored() {
    let mut world = World::default();
    let longest = "é".repeat(255);
    let mut sent = upsert(
        &[&format!("{longest}:{longest}")],
        json!({&longest[..2 * 249]: longest}),
    );
    sent.profile = Profile {
        email: Some(longest.clone()),
        phone: Some("1".repeat(64)),
        timezone: Some("Z".repeat(50)),
        locale: Some(longest),
        name: None,
    };
    world.upsert(SubjectKind::User, sent).unwrap();
    let value = json!({"a": [1, null, true], "b": "any\u{1}thing but one character"});
    assert_eq!(columns::learned(&object(value)), Ok(()));
}

#[test]
fn events_that_cannot_be_stored_are_lost_and_the_batch_continues() {
    for kind in [SubjectKind::User, SubjectKind::Organization] {
        let mut world = World::default();
        world.upsert(kind, upsert(&["jane"], json!({}))).unwrap();
        let event = |name: &str, data: Value| SentEvent {
            name: name.to_owned(),
            identifiers: Some(identifiers(&["jane"])),
            matching: None,
            data: Some(object(data)),
        };
        let by_match = SentEvent {
            identifiers: None,
            matching: Some(object(json!({"plan": "\0"}))),
            ..event("by_match", json!({}))
        };
        let batch = vec![
            event("first", json!({})),
            event(&"n".repeat(256), json!({})),
            event("text", json!({"note": "\0"})),
            by_match,
            event("last", json!({})),
        ];
        world
            .with(|store, context| store.post_events(kind, batch, context))
            .unwrap();
        let names: Vec<_> = world
            .store
            .events()
            .iter()
            .map(|event| &*event.name)
            .collect();
        assert_eq!(names, ["first", "last"]);
        let reasons: Vec<_> = world
            .store
            .lost()
            .iter()
            .map(|lost| &*lost.reason)
            .collect();
        assert_eq!(
            reasons,
            [
                "name has 256 characters, and the database takes 255",
                "data.note has the character U+0000, which the database does not take",
                "match.plan has the character U+0000, which the database does not take",
            ]
        );
    }
}

#[test]
fn look_up_with_nul_fails_and_a_long_one_finds_nothing() {
    let world = World::default();
    let require = |id: &str| world.store.require(SubjectKind::User, &identifiers(&[id]));
    assert!(matches!(require("a\0"), Err(StoreError::Unstorable(_))));
    let unknown = Err(StoreError::UnknownSubject(SubjectKind::User));
    assert_eq!(require(&"x".repeat(300)), unknown);
}
