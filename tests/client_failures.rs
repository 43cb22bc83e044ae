//! Failed requests: how the client classifies, retries and reports them.

use lunogram::__private::routes::Operation;
use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::push::Device;
use lunogram::testing::{Fault, Server};
use lunogram::{
    Client, Error, ErrorKind, Event, Membership, Retries, ScheduleKey, ScheduleRequest,
    UpsertOrganizationRequest, UpsertUserRequest, User,
};
use lunogram_tests::raw::{Raw, Reply};
use serde_json::json;
use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

const KEY: &str = "sk_live_7f3a9c";

fn client(url: &str, retries: Retries) -> Client {
    Client::builder(KEY)
        .base_url(url)
        .retries(retries)
        .build()
        .expect("a client")
}

fn at_once() -> Retries {
    Retries::default().first_pause(Duration::ZERO)
}

async fn upsert(client: &Client) -> Result<User, Error> {
    client.upsert_user(&UpsertUserRequest::new("u")).await
}

async fn post(client: &Client) -> Result<(), Error> {
    client
        .send_all(&[Event::new("seen").to("u").data(json!({}))])
        .await
}

fn user() -> Reply {
    let id = uuid::Uuid::nil();
    let now = "2026-01-01T00:00:00Z";
    let user = json!({
        "id": id, "project_id": id, "identifier": [], "email": null, "phone": null, "timezone": null, "locale": null,
        "data": null, "has_push_device": false, "version": 1, "created_at": now, "updated_at": now,
    });
    Reply::json(200, &user.to_string())
}

#[tokio::test]
async fn a_status_determines_the_error_kind() {
    for (status, kind, retryable, may_have_arrived) in [
        (301, ErrorKind::Redirected, false, false),
        (400, ErrorKind::Refused, false, false),
        (401, ErrorKind::Unauthorized, false, false),
        (403, ErrorKind::Forbidden, false, false),
        (404, ErrorKind::NotFound, false, false),
        (408, ErrorKind::Refused, true, false),
        (409, ErrorKind::Conflict, false, false),
        (413, ErrorKind::TooLarge, false, false),
        (422, ErrorKind::Refused, false, false),
        (425, ErrorKind::Refused, true, false),
        (429, ErrorKind::RateLimited, true, false),
        (500, ErrorKind::Server, true, true),
        (502, ErrorKind::Server, true, true),
        (503, ErrorKind::Server, true, true),
        (504, ErrorKind::Server, true, true),
    ] {
        let server = Raw::always(Reply::json(
            status,
            r#"{"title":"the title","detail":"the detail"}"#,
        ));
        let error = post(&client(server.url(), Retries::none()))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.status(), Some(status));
        assert_eq!(error.title(), Some("the title"));
        assert_eq!(error.detail(), Some("the detail"));
        assert_eq!(error.operation(), Some("postUserEvents"));
        assert_eq!(error.is_retryable(), retryable, "{status}");
        assert_eq!(error.may_have_arrived(), may_have_arrived, "{status}");
        let words = error.to_string();
        for part in [
            "postUserEvents",
            "the title",
            "the detail",
            &status.to_string(),
        ] {
            assert!(words.contains(part), "{words}");
        }
    }
}

