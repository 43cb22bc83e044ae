//! Sessions: tokens that act for one user for a limited time.

use chrono::TimeDelta;
use lunogram::inbox::{Channel, InboxQuery};
use lunogram::push::Device;
use lunogram::queue::QueueOptions;
use lunogram::session::{
    OwnSchedule, OwnScheduleKey, OwnTraits, Session, SessionEvent, SessionToken,
};
use lunogram::testing::{Clock, Fault, Server, StoredUser};
use lunogram::{Client, ErrorKind, Event, LunogramEvent, Retries, UpsertUserRequest};
use lunogram_tests::wire::paths;
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

const METHOD: Uuid = Uuid::from_u128(7);

#[derive(LunogramEvent)]
struct LevelFinished {
    level: u32,
}

async fn session(server: &Server) -> Session {
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    client.with_session(&token, "jane").expect("a session")
}

/// The user with the identifier of a session for `user_id`.
fn user_of_session(server: &Server, user_id: &str) -> StoredUser {
    let user = server.user_by(&format!("session:{METHOD}"), user_id);
    user.expect("a user")
}

/// The client of a program that has a session's token and no key.
fn with_the_token_as_key(server: &Server, token: &SessionToken) -> Client {
    let builder = Client::builder(token.expose_secret());
    builder.base_url(server.url()).build().expect("a client")
}

#[tokio::test]
async fn a_session_acts_in_its_project_on_both_route_families() {
    for scoped in [false, true] {
        let server = Server::start().expect("a port");
        let builder = Client::builder(server.key()).base_url(server.url());
        let builder = if scoped {
            builder.project(server.project_id())
        } else {
            builder
        };
        let client = builder.build().expect("a client");
        let token = client.create_session(METHOD, "jane").await.expect("201");

        let jane = client.with_session(&token, "jane").expect("a session");
        let request = OwnTraits::new();
        let user = jane
            .upsert_user(&request)
            .await
            .expect("the session is valid");
        assert_eq!(user.project_id, server.project_id());
        let minted = server.requests();
        let paths: Vec<_> = minted.iter().map(|request| &*request.path).collect();
        let prefix = if scoped {
            format!("/api/client/projects/{}", server.project_id())
        } else {
            "/api/client".to_owned()
        };
        let expected = [
            format!("{prefix}/auth-methods/{METHOD}/sessions"),
            format!("{prefix}/users"),
        ];
        assert_eq!(paths, expected);

        let [session] = &server.sessions()[..] else {
            panic!("not one session: {:?}", server.sessions());
        };
        assert_eq!(
            (session.auth_method_id, &*session.user_id),
            (METHOD, "jane")
        );
        assert_eq!(session.expires_at, token.expires_at());
        assert!(session.expires_at > session.created_at);
        server.reset();
        let error = jane.upsert_user(&request).await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::Unauthorized,
            "the server does not know the token"
        );
    }
}

#[test]
fn the_blocking_client_creates_and_uses_a_session() {
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .build()
        .and_then(|client| client.blocking())
        .expect("a client");
    let token = client.create_session(METHOD, 42_u64).expect("201");
    assert_eq!(server.sessions()[0].user_id, "42");
    let session = client.with_session(&token, 42_u64).expect("a session");
    drop(client);
    let request = OwnTraits::new();
    session.upsert_user(&request).expect("the session is valid");
    session.identify(&request).expect("the queue has room");
    session.track(&LevelFinished { level: 3 }).expect("room");
    session.flush().expect("the session is valid");
    assert_eq!(user_of_session(&server, "42").version, 1);
    session.send(&Event::new("level_finished")).expect("202");
    let device = Device::android("phone", "fcm");
    session.register_device(&device).expect("201");
    let reminder = OwnSchedule::every("reminder", "24h");
    session.schedule(&reminder).expect("202");
    session.unschedule("reminder").expect("200");
    assert_eq!(session.inbox().count(Channel::Inbox).expect("200").total, 0);
    assert_eq!(server.events::<LevelFinished>().len(), 2);
    assert!(server.lost().is_empty());
    let stats = session.shutdown(Duration::from_secs(60)).expect("no loss");
    assert_eq!(stats, session.stats());
    assert_eq!(stats.delivered(), 2);
}

