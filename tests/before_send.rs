//! The hook `before_send`: which payloads it sees, and what leaves the client after it.

use lunogram::hooks::{Column, Decision, Outgoing, OutgoingKind};
use lunogram::inbox::{Channel, NewInboxMessage};
use lunogram::push::Device;
use lunogram::queue::{DropReason, Overflow, QueueOptions};
use lunogram::session::{OwnSchedule, OwnTraits};
use lunogram::testing::{RecordedRequest, Server};
use lunogram::{
    AnyEvent, AnySchedule, Client, ClientBuilder, Error, ErrorKind, Event, Identifier,
    LunogramEvent, Membership, OrganizationTraits, ProblemKind, Schedule, ScheduleKey,
    ScheduleRequest, UpsertOrganizationRequest, UpsertUserRequest, UserTraits,
};
use lunogram_tests::raw::{Raw, Reply};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};
use uuid::Uuid;

const SECRET: &str = "jane@secret.example";

/// Removes what must not leave the application.
fn scrub(payload: &mut Outgoing<'_>) -> Decision {
    payload.replace_column(Column::Email, "hidden@example.com");
    for column in [Column::Phone, Column::Name] {
        payload.remove_column(column);
    }
    scrub_map(payload.data_mut());
    Decision::Send
}

fn scrub_map(data: &mut Map<String, Value>) {
    data.retain(|_, value| value.as_str().is_none_or(|text| !text.contains("secret")));
    for value in data.values_mut() {
        if let Value::Object(inner) = value {
            scrub_map(inner);
        }
    }
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder(server.key()).base_url(server.url())
}

fn hooked(
    server: &Server,
    hook: impl Fn(&mut Outgoing<'_>) -> Decision + Send + Sync + 'static,
) -> Client {
    builder(server).before_send(hook).build().expect("a client")
}

/// The bodies of the requests, with all numbers and keys as text.
fn bodies(server: &Server) -> Vec<String> {
    let body = |request: RecordedRequest| request.body.map(|body| body.to_string());
    server.requests().into_iter().filter_map(body).collect()
}

#[derive(LunogramEvent)]
struct SignedUp<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    plan: &'a str,
    note: &'a str,
}

#[derive(UserTraits)]
struct Customer<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(email)]
    email: &'a str,
    #[lunogram(phone)]
    phone: &'a str,
    plan: &'a str,
}

#[derive(OrganizationTraits)]
struct Company<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(name)]
    name: &'a str,
    plan: &'a str,
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
struct WeeklyDigest<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    plan: &'a str,
    note: &'a str,
}

fn events() -> Vec<Box<dyn AnyEvent + Send + Sync>> {
    let data = json!({"plan": "pro", "contact": {"note": SECRET, "kind": "work"}});
    vec![
        Box::new(SignedUp {
            user: "u",
            plan: "pro",
            note: SECRET,
        }),
        Box::new(Event::new("seen").to("u").data(&data)),
        Box::new(
            Event::new("seen")
                .matching(json!({"plan": "pro"}))
                .data(&data),
        ),
        Box::new(Event::new("signed").to("o").organization().data(&data)),
    ]
}

fn customer() -> Customer<'static> {
    Customer {
        id: "u",
        email: SECRET,
        phone: "+31612345678",
        plan: "pro",
    }
}

fn company() -> Company<'static> {
    Company {
        id: "o",
        name: SECRET,
        plan: "pro",
    }
}

fn schedules() -> Vec<Box<dyn AnySchedule + Send + Sync>> {
    let soon = SystemTime::now() + Duration::from_secs(60);
    let data = json!({"plan": "pro", "note": SECRET});
    vec![
        Box::new(WeeklyDigest {
            user: "u",
            plan: "pro",
            note: SECRET,
        }),
        Box::new(ScheduleRequest::at("renewal", "u", soon).data(&data)),
        Box::new(
            ScheduleRequest::every("review", "o", "1 month")
                .organization()
                .data(&data),
        ),
    ]
}

/// Asserts that the requests carry payloads, but no secret.
fn assert_scrubbed(server: &Server, payloads: usize) {
    let bodies = bodies(server);
    let sent: usize = bodies
        .iter()
        .map(|body| body.matches("\"plan\":\"pro\"").count())
        .sum();
    // The event with `match` names the plan twice.
    assert_eq!(sent, payloads, "{bodies:#?}");
    for body in bodies {
        for secret in ["secret", "+316"] {
            assert!(!body.contains(secret), "{body}");
        }
    }
}

