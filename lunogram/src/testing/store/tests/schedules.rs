//! Assignments of schedules, by name and by id.

use super::*;
use ScheduleIdentity::{ById, ByName};
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
    assignments: ScheduleIdentity,
) -> Result<AcceptedSchedule, StoreError> {
    world.with(|store, context| store.upsert_schedule(kind, sent, assignments, context))
}

fn world() -> World {
    let mut world = World::default();
    world.user(&["jane"], json!({})).unwrap();
    world.user(&["joe"], json!({})).unwrap();
    world.organization(&["acme"], json!({})).unwrap();
    world
}

#[test]
fn same_name_updates_the_assignment() {
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
fn stored_interval_survives_a_later_request_by_name() {
    let mut world = world();
    let first = UpsertSchedule {
        data: Some(object(json!({"plan": "pro"}))),
        ..recurring("digest", &["jane"], "1 day")
    };
    upsert(&mut world, User, first, ByName).unwrap();
    upsert(&mut world, User, single("digest", &["jane"], 1), ByName).unwrap();
    let stored = world.store.schedules_of(User, "default", "jane");
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].interval.as_deref(), Some("1 day"));
    assert!(stored[0].start_at.is_some());
    assert_eq!(stored[0].scheduled_at, Some(moment(1)));
    assert!(stored[0].data.is_empty());
}

#[test]
fn deletion_by_id_removes_one_assignment_of_the_subject() {
    let mut world = world();
    let ids: Vec<_> = [
        ("call", "jane"),
        ("call", "jane"),
        ("visit", "jane"),
        ("call", "joe"),
    ]
    .into_iter()
    .map(|(name, user)| {
        let sent = single(name, &[user], 1);
        upsert(&mut world, User, sent, ById).unwrap().id
    })
    .collect();
    let mut delete = |id, name: Option<&str>, user| {
        let name = name.map(str::to_owned);
        let selection = ScheduleSelection::Assignment { id, name };
        let outcome = world
            .store
            .delete_schedule(User, &selection, &identifiers(&[user]));
        let left = world.store.schedules().map(|schedule| schedule.id);
        (outcome, left.collect::<Vec<_>>())
    };
    let [first, second, visit, of_joe] = ids[..] else {
        panic!("{ids:?}")
    };
    // The id of another user, and an id with another name, select nothing.
    assert_eq!(delete(of_joe, None, "jane"), (Ok(()), ids.clone()));
    assert_eq!(delete(visit, Some("call"), "jane"), (Ok(()), ids.clone()));
    let unknown = Err(StoreError::UnknownSchedule);
    assert_eq!(
        delete(visit, Some("unknown"), "jane"),
        (unknown, ids.clone())
    );
    assert_eq!(
        delete(first, None, "jane"),
        (Ok(()), vec![second, visit, of_joe])
    );
    assert_eq!(
        delete(second, Some("call"), "jane"),
        (Ok(()), vec![visit, of_joe])
    );
}

#[test]
fn request_without_an_id_adds_an_assignment() {
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
        .map(|schedule| schedule.scheduled_at)
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
fn id_of_another_schedule_is_accepted_and_lost() {
    let mut world = world();
    let first = upsert(&mut world, User, single("call", &["jane"], 1), ById).unwrap();
    for (name, user) in [("call", "joe"), ("visit", "jane")] {
        let foreign = UpsertSchedule {
            id: Some(first.id),
            ..single(name, &[user], 2)
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
fn response_has_scheduled_at_or_start_at_or_now() {
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
fn schedule_must_be_single_or_recurring() {
    let mut world = world();
    let neither = UpsertSchedule {
        scheduled_at: None,
        ..single("x", &["jane"], 0)
    };
    assert_eq!(
        upsert(&mut world, User, neither, ByName),
        Err(StoreError::MissingScheduledAt)
    );
    for interval in ["", "one day", "0", "-1 day"] {
        let sent = recurring("x", &["jane"], interval);
        assert_eq!(
            upsert(&mut world, User, sent, ByName),
            Err(StoreError::InvalidInterval),
            "{interval:?}"
        );
    }
    assert_eq!(world.store.schedules().count(), 0);
    assert!(world.store.lost().is_empty());
}

#[test]
fn unknown_user_is_accepted_and_unknown_organization_refused() {
    let mut world = world();
    upsert(&mut world, User, single("x", &["unknown"], 1), ByName).unwrap();
    assert_eq!(world.store.lost().len(), 1);
    assert_eq!(
        upsert(
            &mut world,
            Organization,
            single("x", &["unknown"], 1),
            ByName
        ),
        Err(StoreError::UnknownSubject(Organization))
    );
    // The look-up comes before the check of the interval.
    assert_eq!(
        upsert(
            &mut world,
            Organization,
            recurring("x", &["unknown"], "bad"),
            ByName
        ),
        Err(StoreError::UnknownSubject(Organization))
    );
    assert_eq!(world.store.lost().len(), 1);
    assert_eq!(world.store.schedules().count(), 0);
}

#[test]
fn name_exists_in_the_project_after_its_first_assignment() {
    let mut world = world();
    let delete = |world: &mut World, kind, name: &str, id: &str| {
        let named = ScheduleSelection::Named(name.to_owned());
        world
            .store
            .delete_schedule(kind, &named, &identifiers(&[id]))
    };
    assert_eq!(
        delete(&mut world, User, "x", "jane"),
        Err(StoreError::UnknownSchedule)
    );
    upsert(&mut world, User, single("x", &["unknown"], 1), ByName).unwrap();
    assert_eq!(
        delete(&mut world, User, "x", "jane"),
        Err(StoreError::UnknownSchedule)
    );
    assert_eq!(delete(&mut world, User, "anniversary", "jane"), Ok(()));

    upsert(&mut world, User, single("x", &["jane"], 1), ById).unwrap();
    upsert(&mut world, User, single("x", &["jane"], 2), ById).unwrap();
    upsert(&mut world, User, single("y", &["jane"], 2), ById).unwrap();
    assert_eq!(
        delete(&mut world, User, "x", "unknown"),
        Err(StoreError::UnknownSubject(User))
    );
    assert_eq!(delete(&mut world, Organization, "x", "acme"), Ok(()));
    assert_eq!(world.store.schedules().count(), 3);
    assert_eq!(delete(&mut world, User, "x", "jane"), Ok(()));
    assert_eq!(
        world
            .store
            .schedules()
            .map(|schedule| &schedule.name)
            .collect::<Vec<_>>(),
        ["y"]
    );
    assert_eq!(delete(&mut world, User, "x", "jane"), Ok(()));
}

#[test]
fn deleting_a_subject_deletes_its_schedules() {
    let mut world = world();
    upsert(&mut world, User, single("x", &["jane"], 1), ByName).unwrap();
    upsert(&mut world, Organization, single("x", &["acme"], 1), ByName).unwrap();
    world.delete_user(&["jane"]).unwrap();
    world.user(&["jane"], json!({})).unwrap();
    assert!(world.store.schedules_of(User, "default", "jane").is_empty());
    assert_eq!(
        world
            .store
            .schedules_of(Organization, "default", "acme")
            .len(),
        1
    );
    world.delete_organization(&["acme"]).unwrap();
    assert_eq!(world.store.schedules().count(), 0);
}