/// Also what a policy of all data takes as it stands.
#[tokio::test]
async fn everything_that_a_session_sends_is_about_its_user() {
    let server = Server::start().expect("a port");
    let session = session(&server).await;
    session.upsert_user(&OwnTraits::new()).await.expect("200");
    let before = server.requests().len();

    let data = json!({"theme": "dark"});
    let traits = OwnTraits::new()
        .email("jane@example.com")
        .phone("+31612345678")
        .timezone("Europe/Amsterdam")
        .locale("nl-NL")
        .data(&data);
    session.upsert_user(&traits).await.expect("200");
    session.identify(&traits).expect("room");
    session.flush().await.expect("delivered");
    session
        .send(&LevelFinished { level: 3 })
        .await
        .expect("202");
    session.track(&LevelFinished { level: 3 }).expect("room");
    session.flush().await.expect("delivered");
    session
        .send(&Event::new("viewed").data(&data))
        .await
        .expect("202");
    let phone = Device::android("phone", "fcm");
    session.register_device(&phone).await.expect("201");
    let monthly = OwnSchedule::every("check_in", "1 month").data(&data);
    let id = session.schedule(&monthly).await.expect("202").id;
    session.unschedule("check_in").await.expect("200");
    // Key-scoped routes know no ids.
    let one = OwnScheduleKey::named("check_in").with_id(id);
    drop(session.unschedule(one).await);
    drop(session.unschedule(OwnScheduleKey::id(id)).await);
    let inbox = session.inbox();
    inbox
        .page(&InboxQuery::new(Channel::Inbox))
        .await
        .expect("200");
    inbox.mark_read([id]).await.expect("202");

    let user = json!([{"external_id": "jane"}]);
    let columns = json!({
        "identifier": user,
        "email": "jane@example.com",
        "phone": "+31612345678",
        "timezone": "Europe/Amsterdam",
        "locale": "nl-NL",
        "data": data,
    });
    let finished = json!([{"identifier": user, "name": "level_finished", "data": {"level": 3}}]);
    let bodies: Vec<Value> = server
        .requests()
        .into_iter()
        .skip(before)
        .filter_map(|request| request.body)
        .collect();
    let expected = [
        columns.clone(),
        columns,
        finished.clone(),
        finished,
        json!([{"identifier": user, "name": "viewed", "data": data}]),
        json!({
            "identifier": user,
            "device_id": "phone",
            "os": "android",
            "config": {"token": "[secret]"},
        }),
        json!({"identifier": user, "name": "check_in", "interval": "1 month", "data": data}),
        json!({"identifier": user, "name": "check_in"}),
        json!({"identifier": user, "name": "check_in", "id": id}),
        json!({"identifier": user, "id": id}),
        json!([{"target": user, "message_id": id}]),
    ];
    assert_eq!(bodies, expected);
    assert_eq!(server.users().len(), 1);
    assert_eq!(server.all_events().len(), 3);
}

#[tokio::test]
async fn an_event_with_a_subject_is_refused_by_a_session() {
    let server = Server::start().expect("a port");
    let session = session(&server).await;
    let sent = server.requests().len();
    for (event, path, words) in [
        (Event::new("a").to("joe"), "identifier", "`.to(…)`"),
        (
            Event::new("a").matching(json!({"plan": "pro"})),
            "match",
            "`.matching(…)`",
        ),
        (Event::new("a").organization(), "", "`.organization()`"),
    ] {
        let refused = session.send(&event).await;
        assert_eq!(paths(&refused), [path]);
        let text = refused.unwrap_err().to_string();
        assert!(text.contains(words), "{text}");
        let refused = session.track(&event);
        assert_eq!(paths(&refused), [path]);
    }
    let invalid = OwnTraits::new()
        .email("jane")
        .data(BTreeMap::from([("nan", f64::NAN)]));
    assert_eq!(
        paths(&session.upsert_user(&invalid).await),
        ["email", "data.nan"]
    );
    let never = OwnSchedule::every("never", "0 days");
    assert_eq!(paths(&session.schedule(&never).await), ["interval"]);
    assert_eq!(paths(&session.unschedule("").await), ["name"]);
    assert_eq!(server.requests().len(), sent);
}