#[tokio::test]
async fn no_secret_leaves_by_an_answered_call() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = hooked(&server, scrub);
    let user = client.upsert_user(&customer()).await?;
    assert_eq!(user.email.as_deref(), Some("hidden@example.com"));
    assert_eq!(user.phone, None);
    let organization = client.upsert_organization(&company()).await?;
    assert_eq!(organization.name, None);
    for event in events() {
        client.send(&event).await?;
    }
    client.send_all(&events()[..3]).await?;
    for schedule in schedules() {
        client.schedule(&schedule).await?;
    }
    assert_scrubbed(&server, 2 + 5 + 4 + 3);
    assert_eq!(server.events::<SignedUp>()[0].data["plan"], "pro");
    Ok(())
}

#[tokio::test]
async fn no_secret_leaves_by_the_queue() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = hooked(&server, scrub);
    client.identify(&customer())?;
    client.identify(&company())?;
    // Another one: two waiting upserts of one user can share a request.
    let other = Customer {
        id: "other",
        ..customer()
    };
    client.waiting().identify(&other).await?;
    for event in events() {
        client.track(&event)?;
        client.waiting().track(&event).await?;
    }
    client.flush().await?;
    assert_scrubbed(&server, 3 + 2 * 5);
    assert!(server.lost().is_empty());
    assert_eq!(client.stats().delivered(), 11);
    Ok(())
}

#[test]
fn no_secret_leaves_by_a_blocking_client() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = hooked(&server, scrub).blocking()?;
    client.upsert_user(&customer())?;
    client.upsert_organization(&company())?;
    client.identify(&customer())?;
    client.waiting().identify(&company())?;
    for event in events() {
        client.send(&event)?;
        client.track(&event)?;
        client.waiting().track(&event)?;
    }
    client.send_all(&events()[..3])?;
    for schedule in schedules() {
        client.schedule(&schedule)?;
    }
    client.flush()?;
    assert_scrubbed(&server, 4 + 3 * 5 + 4 + 3);
    Ok(())
}

#[tokio::test]
async fn no_secret_leaves_by_a_session() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = hooked(&server, scrub);
    let token = client.create_session(Uuid::from_u128(7), "u").await?;
    let session = client.with_session(&token, "u")?;
    let traits = OwnTraits::new().email(SECRET).phone("+31612345678");
    let data = json!({"plan": "pro", "note": SECRET});
    session.upsert_user(&traits.clone().data(&data)).await?;
    session.identify(&traits.data(&data))?;
    session.send(&Event::new("seen").data(&data)).await?;
    session.track(&Event::new("seen").data(&data))?;
    let schedule = OwnSchedule::every("digest", "168h").data(&data);
    session.schedule(&schedule).await?;
    session.flush().await?;
    assert_scrubbed(&server, 5);
    Ok(())
}

/// A payload, as a hook sees it.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    kind: OutgoingKind,
    subject: &'static str,
    name: String,
    external_ids: Vec<String>,
    data: Value,
    columns: Vec<(Column, String)>,
    thread: ThreadId,
}

type Log = Arc<Mutex<Vec<Seen>>>;

/// A hook that records what it sees, and that log.
fn recording() -> (
    Log,
    impl Fn(&mut Outgoing<'_>) -> Decision + Clone + Send + Sync + 'static,
) {
    let log = Log::default();
    let seen = Arc::clone(&log);
    let hook = move |payload: &mut Outgoing<'_>| {
        let column = |column| Some((column, payload.column(column)?.to_owned()));
        seen.lock().expect("no panic").push(Seen {
            kind: payload.kind(),
            subject: payload.subject().as_str(),
            name: payload.name().to_owned(),
            external_ids: payload.external_ids().map(Cow::into_owned).collect(),
            data: Value::Object(payload.data().clone()),
            columns: Column::all().filter_map(column).collect(),
            thread: thread::current().id(),
        });
        Decision::Send
    };
    (log, hook)
}

