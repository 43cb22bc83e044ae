//! The lifetime of sessions.

use super::*;

const METHOD: Uuid = Uuid::from_u128(7);

#[test]
fn session_expires_after_an_hour() {
    let mut world = World::default();
    let (token, session) =
        world.with(|store, context| store.create_session(METHOD, "jane".to_owned(), context));
    assert_eq!(session.auth_method_id, METHOD);
    assert_eq!(session.user_id, "jane");
    let end = session.created_at + TimeDelta::hours(1);
    assert_eq!(session.expires_at, end);
    assert_eq!(world.store.session(&token), Some(&session));
    assert_eq!(world.store.session(&token[..token.len() - 1]), None);
    assert!(!session.is_expired_at(end - TimeDelta::microseconds(1)));
    assert!(session.is_expired_at(end));
}

#[test]
fn expired_sessions_are_discarded_when_there_are_many() {
    let mut world = World {
        store: Store::new(2),
        ..World::default()
    };
    let mint = |world: &mut World, user: &str| {
        let user = user.to_owned();
        world.with(|store, context| store.create_session(METHOD, user, context))
    };
    let (_, first) = mint(&mut world, "one");
    world.store.expire_sessions(first.created_at);
    for user in ["two", "three", "four"] {
        mint(&mut world, user);
    }
    let users: Vec<_> = world.store.sessions().map(|s| s.user_id.as_str()).collect();
    assert_eq!(users, ["two", "three", "four"], "valid sessions are kept");
}

#[test]
fn expire_sessions_expires_earlier_ones_only() {
    let mut world = World::default();
    let (first, minted) =
        world.with(|store, context| store.create_session(METHOD, "jane".to_owned(), context));
    let early = minted.created_at + TimeDelta::seconds(1);
    world.store.expire_sessions(early);
    let (second, _) =
        world.with(|store, context| store.create_session(METHOD, "jane".to_owned(), context));
    assert_ne!(first, second);
    world.store.expire_sessions(early + TimeDelta::hours(9));
    let ends: Vec<_> = world.store.sessions().map(|s| s.expires_at).collect();
    assert_eq!(ends[0], early, "an expired session keeps its expiry");
    assert_eq!(
        ends[1],
        minted.created_at + TimeDelta::seconds(1) + TimeDelta::hours(1)
    );
    let shown = format!("{:?}", world.store);
    assert!(
        shown.contains("jane") && !shown.contains(&first[8..]),
        "{shown}"
    );
}
