//! One assignment or several, kept or lost.

use super::*;
use Assignments::{ById, ByName};
use SubjectKind::{Organization, User};

fn moment(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn single(name: &str, ids: &[&str], second: i64) -> UpsertSchedule {
    UpsertSchedule {
        id: None,
        name: name.to_owned(),
        identifiers: identifiers(ids),
        scheduled_at: Some(moment(second)),
        start_at: None,
        interval: None,
        data: None,
    }
}

fn recurring(name: &str, ids: &[&str], interval: &str) -> UpsertSchedule {
    UpsertSchedule {
        scheduled_at: None,
        interval: Some(interval.to_owned()),
        ..single(name, ids, 0)
    }
}

fn upsert(
    world: &mut World,
    kind: SubjectKind,
    sent: UpsertSchedule,
    assignments: Assignments,
) -> Result<AcceptedSchedule, Refused> {
    world.with(|store, at| store.upsert_schedule(kind, sent, assignments, at))
}

fn world() -> World {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    world.user(&["joe"], json!({})).unwrap();
    world.organization(&["acme"], json!({})).unwrap();
    world
}

#[test]
fn a_name_sent_again_replaces_the_assignment() {
    let mut world = world();
    let mut first = single("trial_end", &["jane"], 1);
    first.data = Some(object(json!({"plan": "pro"})));
    let first = upsert(&mut world, User, first, ByName).unwrap();
    let again = UpsertSchedule {
        id: Some(Uuid::from_u128(99)),
        ..recurring("trial_end", &["jane"], "1 day")
    };
    let again = upsert(&mut world, User, again, ByName).unwrap();
    assert_eq!(again.id, first.id);

    let stored = world.store.schedules_of(User, "default", "jane");
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].scheduled_at, None);
    assert_eq!(stored[0].interval.as_deref(), Some("1 day"));
    assert!(stored[0].data.is_empty());
    assert!(stored[0].updated_at > stored[0].created_at);
}

#[test]
fn without_an_id_each_request_makes_another() {
    let mut world = world();
    let one = upsert(&mut world, User, single("call", &["jane"], 1), ById).unwrap();
    let two = upsert(&mut world, User, single("call", &["jane"], 2), ById).unwrap();
    assert_ne!(one.id, two.id);

    let update = UpsertSchedule {
        id: Some(one.id),
        data: Some(object(json!({"moved": true}))),
        ..single("call", &["jane"], 3)
    };
    assert_eq!(upsert(&mut world, User, update, ById).unwrap().id, one.id);
    let moments: Vec<_> = world
        .store
        .schedules()
        .map(|known| known.scheduled_at)
        .collect();
    assert_eq!(moments, [Some(moment(3)), Some(moment(2))]);

    let chosen = UpsertSchedule {
        id: Some(Uuid::from_u128(77)),
        ..single("call", &["jane"], 4)
    };
    assert_eq!(
        upsert(&mut world, User, chosen, ById).unwrap().id,
        Uuid::from_u128(77)
    );
    assert_eq!(world.store.schedules().count(), 3);
}

#[test]
fn an_id_of_another_is_accepted_and_lost() {
    let mut world = world();
    let first = upsert(&mut world, User, single("call", &["jane"], 1), ById).unwrap();
    for (name, who) in [("call", "joe"), ("visit", "jane")] {
        let foreign = UpsertSchedule {
            id: Some(first.id),
            ..single(name, &[who], 2)
        };
        upsert(&mut world, User, foreign, ById).unwrap();
    }
    assert_eq!(world.store.schedules().count(), 1);
    assert_eq!(world.store.lost().len(), 2);
    assert!(
        world
            .store
            .lost()
            .iter()
            .all(|lost| lost.kind == LostKind::Schedule)
    );
}

#[test]
fn the_answer_names_the_moment_or_the_start_or_now() {
    let mut world = world();
    let at = |world: &mut World, sent| upsert(world, User, sent, ByName).unwrap().scheduled_at;
    assert_eq!(at(&mut world, single("x", &["jane"], 5)), moment(5));
    let started = UpsertSchedule {
        start_at: Some(moment(6)),
        ..recurring("x", &["jane"], "24h")
    };
    assert_eq!(at(&mut world, started), moment(6));
    let both = UpsertSchedule {
        scheduled_at: Some(moment(7)),
        start_at: Some(moment(6)),
        ..recurring("x", &["jane"], "24h")
    };
    assert_eq!(at(&mut world, both), moment(7));
    assert_eq!(
        at(&mut world, recurring("x", &["jane"], "24h")),
        moment(0) - TimeDelta::seconds(100_000_000) + TimeDelta::seconds(world.operations)
    );
    let stored = &world.store.schedules_of(User, "default", "jane")[0];
    assert!(stored.start_at.is_some());
}