#[tokio::test]
async fn a_hook_sees_what_a_payload_is() {
    let server = Server::start().expect("a port");
    let (log, hook) = recording();
    let client = hooked(&server, hook);
    let request = UpsertUserRequest::new([
        Identifier::new("u").metadata(json!({"name": "not this one", "data": {}})),
        Identifier::new("e\"mail").source("name"),
    ]);
    let request = request
        .email("jane@example.com")
        .phone("+31612345678")
        .timezone("Europe/Amsterdam")
        .locale("nl-NL");
    let raw = Event::new("Say \"hi\" \\ é")
        .raw_name()
        .to("u")
        .data(json!({"n": 1}));
    let digest = ScheduleRequest::every("digest", "o", "1 month").organization();

    // Nothing is awaited: the hook has run when the method returns.
    drop(client.upsert_user(&request));
    drop(client.upsert_organization(&UpsertOrganizationRequest::new("o").name("Acme \"A\"")));
    drop(client.send(&raw));
    drop(client.schedule(&digest));
    assert!(server.requests().is_empty());
    client.track(&raw).expect("room");
    client.track(&events()[2]).expect("room");

    let seen = |kind, subject, name: &str, external_ids: &[&str], data: Value| Seen {
        kind,
        subject,
        name: name.to_owned(),
        external_ids: external_ids.iter().map(ToString::to_string).collect(),
        data,
        columns: Vec::new(),
        thread: thread::current().id(),
    };
    let (none, one) = (json!({}), json!({"n": 1}));
    let user = Seen {
        columns: vec![
            (Column::Email, "jane@example.com".to_owned()),
            (Column::Phone, "+31612345678".to_owned()),
            (Column::TimeZone, "Europe/Amsterdam".to_owned()),
            (Column::Locale, "nl-NL".to_owned()),
        ],
        ..seen(
            OutgoingKind::Traits,
            "user",
            "user",
            &["u", "e\"mail"],
            none.clone(),
        )
    };
    let organization = Seen {
        columns: vec![(Column::Name, "Acme \"A\"".to_owned())],
        ..seen(
            OutgoingKind::Traits,
            "organization",
            "organization",
            &["o"],
            none.clone(),
        )
    };
    let event = seen(OutgoingKind::Event, "user", "Say \"hi\" \\ é", &["u"], one);
    let schedule = seen(
        OutgoingKind::Schedule,
        "organization",
        "digest",
        &["o"],
        none,
    );
    let data = json!({"plan": "pro", "contact": {"note": SECRET, "kind": "work"}});
    let to_match = seen(OutgoingKind::Event, "user", "seen", &[], data);
    let expected = [user, organization, event.clone(), schedule, event, to_match];
    assert_eq!(*log.lock().expect("no panic"), expected);
}

#[tokio::test]
async fn a_hook_does_not_see_other_requests() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let (log, hook) = recording();
    let client = hooked(&server, hook);
    let plain = server.client();
    plain.upsert_user(&UpsertUserRequest::new("u")).await?;
    plain
        .upsert_organization(&UpsertOrganizationRequest::new("o"))
        .await?;
    plain.schedule(&schedules()[1]).await?;

    let membership = Membership::of_user("u").in_organization("o");
    client.add_organization_user(&membership).await?;
    client.remove_organization_user(&membership).await?;
    client.create_session(Uuid::from_u128(7), "u").await?;
    client
        .register_device("u", &Device::ios("d1", "token"))
        .await?;
    let message = NewInboxMessage::new("m1", Channel::Inbox).to("u");
    client.post_inbox_messages(&[message]).await?;
    client.user_inbox("u").count(Channel::Inbox).await?;
    client
        .unschedule(ScheduleKey::named("renewal", "u"))
        .await?;
    client.delete_user("u").await?;
    client.delete_organization("o").await?;
    assert!(log.lock().expect("no panic").is_empty());
    Ok(())
}

/// Numbers and an order of keys that parsing and writing would change.
#[derive(Serialize)]
struct Exact {
    zulu: f64,
    nearest: f64,
    large: f64,
    sum: f64,
    integer: i64,
    nested: Inner,
    list: Vec<Inner>,
    alpha: f64,
}

#[derive(Clone, Serialize)]
struct Inner {
    b: f64,
    a: f64,
}