#[tokio::test]
async fn a_session_takes_events_of_different_types() {
    let server = Server::start().expect("a port");
    let session = session(&server).await;
    session.upsert_user(&OwnTraits::new()).await.expect("200");
    let events: Vec<Box<dyn SessionEvent + Send + Sync>> = vec![
        Box::new(LevelFinished { level: 3 }),
        Box::new(Event::new("viewed")),
    ];
    for event in &events {
        session.track(event).expect("room");
        session.send(&**event).await.expect("202");
    }
    session.flush().await.expect("delivered");
    assert_eq!(server.events::<LevelFinished>().len(), 2);
    assert_eq!(server.events_named(events[1].name()).len(), 2);
}

#[tokio::test]
async fn an_expired_session_is_refused_and_a_new_one_is_not() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token, "jane").expect("a session");
    let request = OwnTraits::new();
    session
        .upsert_user(&request)
        .await
        .expect("the session is valid");

    server.expire_sessions();
    let error = session.upsert_user(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(!error.is_retryable());
    session.identify(&request).expect("the queue has room");
    let error = session.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(session.stats().pending(), 1);

    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token, "jane").expect("a session");
    session
        .upsert_user(&request)
        .await
        .expect("the session is valid");
    client
        .upsert_user(&UpsertUserRequest::new("jane"))
        .await
        .expect("a key does not expire");
    assert_eq!(user_of_session(&server, "jane").version, 1);
    assert_eq!(server.user("jane").expect("the key's user").version, 0);
}

/// The client's key is not to blame, so no error of a session names it.
#[tokio::test]
async fn the_errors_of_an_expired_session_say_what_to_check() {
    for scoped in [false, true] {
        let server = Server::start().expect("a port");
        let project = server.project_id();
        let mut builder = Client::builder(server.key()).base_url(server.url());
        let mut server_of_token = "this server (LUNOGRAM_API_URL)".to_owned();
        if scoped {
            builder = builder.project(project);
            server_of_token =
                format!("project {project} (LUNOGRAM_PROJECT_ID) of {server_of_token}");
        }
        let client = builder.build().expect("a client");
        let token = client.create_session(METHOD, "jane").await.expect("201");
        let session = client.with_session(&token, "jane").expect("a session");
        server.expire_sessions();

        let advice = "; check that the session has not expired, and that its token belongs to ";
        let error = session.send(&Event::new("a")).await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.ends_with(&format!("{advice}{server_of_token}")),
            "{text}"
        );
        assert!(!text.contains("LUNOGRAM_API_KEY"), "{text}");

        session.track(&Event::new("a")).expect("the queue has room");
        let error = session.flush().await.unwrap_err();
        let text = error.to_string();
        let state = "postUserEvents: 401 Unauthorized: delivery is suspended; nothing was lost, and 1 items stay queued: ";
        assert!(text.starts_with(state), "{text}");
        assert!(
            text.ends_with(&format!("{advice}{server_of_token}")),
            "{text}"
        );
        let error = session.shutdown(Duration::ZERO).await.unwrap_err();
        let text = error.to_string();
        let state = "postUserEvents: 401 Unauthorized: delivery was suspended until the shutdown, with undelivered items (1): ";
        assert!(text.starts_with(state), "{text}");
        assert!(
            text.ends_with(&format!("{advice}{server_of_token}")),
            "{text}"
        );
    }
}