/// An advice that cannot help, such as to upsert first after an upsert, is worse than none.
#[tokio::test]
async fn the_advice_of_an_error_fits_the_call() {
    let base_url = "check the base URL (LUNOGRAM_API_URL)";
    for (status, to_upsert, to_events) in [
        (404, base_url, base_url),
        (405, base_url, base_url),
        (413, "send less data", "send fewer or smaller events"),
        (500, "the identifiers may belong to different", "try again"),
    ] {
        let server = Raw::always(Reply::json(status, r#"{"title":"the title"}"#));
        let client = client(server.url(), Retries::none());
        let error = upsert(&client).await.unwrap_err();
        assert!(error.to_string().contains(to_upsert), "{error}");
        let error = post(&client).await.unwrap_err();
        assert!(error.to_string().contains(to_events), "{error}");
        assert!(!error.to_string().contains("identifiers"), "{error}");
    }
    let server = Raw::always(Reply::json(404, r#"{"title":"the title"}"#));
    let deleted = client(server.url(), Retries::none()).delete_user("u").await;
    let error = deleted.unwrap_err();
    assert!(
        error.to_string().contains("check the identifiers"),
        "{error}"
    );
}

#[tokio::test]
async fn a_body_that_is_not_a_problem_document_keeps_the_status() {
    let page = "<html><body>502</body></html>".repeat(1_000);
    for reply in [
        Reply::with(502, "content-type: text/html\r\n", &page),
        Reply::with(502, "", ""),
        Reply::Cut("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 10\r\n\r\nab".to_owned()),
        Reply::Bytes(
            "HTTP/1.1 502 Bad Gateway\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        ),
    ] {
        let server = Raw::always(reply);
        let error = upsert(&client(server.url(), Retries::none()))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        assert_eq!(error.status(), Some(502));
        assert_eq!((error.title(), error.detail()), (None, None));
    }
}

#[tokio::test]
async fn an_endless_response_is_not_read_to_the_end() {
    let endless = |status: u16| {
        let head = format!("HTTP/1.1 {status} Whatever\r\ntransfer-encoding: chunked\r\n\r\n");
        Reply::Endless(head, format!("1000\r\n{}\r\n", " ".repeat(0x1000)))
    };
    let server = Raw::always(endless(500));
    let error = upsert(&client(server.url(), Retries::none()))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(500));
    // The server's failed write shows that the client hung up. The bytes written before also filled
    // buffers between the two.
    assert!(server.end().await < 64 << 20);

    let server = Raw::always(endless(200));
    let error = upsert(&client(server.url(), Retries::none()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    assert!(server.end().await < 128 << 20);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let elsewhere = Raw::always(user());
    let location = format!("location: {}/api/client/users\r\n", elsewhere.url());
    let server = Raw::always(Reply::with(307, &location, ""));
    let error = upsert(&client(server.url(), at_once())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirected);
    assert_eq!(error.attempts(), 1);
    assert!(elsewhere.requests().is_empty());
}

/// Successful statuses with a body that no version of the API answers with.
fn not_the_api() -> [Reply; 7] {
    let page = "<html></html>";
    [
        Reply::with(200, "content-type: text/html; charset=utf-8\r\n", page),
        Reply::with(200, "content-type: Text/HTML\r\n", ""),
        Reply::with(202, "content-type: text/plain\r\n", "OK"),
        Reply::with(200, "", page),
        Reply::json(200, "{\"id\":"),
        Reply::json(203, "{}"),
        Reply::with(206, "", ""),
    ]
}

#[tokio::test]
async fn success_is_an_answer_of_this_api() {
    for reply in not_the_api() {
        let server = Raw::always(reply.clone());
        let client = client(server.url(), at_once());
        let answered = upsert(&client).await.unwrap_err();
        assert_eq!(answered.kind(), ErrorKind::Unreadable, "{reply:?}");
        assert_eq!(answered.attempts(), 1);
        let posted = post(&client).await.unwrap_err();
        assert_eq!(posted.kind(), ErrorKind::Unreadable, "{reply:?}");
        let deleted = client.delete_user("u").await.unwrap_err();
        assert_eq!(deleted.kind(), ErrorKind::Unreadable, "{reply:?}");
    }
    for status in [200, 201, 202, 204] {
        let server = Raw::always(Reply::with(status, "", ""));
        post(&client(server.url(), at_once()))
            .await
            .expect("an answer");
    }
    for body in ["{}", "null", r#" {"accepted": 1} "#] {
        let server = Raw::always(Reply::with(200, "content-type: text/plain\r\n", body));
        post(&client(server.url(), at_once()))
            .await
            .expect("an answer");
    }
}

#[tokio::test]
async fn an_answered_call_needs_the_entity() {
    for (reply, words) in [
        (Reply::with(200, "", ""), "the response has no body"),
        (Reply::with(204, "", ""), "the response has no body"),
        (Reply::json(200, "{}"), "unexpected response body"),
    ] {
        let server = Raw::always(reply);
        let error = upsert(&client(server.url(), at_once())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[tokio::test]
async fn a_wrong_route_family_or_project_is_named_in_the_error() {
    let page = Reply::with(200, "content-type: text/html\r\n", "<html></html>");
    let server = Raw::always(page);
    let without = client(server.url(), at_once());
    let error = upsert(&without).await.unwrap_err().to_string();
    assert!(error.contains("the response is a web page"), "{error}");
    assert!(error.contains("`ClientBuilder::project`"), "{error}");

    let project = uuid::Uuid::from_u128(7);
    let builder = || Client::builder(KEY).project(project).retries(at_once());
    let scoped = builder().base_url(server.url()).build().expect("a client");
    let error = upsert(&scoped).await.unwrap_err().to_string();
    assert!(!error.contains("ClientBuilder::project"), "{error}");

    let server = Raw::always(Reply::json(
        401,
        r#"{"title":"unauthorized","detail":"no"}"#,
    ));
    let scoped = builder().base_url(server.url()).build().expect("a client");
    let error = upsert(&scoped).await.unwrap_err().to_string();
    assert!(error.contains(&project.to_string()), "{error}");
    let without = client(server.url(), at_once());
    let error = upsert(&without).await.unwrap_err().to_string();
    assert!(!error.contains("project"), "{error}");
}

#[tokio::test]
async fn safe_requests_are_retried() {
    for reply in [
        Reply::with(503, "", ""),
        Reply::with(429, "retry-after: 0\r\n", ""),
        Reply::Cut(String::new()),
        Reply::Cut("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{".to_owned()),
    ] {
        let server = Raw::start(move |number| if number < 2 { reply.clone() } else { user() });
        let answer = upsert(&client(server.url(), at_once()))
            .await
            .expect("the third attempt succeeds");
        assert_eq!(answer.version, 1);
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        assert_eq!(requests[0], requests[2]);
    }
}

#[tokio::test]
async fn events_that_may_have_arrived_are_not_retried() {
    for reply in [Reply::with(503, "", ""), Reply::Cut(String::new())] {
        let server = Raw::always(reply);
        let error = post(&client(server.url(), at_once())).await.unwrap_err();
        assert!(error.may_have_arrived());
        assert!(error.is_retryable());
        assert_eq!(error.attempts(), 1);
        assert_eq!(server.requests().len(), 1);
    }
    let server = Raw::start(|number| match number {
        0 => Reply::with(429, "retry-after: 0\r\n", ""),
        1 => Reply::with(408, "", ""),
        _ => Reply::with(202, "", ""),
    });
    post(&client(server.url(), at_once()))
        .await
        .expect("a rejected request was not processed and is retried");
    assert_eq!(server.requests().len(), 3);
}

/// Each operation, with the number of attempts after which its call failed.
async fn attempts(client: &Client) -> Vec<(Option<&'static str>, u32)> {
    let now = chrono::Utc::now();
    let session = uuid::Uuid::nil();
    let organization = || UpsertOrganizationRequest::new("o");
    let member = Membership::of_user("u").in_organization("o");
    let message = || NewInboxMessage::new("m", Channel::Inbox);
    let schedule = || ScheduleRequest::at("s", "u", now);
    let query = InboxQuery::new(Channel::Inbox);
    let (user, org) = (client.user_inbox("u"), client.organization_inbox("o"));
    let event = Event::new("seen").to("u");
    let errors = [
        client.upsert_user(&UpsertUserRequest::new("u")).await.err(),
        client.delete_user("u").await.err(),
        client.send(&event).await.err(),
        client.schedule(&schedule()).await.err(),
        client.unschedule(ScheduleKey::named("s", "u")).await.err(),
        client
            .register_device("u", &Device::ios("d", "t"))
            .await
            .err(),
        client.upsert_organization(&organization()).await.err(),
        client.delete_organization("o").await.err(),
        client.add_organization_user(&member).await.err(),
        client.remove_organization_user(&member).await.err(),
        client.send(&event.organization()).await.err(),
        client.schedule(&schedule().organization()).await.err(),
        client
            .unschedule(ScheduleKey::named("s", "o").organization())
            .await
            .err(),
        client.vapid_public_key().await.err(),
        client.create_session(session, "u").await.err(),
        client.post_inbox_messages(&[message().to("u")]).await.err(),
        user.page(&query).await.err(),
        user.count(Channel::Inbox).await.err(),
        user.mark_read([session]).await.err(),
        user.archive([session]).await.err(),
        client
            .post_inbox_messages(&[message().to("o").organization()])
            .await
            .err(),
        org.page(&query).await.err(),
        org.count(Channel::Inbox).await.err(),
        org.mark_read([session]).await.err(),
        org.archive([session]).await.err(),
    ];
    let errors = errors.into_iter().map(|error| error.expect("a failure"));
    errors
        .map(|error| (error.operation(), error.attempts()))
        .collect()
}

/// The table at `Retries`.
#[tokio::test]
async fn each_operation_is_retried_as_documented() {
    let all: BTreeSet<_> = Operation::ALL
        .into_iter()
        .map(|one| Some(one.id()))
        .collect();
    let server = Server::start().expect("a port");
    let builder = Client::builder(server.key()).base_url(server.url());
    for scoped in [false, true] {
        for status in [
            408, 425, 429, 500, 501, 502, 503, 504, 505, 400, 403, 409, 422,
        ] {
            server.clear_faults();
            server.inject(Fault::status(status).always());
            let mut builder = builder.clone().retries(at_once());
            if scoped {
                builder = builder.project(server.project_id());
            }
            let client = builder.build().expect("a client");
            let attempts = attempts(&client).await;
            let seen: BTreeSet<_> = attempts.iter().map(|(id, _)| *id).collect();
            assert_eq!(seen, all);
            for (id, attempts) in attempts {
                let id = id.unwrap_or_default();
                let doubles = ["postUserEvents", "postOrganizationEvents", "createSession"];
                let doubles = doubles.contains(&id)
                    || scoped && id.starts_with("upsert") && id.ends_with("Scheduled");
                let expected = match status {
                    408 | 425 | 429 => 3,
                    502..=504 if !doubles => 3,
                    _ => 1,
                };
                assert_eq!(attempts, expected, "{id} after {status}, scoped: {scoped}");
            }
        }
    }
}

#[tokio::test]
async fn a_fault_is_a_failure_and_its_request_is_recorded_if_it_was_answered() {
    for status in [0, 99, 200, 202, 299, 600, 999] {
        let fault = std::panic::catch_unwind(|| Fault::status(status));
        assert!(fault.is_err(), "{status}");
    }
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key()).base_url(server.url());
    let client = client.retries(Retries::none()).build().expect("a client");
    for (wait, seconds) in [(0, 0), (1, 1), (2_000, 2), (2_500, 3)] {
        server.inject(Fault::status(429).retry_after(Duration::from_millis(wait)));
        let error = post(&client).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(seconds)));
    }
    assert_eq!(server.requests().len(), 4);
    server.inject(Fault::lose_answer());
    post(&client).await.expect_err("no answer");
    assert_eq!(server.requests().len(), 5);
    server.inject(Fault::cut_after_body());
    post(&client).await.expect_err("no answer");
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_delete_with_a_lost_response_succeeds_when_the_retry_finds_nothing() {
    let server = Raw::start(|number| match number {
        0 => Reply::Cut(String::new()),
        _ => Reply::json(404, r#"{"title":"not found","detail":"user not found"}"#),
    });
    let client = client(server.url(), at_once());
    client.delete_user("u").await.expect("it is gone");
    let error = client.delete_user("u").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn retries_are_limited() {
    let server = Raw::always(Reply::with(503, "", ""));
    let error = upsert(&client(server.url(), at_once().attempts(5)))
        .await
        .unwrap_err();
    assert_eq!(error.attempts(), 5);
    assert_eq!(server.requests().len(), 5);
    assert!(error.to_string().contains("5 attempts"), "{error}");
    // The pause is longer than the call's time-out, so the call fails at once.
    let server = Raw::always(Reply::with(503, "retry-after: 3600\r\n", ""));
    let error = upsert(&client(server.url(), at_once())).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3_600)));
}

#[tokio::test]
async fn a_refused_connection_and_a_missing_response_are_different_errors() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let error = post(&client(&url, at_once())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.attempts(), 3);
    assert!(error.is_retryable() && !error.may_have_arrived());
    assert!(error.source().is_some());
    assert!(
        error
            .to_string()
            .contains("; check that a server runs at the base URL (LUNOGRAM_API_URL)"),
        "{error}"
    );

    let server = Raw::always(Reply::Silence);
    let hasty = Client::builder(KEY)
        .base_url(server.url())
        .timeout(Duration::from_millis(50))
        .build()
        .expect("a client");
    let error = post(&hasty).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_retryable() && error.may_have_arrived());
    assert!(
        error
            .to_string()
            .contains("the server may have processed the request"),
        "{error}"
    );
}

#[tokio::test]
async fn the_key_is_only_in_its_header() {
    let echo = format!(r#"{{"title":"no","detail":"your key {KEY} is wrong"}}"#);
    let server = Raw::always(Reply::json(401, &echo));
    let builder = Client::builder(KEY).base_url(server.url());
    let shown = format!("{builder:?}");
    let client = builder.build().expect("a client");
    let error = upsert(&client).await.unwrap_err();
    let shown = format!("{shown} {client:?} {error} {error:?} {:?}", error.source());
    assert!(!shown.contains("7f3a9c"), "{shown}");
    assert_eq!(error.detail(), Some("your key [key] is wrong"));
    let request = server.requests().remove(0);
    let head = request.split("\r\n\r\n").next().expect("a head");
    assert_eq!(head.matches(KEY).count(), 1);
    assert!(
        head.contains(&format!("authorization: Bearer {KEY}\r\n")),
        "{head}"
    );
    assert!(head.contains("content-type: application/json"), "{head}");
    assert!(head.contains("user-agent: lunogram-rust/"), "{head}");
    assert!(!head.to_lowercase().contains("origin:"), "{head}");
}

#[test]
fn futures_are_send_when_their_arguments_are_not() {
    fn is_send(_: impl Send) {}
    let client = client("http://127.0.0.1:1", at_once());
    // `Rc` is not `Send`, but the future holds only the encoded bytes.
    let id: std::rc::Rc<str> = "u".into();
    is_send(client.delete_user(id));
    is_send(client.upsert_user(&UpsertUserRequest::new("u")));
}