#[test]
fn what_is_neither_single_nor_recurring_is_refused() {
    let mut world = world();
    let neither = UpsertSchedule {
        scheduled_at: None,
        ..single("x", &["jane"], 0)
    };
    assert_eq!(
        upsert(&mut world, User, neither, ByName),
        Err(Refused::NoMoment)
    );
    for interval in ["", "one day", "0", "-1 day"] {
        let sent = recurring("x", &["jane"], interval);
        assert_eq!(
            upsert(&mut world, User, sent, ByName),
            Err(Refused::BadInterval),
            "{interval:?}"
        );
    }
    assert_eq!(world.store.schedules().count(), 0);
    assert!(world.store.lost().is_empty());
}

#[test]
fn an_unknown_user_is_accepted_and_an_unknown_organization_refused() {
    let mut world = world();
    upsert(&mut world, User, single("x", &["nobody"], 1), ByName).unwrap();
    assert_eq!(world.store.lost().len(), 1);
    assert_eq!(
        upsert(
            &mut world,
            Organization,
            single("x", &["nobody"], 1),
            ByName
        ),
        Err(Refused::NoSubject(Organization))
    );
    // Looked up before the interval is judged.
    assert_eq!(
        upsert(
            &mut world,
            Organization,
            recurring("x", &["nobody"], "bad"),
            ByName
        ),
        Err(Refused::NoSubject(Organization))
    );
    assert_eq!(world.store.lost().len(), 1);
    assert_eq!(world.store.schedules().count(), 0);
}

#[test]
fn a_name_exists_in_the_project_once_it_was_assigned() {
    let mut world = world();
    let delete = |world: &mut World, kind, name: &str, id: &str| {
        world.store.delete_schedule(kind, name, &identifiers(&[id]))
    };
    assert_eq!(
        delete(&mut world, User, "x", "jane"),
        Err(Refused::NoSchedule)
    );
    upsert(&mut world, User, single("x", &["nobody"], 1), ByName).unwrap();
    assert_eq!(
        delete(&mut world, User, "x", "jane"),
        Err(Refused::NoSchedule)
    );
    assert_eq!(delete(&mut world, User, "anniversary", "jane"), Ok(()));

    upsert(&mut world, User, single("x", &["jane"], 1), ById).unwrap();
    upsert(&mut world, User, single("x", &["jane"], 2), ById).unwrap();
    upsert(&mut world, User, single("y", &["jane"], 2), ById).unwrap();
    assert_eq!(
        delete(&mut world, User, "x", "nobody"),
        Err(Refused::NoSubject(User))
    );
    assert_eq!(delete(&mut world, Organization, "x", "acme"), Ok(()));
    assert_eq!(world.store.schedules().count(), 3);
    assert_eq!(delete(&mut world, User, "x", "jane"), Ok(()));
    assert_eq!(
        world
            .store
            .schedules()
            .map(|known| &known.name)
            .collect::<Vec<_>>(),
        ["y"]
    );
    assert_eq!(delete(&mut world, User, "x", "jane"), Ok(()));
}

#[test]
fn schedules_go_with_their_subject() {
    let mut world = world();
    upsert(&mut world, User, single("x", &["jane"], 1), ByName).unwrap();
    upsert(&mut world, Organization, single("x", &["acme"], 1), ByName).unwrap();
    world.store.delete_user(&identifiers(&["jane"])).unwrap();
    world.user(&["jane"], json!({})).unwrap();
    assert!(world.store.schedules_of(User, "default", "jane").is_empty());
    assert_eq!(
        world
            .store
            .schedules_of(Organization, "default", "acme")
            .len(),
        1
    );
    world
        .store
        .delete_organization(&identifiers(&["acme"]))
        .unwrap();
    assert_eq!(world.store.schedules().count(), 0);
}