#[tokio::test]
async fn an_event_that_a_session_may_not_send_is_not_blamed_on_the_key() {
    let server = Server::start().expect("a port");
    let session = session(&server).await;
    server.inject(Fault::status(403));
    let error = session.send(&Event::new("a")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let text = error.to_string();
    assert!(
        text.contains("check what the session is allowed to do"),
        "{text}"
    );
}

/// A program that receives the token in a cookie or a header knows no expiry time.
#[tokio::test]
async fn a_session_is_made_from_the_text_of_a_token() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let text = token.expose_secret();
    let program = with_the_token_as_key(&server, &token);
    let jane = client.with_session(text, "jane").expect("a session");
    jane.upsert_user(&OwnTraits::new()).await.expect("200");
    let owned = text.to_owned();
    let sessions = [
        program.with_session(text, "jane"),
        client.with_session(text, "jane"),
        client.with_session(owned.clone(), "jane"),
        client.with_session(&owned, "jane"),
        client.with_session(Cow::Borrowed(text), "jane"),
        client.with_session(Box::<str>::from(text), "jane"),
        client.with_session(token.clone(), "jane"),
    ];
    let all = sessions.len();
    for session in sessions {
        let session = session.expect("a session");
        session.send(&Event::new("seen")).await.expect("202");
        let shown = format!("{session:?}");
        assert!(!shown.contains(&text[8..]), "{shown}");
    }
    assert_eq!(server.events_named("seen").len(), all);
    let blocking = client.blocking().expect("a thread");
    let session = blocking.with_session(text, "jane").expect("a session");
    tokio::task::spawn_blocking(move || session.send(&Event::new("seen")))
        .await
        .expect("no panic")
        .expect("202");
    assert_eq!(server.events_named("seen").len(), all + 1);
}

#[tokio::test]
async fn a_session_cannot_create_a_session() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let program = with_the_token_as_key(&server, &token);
    let error = program.create_session(METHOD, "joe").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert_eq!(error.operation(), Some("createSession"));
    assert_eq!(server.sessions().len(), 1);
}

#[tokio::test]
async fn an_unknown_auth_method_is_refused() {
    let server = Server::builder()
        .auth_methods([METHOD])
        .start()
        .expect("a port");
    let client = server.client();
    let other = Uuid::from_u128(8);
    let error = client.create_session(other, "jane").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.to_string().contains("auth method"), "{error}");
    client.create_session(METHOD, "jane").await.expect("201");
}

#[tokio::test]
async fn a_session_needs_a_user_id() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let error = client.create_session(METHOD, "").await.unwrap_err();
    let text = "session was not sent: user_id: empty external id; pass the id that your application uses for the subject";
    assert_eq!(error.to_string(), format!("createSession: {text}"));
    assert!(server.requests().is_empty());

    let token = client.create_session(METHOD, "jane").await.expect("201");
    let error = client.with_session(&token, "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.to_string(), text);
}

/// A second request creates a second session, so the client retries only if the first was certainly
/// not processed.
#[tokio::test]
async fn creating_a_session_is_retried_only_if_none_was_created() {
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .retries(Retries::default().first_pause(Duration::ZERO))
        .build()
        .expect("a client");
    server.inject(Fault::status(429));
    client.create_session(METHOD, "jane").await.expect("201");
    assert_eq!(server.sessions().len(), 1);
    server.inject(Fault::lose_answer());
    let error = client.create_session(METHOD, "jane").await.unwrap_err();
    assert!(error.may_have_arrived());
    assert_eq!(server.sessions().len(), 2);
}