const EXACT: &str = r#""zulu":1.0,"nearest":0.9979898987322333,"large":1e+21,"sum":0.30000000000000004,"integer":-9007199254740991,"nested":{"b":117.63331139400017,"a":1e-7},"list":[{"b":117.63331139400017,"a":1e-7},{"b":117.63331139400017,"a":1e-7}],"alpha":0.1"#;

fn exact() -> Exact {
    let inner = Inner {
        b: 117.633_311_394_000_17,
        a: 1e-7,
    };
    Exact {
        zulu: 1.0,
        nearest: 0.997_989_898_732_233_3,
        large: 1e21,
        sum: 0.1 + 0.2,
        integer: -((1 << 53) - 1),
        list: vec![inner.clone(), inner.clone()],
        nested: inner,
        alpha: 0.1,
    }
}

/// The bodies that arrive if this hook is set: of an answered event, a tracked one, and an upsert.
async fn sent_with(
    hook: impl Fn(&mut Outgoing<'_>) -> Decision + Send + Sync + 'static,
) -> Vec<String> {
    let server = Raw::always(Reply::with(202, "", ""));
    let client = Client::builder("sk_1").base_url(server.url());
    let client = client.before_send(hook).build().expect("a client");
    let event = Event::new("paid").to("u").data(exact());
    client.send(&event).await.expect("202");
    client.track(&event).expect("room");
    client.flush().await.expect("202");
    client
        .identify(&UpsertUserRequest::new("u").locale("nl-NL").data(exact()))
        .expect("room");
    client.flush().await.expect("202");
    let body = |request: String| request.split_once("\r\n\r\n").expect("a body").1.to_owned();
    server.requests().into_iter().map(body).collect()
}

#[tokio::test]
async fn what_a_hook_does_not_change_keeps_its_bytes() {
    let bodies = |data: &str, locale: &str| {
        let event = format!(
            r#"[{{"identifier":[{{"external_id":"u"}}],"name":"paid","data":{{{data}}}}}]"#
        );
        let user = format!(
            r#"{{"identifier":[{{"external_id":"u"}}],"locale":"{locale}","data":{{{data}}}}}"#
        );
        [event.clone(), event, user]
    };
    let as_encoded = bodies(EXACT, "nl-NL");
    assert_eq!(sent_with(|_| Decision::Send).await, as_encoded);
    let looked = |payload: &mut Outgoing<'_>| {
        let _ = (
            payload.name(),
            payload.data(),
            payload.column(Column::Email),
        );
        payload.data_mut().remove("absent");
        payload.remove_column(Column::Email);
        Decision::Send
    };
    assert_eq!(sent_with(looked).await, as_encoded);

    let changed = |payload: &mut Outgoing<'_>| {
        payload.replace_column(Column::Locale, "en-GB");
        let data = payload.data_mut();
        data.remove("integer");
        data["nested"]["c"] = json!(["new"]);
        data["list"][1]["a"] = json!(2);
        data["list"]
            .as_array_mut()
            .expect("a list")
            .push(json!(null));
        data.insert("added".to_owned(), json!("é"));
        Decision::Send
    };
    let data = EXACT
        .replacen(r#","integer":-9007199254740991"#, "", 1)
        .replacen(r#""a":1e-7},"list""#, r#""a":1e-7,"c":["new"]},"list""#, 1)
        .replacen(r#""a":1e-7}],"#, r#""a":2},null],"#, 1)
        + r#","added":"é""#;
    assert_eq!(sent_with(changed).await, bodies(&data, "en-GB"));
}

#[tokio::test]
async fn data_is_added_to_a_payload_without_any() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = hooked(&server, |payload| {
        payload
            .data_mut()
            .insert("service".to_owned(), "shop".into());
        Decision::Send
    });
    let user = client.upsert_user(&UpsertUserRequest::new("u")).await?;
    assert_eq!(user.data["service"], "shop");
    client
        .send(&Event::new("signed").to("o").organization())
        .await?;
    assert_eq!(
        bodies(&server)[1],
        r#"[{"data":{"service":"shop"},"identifier":[{"external_id":"o"}],"name":"signed"}]"#
    );
    Ok(())
}

#[tokio::test]
async fn an_answered_call_reports_that_its_payload_was_dropped() {
    let server = Server::start().expect("a port");
    let client = hooked(&server, |_| Decision::Drop);
    let user = client.upsert_user(&customer()).await.unwrap_err();
    assert_eq!(
        user.to_string(),
        "upsertUser: the hook `before_send` dropped the payload"
    );
    let errors = [
        user,
        client.upsert_organization(&company()).await.unwrap_err(),
        client.send(&events()[0]).await.unwrap_err(),
        client.send_all(&events()[..3]).await.unwrap_err(),
        client.schedule(&schedules()[0]).await.unwrap_err(),
        client
            .clone()
            .blocking()
            .expect("a thread")
            .send(&events()[0])
            .unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::BeforeSend);
        assert!(!error.is_retryable() && !error.may_have_arrived());
    }
    assert!(server.requests().is_empty());
    assert_eq!(
        client.stats().accepted(),
        0,
        "answered calls are not counted"
    );
}

