//! Sessions: tokens that act for one user for a limited time.

use chrono::TimeDelta;
use lunogram::queue::QueueOptions;
use lunogram::session::SessionToken;
use lunogram::testing::{Fault, Server};
use lunogram::{Client, ErrorKind, Event, Retries, UpsertUserRequest};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use uuid::Uuid;

const METHOD: Uuid = Uuid::from_u128(7);

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

        let jane = client.with_session(&token).expect("a client");
        let request = UpsertUserRequest::new("jane");
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
    let session = client.with_session(&token).expect("a client");
    drop(client);
    let request = UpsertUserRequest::new(42_u64);
    session.upsert_user(&request).expect("the session is valid");
    session.identify(&request).expect("the queue has room");
    session.flush().expect("the session is valid");
    assert_eq!(server.user("42").expect("a user").version, 2);
}

#[tokio::test]
async fn an_expired_session_is_refused_and_a_new_one_is_not() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token).expect("a client");
    let request = UpsertUserRequest::new("jane");
    session
        .upsert_user(&request)
        .await
        .expect("the session is valid");

    server.expire_sessions();
    let error = session.upsert_user(&request).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(!error.is_retryable());
    assert!(error.to_string().contains("expired"), "{error}");
    session.identify(&request).expect("the queue has room");
    let error = session.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(session.stats().pending(), 1);

    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token).expect("a client");
    session
        .upsert_user(&request)
        .await
        .expect("the session is valid");
    client
        .upsert_user(&request)
        .await
        .expect("a key does not expire");
    assert_eq!(server.user("jane").expect("a user").version, 3);
}

#[tokio::test]
async fn a_session_cannot_create_a_session() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token).expect("a client");
    let error = session.create_session(METHOD, "joe").await.unwrap_err();
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
    assert_eq!(
        error.to_string(),
        "createSession: session was not sent: user_id: empty external id; pass the id that your application uses for the subject"
    );
    assert!(server.requests().is_empty());
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
    let dropped = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&dropped);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .retries(Retries::none())
        .queue(QueueOptions::default().max_events(1))
        .on_drop(move |_| {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .expect("a client");
    let token = client.create_session(METHOD, "jane").await.expect("201");
    let session = client.with_session(&token).expect("a client");

    server.inject(Fault::status(503));
    let request = UpsertUserRequest::new("jane");
    let error = session.upsert_user(&request).await.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");

    server.expire_sessions();
    let event = Event::new("page_viewed").to("jane");
    session.track(&event).expect("the queue has room");
    let error = session.track(&event).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    client.track(&event).expect("another queue");
    client.flush().await.expect("another key");
    let error = session.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    session.shutdown(Duration::ZERO).await.unwrap_err();
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
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
    let session = client.with_session(&token).expect("a client");
    let refused = session.create_session(METHOD, "jane").await.unwrap_err();
    server.expire_sessions();
    let expired = session.delete_user("jane").await.unwrap_err();
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
        let error = server.client().with_session(&token).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(!format!("{error} {error:?}").contains("s3cr"), "{error}");
    }
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
