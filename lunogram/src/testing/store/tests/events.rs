//! The recipients of events.

use super::*;

fn to(name: &str, ids: &[&str]) -> SentEvent {
    SentEvent {
        name: name.to_owned(),
        identifiers: Some(identifiers(ids)),
        matching: None,
        data: Some(object(json!({"n": 1}))),
    }
}

fn matching(name: &str, wanted: Value) -> SentEvent {
    SentEvent {
        name: name.to_owned(),
        identifiers: None,
        matching: Some(object(wanted)),
        data: None,
    }
}

fn post(world: &mut World, kind: SubjectKind, events: Vec<SentEvent>) -> Result<(), StoreError> {
    world.with(|store, context| store.post_events(kind, events, context))
}

fn names(world: &World) -> Vec<&str> {
    world
        .store
        .events()
        .iter()
        .map(|event| event.name.as_str())
        .collect()
}

#[test]
fn upsert_after_the_event_does_not_recover_it() {
    let mut world = World::default();
    post(&mut world, SubjectKind::User, vec![to("early", &["jane"])]).unwrap();
    let jane = world.user(&["jane"], json!({})).unwrap();
    post(&mut world, SubjectKind::User, vec![to("late", &["jane"])]).unwrap();

    assert_eq!(names(&world), ["late"]);
    assert_eq!(world.store.events()[0].reached, [jane.id]);
    let lost = &world.store.lost()[0];
    assert_eq!((lost.kind, lost.name.as_str()), (LostKind::Event, "early"));
    assert_eq!(lost.identifiers, identifiers(&["jane"]));
    assert_eq!(
        lost.reason,
        "no user has any of these identifiers; upsert the user first"
    );
}

#[test]
fn conflicting_identifiers_lose_user_events_and_stop_organization_batches() {
    let mut world = World::default();
    for id in ["one", "two"] {
        world.user(&[id], json!({})).unwrap();
        world.organization(&[id], json!({})).unwrap();
    }
    let batch = || {
        vec![
            to("first", &["one"]),
            to("second", &["one", "two"]),
            to("third", &["two"]),
        ]
    };

    post(&mut world, SubjectKind::User, batch()).unwrap();
    assert_eq!(names(&world), ["first", "third"]);
    assert_eq!(world.store.lost().len(), 1);
    assert_eq!(
        world.store.lost()[0].reason,
        "the identifiers belong to more than one user"
    );

    assert_eq!(
        post(&mut world, SubjectKind::Organization, batch()),
        Err(StoreError::Conflict)
    );
    assert_eq!(names(&world), ["first", "third", "first"]);
    assert_eq!(world.store.lost().len(), 1);
}

#[test]
fn batch_stops_at_an_event_with_both_targets_or_neither() {
    for (error, bad) in [
        (
            StoreError::NoTarget,
            SentEvent {
                identifiers: None,
                ..to("bad", &["jane"])
            },
        ),
        (
            StoreError::BothTargets,
            SentEvent {
                matching: Some(Data::new()),
                ..to("bad", &["jane"])
            },
        ),
    ] {
        for kind in [SubjectKind::User, SubjectKind::Organization] {
            let mut world = World::default();
            world.user(&["jane"], json!({})).unwrap();
            world.organization(&["jane"], json!({})).unwrap();
            let batch = vec![to("before", &["jane"]), bad.clone(), to("after", &["jane"])];
            assert_eq!(post(&mut world, kind, batch), Err(error.clone()));
            assert_eq!(names(&world), ["before"]);
            assert!(world.store.lost().is_empty());
        }
    }
}

#[test]
fn match_reaches_the_subjects_that_match_on_arrival() {
    let mut world = World::default();
    let pro = json!({"plan": "pro", "tags": ["a", "b"]});
    let one = world.user(&["one"], pro.clone()).unwrap();
    world.user(&["two"], json!({"plan": "free"})).unwrap();
    let three = world.user(&["three"], pro.clone()).unwrap();
    let acme = world.organization(&["acme"], pro.clone()).unwrap();

    let wanted = json!({"tags": ["b"], "plan": "pro"});
    post(
        &mut world,
        SubjectKind::User,
        vec![matching("news", wanted.clone())],
    )
    .unwrap();
    post(
        &mut world,
        SubjectKind::Organization,
        vec![matching("news", wanted.clone())],
    )
    .unwrap();
    post(
        &mut world,
        SubjectKind::User,
        vec![matching("no_match", json!({"plan": "x"}))],
    )
    .unwrap();
    post(
        &mut world,
        SubjectKind::User,
        vec![matching("all", json!({}))],
    )
    .unwrap();
    world.user(&["two"], pro).unwrap();

    let events = world.store.events();
    assert_eq!(events[0].reached, [one.id, three.id]);
    assert_eq!(events[0].target, EventTarget::Match(object(wanted)));
    assert_eq!(events[1].reached, [acme.id]);
    assert!(events[2].reached.is_empty());
    assert_eq!(events[3].reached.len(), 3);
    assert!(world.store.lost().is_empty());
}