#[tokio::test]
async fn a_session_keeps_the_settings_of_its_client() {
    let server = Server::start().expect("a port");
    let lost = Arc::new(AtomicUsize::new(0));
    let (dropped, unknown) = (Arc::clone(&lost), Arc::clone(&lost));
    let client = Client::builder(server.key())
        .base_url(server.url())
        .retries(Retries::none())
        .queue(QueueOptions::default().max_events(1))
        .on_drop(move |_| {
            dropped.fetch_add(1, Ordering::SeqCst);
        })
        // If it is on its way at the shutdown.
        .on_unknown(move |_| {
            unknown.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .expect("a client");
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token, "jane").expect("a session");

    server.inject(Fault::status(503));
    let error = session.upsert_user(&OwnTraits::new()).await.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");

    server.expire_sessions();
    let event = Event::new("page_viewed");
    session.track(&event).expect("the queue has room");
    let error = session.track(&event).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    client.track(&event.to("jane")).expect("another queue");
    client.flush().await.expect("another key");
    let error = session.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    session.shutdown(Duration::ZERO).await.unwrap_err();
    assert_eq!(lost.load(Ordering::SeqCst), 1);
    assert_eq!(client.stats().dropped(), 0);
}

#[tokio::test]
async fn a_token_is_not_in_any_output() {
    let shown = Arc::new(std::sync::Mutex::new(String::new()));
    let log = Arc::clone(&shown);
    let server = Server::builder()
        .on_request(move |request| {
            let line = format!("{request} {request:?}\n");
            log.lock().expect("no panic").push_str(&line);
        })
        .start()
        .expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token, "jane").expect("a session");
    let program = with_the_token_as_key(&server, &token);
    let refused = program.create_session(METHOD, "jane").await.unwrap_err();
    server.expire_sessions();
    let expired = session.send(&Event::new("a")).await.unwrap_err();
    let log = shown.lock().expect("no panic").clone();
    let shown = [
        log,
        format!("{token:?} {session:?} {client:?} {:?}", session.stats()),
        format!("{refused} {refused:?} {expired} {expired:?}"),
        format!("{:?} {:?} {server:?}", server.requests(), server.sessions()),
    ]
    .concat();
    let secret = token.expose_secret();
    assert!(secret.len() > 60);
    assert!(
        !shown.contains(secret) && !shown.contains(&secret[8..]),
        "{shown}"
    );
    let answer = server.requests()[0].answer.clone().expect("an answer");
    assert_eq!(answer["token"], "[secret]");
}

#[tokio::test]
async fn an_invalid_token_is_refused() {
    let server = Server::start().expect("a port");
    for text in ["", "s3cret ", "s3cret\\n", "s3crét"] {
        let json = format!(r#"{{"token": "{text}", "expires_at": "2027-01-02T03:04:05Z"}}"#);
        let token: SessionToken = serde_json::from_str(&json).expect("valid JSON of a token");
        let client = server.client();
        let text = client.with_session(token.expose_secret(), "jane");
        for refused in [client.with_session(&token, "jane"), text] {
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            let shown = format!("{error} {error:?}");
            assert!(
                shown.contains("the session token") && !shown.contains("s3cr"),
                "{shown}"
            );
        }
    }
    let header = server.client().with_session("Bearer s3cret", "jane");
    let error = header.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("without `Bearer`"), "{error}");
}

#[test]
fn a_token_keeps_its_expiry_time() {
    let json = r#"{"token": "t", "expires_at": "2027-01-02T04:04:05+01:00", "more": 1}"#;
    let token: SessionToken = serde_json::from_str(json).expect("a token");
    assert_eq!(token.expose_secret(), "t");
    let end = token.expires_at();
    assert_eq!(end.to_rfc3339(), "2027-01-02T03:04:05+00:00");
    assert!(!token.is_expired_at(end - TimeDelta::nanoseconds(1)));
    assert!(token.is_expired_at(end));
    assert!(token.is_expired_at(end + TimeDelta::days(1)));
}

#[tokio::test]
async fn during_an_outage_a_session_counts_the_requests_that_it_sends() {
    let clock = Clock::seeded(1);
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .clock(&clock)
        .build()
        .expect("a client");
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token, "jane").expect("a session");
    let before = server.counts().requests;
    server.inject(Fault::status(503).always());
    for level in 0..200 {
        session.track(&LevelFinished { level }).expect("room");
    }
    for _ in 0..20 {
        let next = clock.idle().await.expect("the next attempt");
        clock.advance(next);
    }
    clock.idle().await;
    let sent = server.counts().requests - before;
    assert!(sent > 5, "{sent}");
    assert_eq!(session.stats().requests(), sent as u64);
}