#[tokio::test]
async fn dropped_events_are_left_out_of_a_batch() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    server
        .client()
        .upsert_user(&UpsertUserRequest::new("u"))
        .await?;
    let client = hooked(&server, |payload| match payload.data()["n"].as_u64() {
        Some(n) if n % 2 == 0 => Decision::Drop,
        _ => Decision::Send,
    });
    let numbered = |n| Event::new("seen").to("u").data(json!({"n": n}));
    client.send_all(&[0, 1, 2, 3].map(numbered)).await?;
    let events = server.all_events();
    let arrived = events.iter().map(|event| &event.data["n"]);
    assert!(arrived.eq([1, 3].map(Value::from).iter()));
    Ok(())
}

#[tokio::test]
async fn events_are_sent_although_the_upsert_before_them_was_dropped() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&dropped);
    let client = builder(&server)
        .before_send(|payload| match payload.kind() {
            OutgoingKind::Traits => Decision::Drop,
            _ => Decision::Send,
        })
        .on_drop(move |item| {
            let log_entry = (item.name().to_owned(), item.reason());
            log.lock().expect("no panic").push(log_entry);
        })
        .build()?;
    client.identify(&customer())?;
    client.waiting().identify(&company()).await?;
    let expected = [
        ("user".to_owned(), DropReason::BeforeSend),
        ("organization".to_owned(), DropReason::BeforeSend),
    ];
    assert_eq!(
        *dropped.lock().expect("no panic"),
        expected,
        "reported before `identify` returns"
    );
    client.track(&events()[0])?;
    client.flush().await?;
    let stats = client.stats();
    assert_eq!(stats.dropped_because(DropReason::BeforeSend), 2);
    assert_eq!(
        (stats.accepted(), stats.delivered(), stats.pending()),
        (3, 1, 0)
    );
    assert_eq!(server.lost().len(), 1, "the server does not know the user");
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_after_a_panic() {
    let server = Server::start().expect("a port");
    let client = hooked(&server, |payload| {
        if payload.data().contains_key("n") {
            return Decision::Send;
        }
        panic!("a bug in the application")
    });
    let error = client.send(&events()[0]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BeforeSend);
    assert_eq!(
        error.to_string(),
        "postUserEvents: the hook `before_send` panicked, so the payload was not sent; fix the hook"
    );
    let batch = [
        Event::new("seen").to("u").data(json!({"n": 1})),
        Event::new("seen").to("u"),
    ];
    let error = client.send_all(&batch).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BeforeSend);
    client.track(&events()[0]).expect("counted instead");
    client.identify(&customer()).expect("counted instead");
    client.flush().await.expect("not held");
    assert!(server.requests().is_empty());
    let stats = client.stats();
    assert_eq!(stats.dropped_because(DropReason::BeforeSendFailed), 2);
    assert_eq!((stats.accepted(), stats.pending()), (2, 0));
    assert_eq!(stats.hook_panics(), 4);
}

#[tokio::test]
async fn a_changed_payload_is_checked_again() {
    let server = Server::start().expect("a port");
    let client = hooked(&server, |payload| {
        payload.replace_column(Column::Email, "hidden");
        payload.replace_column(Column::Phone, "hidden");
        payload.data_mut().insert("n".to_owned(), u64::MAX.into());
        Decision::Send
    });
    let paths = |error: &Error| -> Vec<String> {
        assert_eq!(error.kind(), ErrorKind::Invalid);
        let problems = error.problems().iter();
        problems.map(|problem| problem.path().to_owned()).collect()
    };
    let error = client.upsert_user(&customer()).await.unwrap_err();
    assert_eq!(paths(&error), ["email", "phone", "data.n"]);
    let text = error.to_string();
    assert!(
        text.starts_with("upsertUser: user was not sent: email: "),
        "{text}"
    );
    assert!(
        text.ends_with("; the payload is as the hook `before_send` left it"),
        "{text}"
    );

    let error = client.send(&events()[0]).await.unwrap_err();
    assert_eq!(paths(&error), ["data.n"]);
    assert!(error.to_string().contains("event `signed_up`"), "{error}");
    let error = client.send_all(&events()[..2]).await.unwrap_err();
    assert_eq!(paths(&error), ["[0].data.n", "[1].data.n"]);
    let error = client.schedule(&schedules()[0]).await.unwrap_err();
    assert_eq!(paths(&error), ["data.n"]);

    client.track(&events()[0]).expect("counted instead");
    client.identify(&customer()).expect("counted instead");
    client.flush().await.expect("not held");
    assert!(server.requests().is_empty());
    let stats = client.stats();
    assert_eq!(stats.dropped_because(DropReason::BeforeSendFailed), 2);
    assert_eq!(stats.hook_panics(), 0);
}

#[tokio::test]
async fn a_hook_cannot_add_what_the_platform_cannot_store() {
    let server = Server::start().expect("a port");
    let client = hooked(&server, |payload| {
        payload.replace_column(Column::Email, format!("{}@example.com", "j".repeat(255)));
        let data = payload.data_mut();
        data.insert("note".to_owned(), json!([{"text": "a\0b"}]));
        data.insert("deep".to_owned(), json!([{"k".repeat(250): 1}]));
        Decision::Send
    });
    let error = client.upsert_user(&customer()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let problems = error.problems().iter();
    let problems: Vec<_> = problems
        .map(|problem| (problem.path(), problem.kind()))
        .collect();
    assert_eq!(
        problems,
        [
            ("email", ProblemKind::TooLong),
            ("data.note[0].text", ProblemKind::Nul),
            (
                &*format!("data.deep[0].{}", "k".repeat(250)),
                ProblemKind::TooLong
            ),
        ]
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_waiting_call_shows_its_payload_once() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let queue = QueueOptions::default()
        .max_events(1)
        .batch_age(Duration::ZERO)
        .overflow(Overflow::Wait);
    let calls = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&calls);
    let client = builder(&server)
        .queue(queue)
        .before_send(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            Decision::Send
        })
        .build()?;
    for _ in 0..10 {
        client.waiting().identify(&customer()).await?;
        client.waiting().track(&events()[0]).await?;
    }
    client.flush().await?;
    assert_eq!(client.stats().delivered(), 20);
    assert_eq!(calls.load(Ordering::Relaxed), 20);
    Ok(())
}

#[tokio::test]
async fn nothing_is_shown_after_the_shutdown() {
    let server = Server::start().expect("a port");
    let (log, hook) = recording();
    let client = hooked(&server, hook);
    let _ = client.shutdown(Duration::ZERO).await.expect("not held");
    let tracked = [
        client.track(&events()[0]),
        client.identify(&customer()),
        client.waiting().track(&events()[0]).await,
    ];
    for outcome in tracked {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::ShutDown);
    }
    assert!(log.lock().expect("no panic").is_empty());
}

/// Even a hook that would call itself only once.
#[tokio::test]
async fn a_hook_cannot_track_with_its_own_client() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("u");
    server.client().upsert_user(&user).await?;
    let itself = Arc::new(std::sync::OnceLock::<Client>::new());
    let tracker = Arc::clone(&itself);
    let client = hooked(&server, move |payload| {
        if payload.name() == "signed_up"
            && let Some(client) = tracker.get()
        {
            let error = client.track(&Event::new("seen").to("u")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Feedback);
            assert!(error.to_string().contains("`before_send`"), "{error}");
        }
        Decision::Send
    });
    itself.set(client.clone()).expect("set once");
    client.track(&events()[0])?;
    client.flush().await?;
    let events = server.all_events();
    let names: Vec<_> = events.iter().map(|event| &*event.name).collect();
    assert_eq!(names, ["signed_up"]);
    assert_eq!(client.stats().hook_panics(), 0);
    Ok(())
}
