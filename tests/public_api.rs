//! Common tasks, each in the shortest form that the public API allows, and run against the embedded
//! server.

use axum::{Router, extract::Path, extract::State, http::StatusCode, routing::post};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;
use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::queue::{Overflow, QueueOptions};
use lunogram::testing::{Fault, Recorder, Server};
use lunogram::{
    AnyEvent, Call, Client, Error, ErrorKind, Event, Identifier, Identifiers, LunogramEvent,
    Schedule, ScheduleKey, ScheduleRequest, Sink, UpsertUserRequest, UserTraits,
};
use lunogram_tests::wire::paths;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::Uuid;

#[derive(LunogramEvent)]
struct Viewed<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

#[derive(LunogramEvent)]
#[lunogram(organization)]
struct ContractSigned<'a> {
    #[lunogram(external_id)]
    company: &'a str,
}

#[derive(LunogramEvent)]
struct FeatureAnnounced {
    feature: &'static str,
}

#[derive(Schedule)]
#[lunogram(interval = "168h")]
struct WeeklyDigest<'a> {
    #[lunogram(external_id)]
    user: &'a str,
}

async fn server_with_user() -> (Server, Client) {
    let server = Server::start().expect("a port");
    let client = server.client();
    let user = UpsertUserRequest::new("user_123");
    client.upsert_user(&user).await.expect("a user");
    (server, client)
}

#[tokio::test]
async fn a_handler_spawns_a_call_that_was_made_from_borrowed_data() {
    fn handle(client: &Client, user: &str) -> tokio::task::JoinHandle<Result<(), Error>> {
        tokio::spawn(client.send(&Viewed { user }))
    }
    let (server, client) = server_with_user().await;
    let user = String::from("user_123");
    let sent = handle(&client, &user);
    drop((user, client));
    sent.await.expect("no panic").expect("a response");
    assert_eq!(server.events::<Viewed>().len(), 1);
}

#[tokio::test]
async fn a_batch_job_sends_chunks_of_any_event() -> Result<(), Error> {
    async fn import<E: AnyEvent>(client: &Client, events: &[E]) -> Result<(), Error> {
        for chunk in events.chunks(100) {
            client.send_all(chunk).await?;
        }
        Ok(())
    }
    let (server, client) = server_with_user().await;
    let derived: Vec<_> = (0..250).map(|_| Viewed { user: "user_123" }).collect();
    import(&client, &derived).await?;
    let dynamic = vec![Event::new("viewed").to("user_123"); 250];
    let job = client.clone();
    tokio::spawn(async move { import(&job, &dynamic).await })
        .await
        .expect("no panic")?;
    assert_eq!(server.events_named("viewed").len(), 500);
    assert_eq!(server.requests().len(), 1 + 3 + 3);
    Ok(())
}

#[tokio::test]
async fn a_list_holds_different_events() -> Result<(), Error> {
    let (server, client) = server_with_user().await;
    let events: Vec<Box<dyn AnyEvent + Send + Sync>> = vec![
        Box::new(Viewed { user: "user_123" }),
        Box::new(FeatureAnnounced { feature: "exports" }.to("user_123")),
        Box::new(Event::new("newsletter_opened").to("user_123")),
    ];
    client.send_all(&events).await?;
    for event in &events {
        client.send(event).await?;
        client.track(event)?;
    }
    client.flush().await?;
    for event in &events {
        assert_eq!(server.events_named(event.name()).len(), 3);
    }
    Ok(())
}

#[test]
fn a_helper_takes_any_event() {
    fn log(event: &impl AnyEvent) -> String {
        format!(
            "{} about {:?}: {:?}",
            event.name(),
            event.subject(),
            event.check().is_ok()
        )
    }
    assert_eq!(log(&Viewed { user: "" }), "viewed about User: false");
    let signed = ContractSigned { company: "org_456" };
    assert_eq!(log(&signed), "contract_signed about Organization: true");
    assert_eq!(log(&&signed), log(&signed));
    let boxed: Box<dyn AnyEvent> = Box::new(Event::new("opened").matching(json!({"plan": "pro"})));
    assert_eq!(log(&boxed), "opened about User: true");
}

#[tokio::test]
async fn an_application_replaces_the_client_by_a_mock() -> Result<(), Error> {
    trait Tracker {
        fn track(&self, event: &dyn AnyEvent) -> Result<(), Error>;
    }
    impl Tracker for Client {
        fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
            self.track(event)
        }
    }
    #[derive(Default)]
    struct Mock(Mutex<Vec<String>>);
    impl Tracker for Mock {
        fn track(&self, event: &dyn AnyEvent) -> Result<(), Error> {
            event.check()?;
            let mut names = self.0.lock().expect("no panic");
            if !names.is_empty() {
                return Err(ErrorKind::QueueFull.into());
            }
            names.push(event.name().to_owned());
            Ok(())
        }
    }
    fn view(tracker: &dyn Tracker, user: &str) -> Result<(), Error> {
        tracker.track(&Viewed { user })
    }

    let mock = Mock::default();
    assert_eq!(view(&mock, "").unwrap_err().kind(), ErrorKind::Invalid);
    view(&mock, "user_123")?;
    let full = view(&mock, "user_123").unwrap_err();
    assert!(full.is_retryable() && !full.may_have_arrived());
    assert_eq!(*mock.0.lock().expect("no panic"), ["viewed"]);

    let (server, client) = server_with_user().await;
    view(&client, "user_123")?;
    client.flush().await?;
    assert_eq!(server.events::<Viewed>().len(), 1);
    Ok(())
}

#[tokio::test]
async fn identifiers_are_conditional() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    for (user, stripe) in [("user_123", Some("cus_1")), ("user_456", None)] {
        let stripe = stripe.map(|id| Identifier::new(id).source("stripe"));
        let mut ids = Identifiers::from(user);
        ids.extend(stripe.clone());
        client.upsert_user(&UpsertUserRequest::new(ids)).await?;

        let collected: Identifiers = [Some(user.into()), stripe].into_iter().flatten().collect();
        client.send(&Event::new("viewed").to(collected)).await?;
    }
    assert_eq!(server.users().len(), 2);
    let known = server.user_by("stripe", "cus_1").expect("both identifiers");
    assert_eq!(known.external_id("default"), Some("user_123"));
    assert_eq!(server.events_named("viewed").len(), 2);
    Ok(())
}

#[tokio::test]
async fn absent_columns_of_a_partial_update_keep_their_values() -> Result<(), Error> {
    #[derive(Default, UserTraits)]
    struct Columns {
        #[lunogram(external_id)]
        id: u64,
        #[lunogram(email)]
        email: Option<String>,
        #[lunogram(timezone)]
        timezone: Option<String>,
        plan: Option<String>,
        seats: Option<u32>,
    }
    let server = Server::start().expect("a port");
    let client = server.client();
    let first = Columns {
        email: Some("jane@example.com".to_owned()),
        plan: Some("pro".to_owned()),
        ..Columns::default()
    };
    client.upsert_user(&first).await?;
    let second = Columns {
        seats: Some(3),
        ..Columns::default()
    };
    let user = client.upsert_user(&second).await?;
    assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    assert_eq!(user.timezone, None);
    assert_eq!(json!(user.data), json!({"plan": "pro", "seats": 3}));
    Ok(())
}

#[tokio::test]
async fn fields_of_a_schedule_are_optional() -> Result<(), Error> {
    #[derive(Schedule)]
    struct CheckIn<'a> {
        #[lunogram(external_id)]
        user: &'a str,
        #[lunogram(interval)]
        every: &'a str,
        #[lunogram(start_at)]
        from: Option<DateTime<Utc>>,
        #[lunogram(id)]
        id: Option<Uuid>,
        note: Option<&'a str>,
    }
    let (server, client) = server_with_user().await;
    let (soon, tomorrow) = (
        Utc::now() + TimeDelta::hours(1),
        Utc::now() + TimeDelta::days(1),
    );
    for from in [None, Some(tomorrow)] {
        let check_in = CheckIn {
            user: "user_123",
            every: "2 weeks",
            from,
            id: None,
            note: None,
        };
        client.schedule(&check_in).await?;
        let derived = server.user_schedule("user_123", "check_in").expect("kept");
        assert_eq!(derived.start_at.is_some_and(|at| at > soon), from.is_some());
        assert!(derived.data.is_empty());

        let request = ScheduleRequest::every("review", "user_123", "1 month").start_at(from);
        client.schedule(&request).await?;
        let dynamic = server.user_schedule("user_123", "review").expect("kept");
        assert_eq!(dynamic.start_at.is_some_and(|at| at > soon), from.is_some());
    }
    Ok(())
}

#[tokio::test]
async fn an_inbox_is_read_to_its_end_and_marked() -> Result<(), Error> {
    let (server, client) = server_with_user().await;
    let messages: Vec<_> = (0..250)
        .map(|number| NewInboxMessage::new(number, Channel::Inbox).to("user_123"))
        .collect();
    client.post_inbox_messages(&messages).await?;

    let inbox = client.user_inbox("user_123");
    let mut read = 0;
    let mut pages = inbox.pages(InboxQuery::new(Channel::Inbox));
    while let Some(page) = pages.next_page().await? {
        inbox.mark_read(&page.results).await?;
        read += page.results.len();
    }
    assert_eq!(read, 250);
    assert_eq!(inbox.count(Channel::Inbox).await?.unread, 0);
    assert!(server.lost().is_empty());
    Ok(())
}

#[tokio::test]
async fn an_inbox_is_a_stream_of_pages() -> Result<(), Error> {
    let (_server, client) = server_with_user().await;
    let messages: Vec<_> = (0..30)
        .map(|number| NewInboxMessage::new(number, Channel::Inbox).to("user_123"))
        .collect();
    client.post_inbox_messages(&messages).await?;

    let inbox = client.user_inbox("user_123");
    let pages = inbox.pages(InboxQuery::new(Channel::Inbox).limit(20));
    let sizes: Vec<usize> = pages
        .map_ok(|page| page.results.len())
        .try_collect()
        .await?;
    assert_eq!(sizes, [20, 10]);
    Ok(())
}

#[tokio::test]
async fn each_tenant_has_a_client_for_its_project() -> Result<(), Error> {
    let (server, client) = server_with_user().await;
    let mut tenants = BTreeMap::new();
    tenants.insert(
        "acme",
        client.for_project(server.key(), server.project_id())?,
    );
    tenants.insert("globex", client.for_project(server.key(), None)?);
    for tenant in tenants.values() {
        tenant.track(&Viewed { user: "user_123" })?;
    }
    // Covers the clients of all projects.
    let _ = client.shutdown(Duration::from_secs(60)).await?;
    assert_eq!(server.events::<Viewed>().len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_library_reports_to_whatever_sink_the_application_has() -> Result<(), Error> {
    struct Library {
        sink: Arc<dyn Sink>,
    }
    impl Library {
        fn view(&self, user: &str) -> Result<(), Error> {
            self.sink.track(&Viewed { user })
        }
    }
    let (server, client) = server_with_user().await;
    let recorder = Arc::new(Recorder::default());
    let sinks: [Arc<dyn Sink>; 3] = [
        Arc::new(client.clone()),
        recorder.clone(),
        Arc::new(Client::disabled()),
    ];
    for sink in sinks {
        Library { sink }.view("user_123")?;
    }
    client.flush().await?;
    assert_eq!(server.events::<Viewed>().len(), 1);
    assert_eq!(recorder.events::<Viewed>().len(), 1);
    Ok(())
}

#[test]
fn a_function_that_takes_any_sink_takes_a_shared_one() -> Result<(), Error> {
    fn view(sink: impl Sink, user: &str) -> Result<(), Error> {
        sink.identify(&UpsertUserRequest::new(user))?;
        sink.track(&Viewed { user })
    }
    let recorder = Arc::new(Recorder::default());
    let shared: Arc<dyn Sink> = recorder.clone();
    view(&*recorder, "user_1")?;
    view(Arc::clone(&recorder), "user_2")?;
    view(Box::new(Arc::clone(&shared)) as Box<dyn Sink>, "user_3")?;
    view(shared, "user_4")?;
    assert_eq!(recorder.events::<Viewed>().len(), 4);
    assert_eq!(recorder.traits().len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_web_server_delivers_what_is_queued_before_it_ends() {
    async fn view(State(client): State<Client>, Path(user): Path<String>) -> StatusCode {
        match client.track(&Viewed { user: &user }) {
            Ok(()) => StatusCode::NO_CONTENT,
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
    let (server, client) = server_with_user().await;
    let router = Router::new()
        .route("/view/{user}", post(view))
        .with_state(client.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let application = tokio::spawn(async move {
        let answering = axum::serve(listener, router).with_graceful_shutdown(async {
            // Ends either way.
            let _ = stopped.await;
        });
        answering.await.expect("no error");
        client.shutdown(Duration::from_secs(60)).await
    });
    let answer = tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address)?;
        connection.write_all(
            b"POST /view/user_123 HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        )?;
        std::io::read_to_string(connection)
    });
    let answer = answer.await.expect("no panic").expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    stop.send(()).expect("a running application");
    let stats = application.await.expect("no panic").expect("nothing lost");
    assert_eq!((stats.delivered(), server.events::<Viewed>().len()), (1, 1));
}

#[tokio::test]
async fn errors_are_handled_by_kind() {
    fn advice(error: &Error) -> &'static str {
        match error.kind() {
            ErrorKind::Invalid => "fix the payload",
            ErrorKind::NotFound => "create the user",
            _ if error.is_retryable() => "try again",
            _ => "report",
        }
    }
    let (server, client) = server_with_user().await;
    let invalid = client.send(&Viewed { user: "" }).await.unwrap_err();
    assert_eq!(advice(&invalid), "fix the payload");
    assert_eq!(invalid.problems()[0].path(), "identifier[0].external_id");
    let unknown = client.delete_user("user_456").await.unwrap_err();
    assert_eq!(advice(&unknown), "create the user");
    server.inject(Fault::status(503).always());
    let failed = client.delete_user("user_123").await.unwrap_err();
    assert_eq!((advice(&failed), failed.status()), ("try again", Some(503)));
    server.clear_faults();
    server.inject(Fault::status(403));
    let forbidden = client.send(&Viewed { user: "user_123" }).await.unwrap_err();
    assert_eq!(advice(&forbidden), "report");
}

#[test]
fn a_program_without_a_runtime_blocks() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .build()?
        .blocking()?;
    client.upsert_user(&UpsertUserRequest::new("user_123"))?;
    client.send(&Viewed { user: "user_123" })?;
    client.send_all(&[Event::new("viewed").to("user_123")])?;
    client.track(&Viewed { user: "user_123" })?;
    client.waiting().track(&Viewed { user: "user_123" })?;
    assert_eq!(client.shutdown(Duration::from_secs(60))?.delivered(), 2);
    assert_eq!(server.events::<Viewed>().len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_full_queue_can_be_awaited() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let queue = QueueOptions::default()
        .max_events(1)
        .batch_age(Duration::from_secs(1_800))
        .overflow(Overflow::Wait);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(queue)
        .build()?;
    let user = UpsertUserRequest::new("user_123");
    client.identify(&user)?;
    for full in [
        client.identify(&user),
        client.track(&Viewed { user: "user_123" }),
    ] {
        assert_eq!(full.unwrap_err().kind(), ErrorKind::QueueFull);
    }
    let (tracked, flushed) = tokio::join!(
        client.waiting().track(&Viewed { user: "user_123" }),
        client.flush()
    );
    tracked.and(flushed)?;
    let (identified, flushed) = tokio::join!(client.waiting().identify(&user), client.flush());
    identified.and(flushed)?;
    client.flush().await?;
    assert_eq!(client.stats().delivered(), 3);
    assert_eq!(server.events::<Viewed>().len(), 1);
    assert_eq!(server.user("user_123").expect("the user").version, 1);
    Ok(())
}

#[tokio::test]
async fn a_list_about_users_and_organizations_is_refused() {
    let (server, client) = server_with_user().await;
    let events: [Box<dyn AnyEvent>; 3] = [
        Box::new(Viewed { user: "user_123" }),
        Box::new(Event::new("opened").to("user_123")),
        Box::new(ContractSigned { company: "org_456" }),
    ];
    let refused = client.send_all(&events).await;
    assert_eq!(paths(&refused), ["[2]"]);
    let text = refused.unwrap_err().to_string();
    assert!(
        text.contains("about an organization, but the first event is about a user"),
        "{text}"
    );
    let none = client.send_all::<Event>(&[]).await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Invalid);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_call_can_be_stored_and_shown() -> Result<(), Error> {
    fn assert_bounds<T: Future + Send + Unpin + Debug + 'static>(call: T) -> T {
        call
    }
    let (server, client) = server_with_user().await;
    let calls: Vec<(Call<()>, &str)> = vec![
        (client.send(&Viewed { user: "user_123" }), "postUserEvents"),
        (client.delete_user("user_123"), "deleteUser"),
        (client.flush(), "flush"),
    ];
    assert_eq!(
        server.requests().len(),
        1,
        "nothing is sent before it is awaited"
    );
    for (call, name) in calls {
        let call = assert_bounds(call);
        assert_eq!(format!("{call:?}"), format!("Call({name:?})"));
        call.await?;
    }
    let upsert = client.upsert_user(&UpsertUserRequest::new("user_123"));
    assert_eq!(assert_bounds(upsert).await?.version, 0);
    Ok(())
}

#[tokio::test]
async fn schedules_are_deleted_by_type_name_and_id() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key())
        .base_url(server.url())
        .project(server.project_id())
        .build()?;
    client
        .upsert_user(&UpsertUserRequest::new("user_123"))
        .await?;
    let names = || -> Vec<String> {
        let schedules = server.user_schedules("user_123").into_iter();
        schedules.map(|schedule| schedule.name).collect()
    };
    let review = ScheduleRequest::every("review", "user_123", "1 month");
    let first = client.schedule(&review).await?.id;
    client.schedule(&review).await?;
    client.schedule(&WeeklyDigest { user: "user_123" }).await?;
    assert_eq!(names().len(), 3);

    client.unschedule(WeeklyDigest::of("user_123")).await?;
    assert_eq!(names(), ["review", "review"]);
    client
        .unschedule(ScheduleKey::named("review", "user_123"))
        .await?;
    assert!(names().is_empty());

    let user = json!([{"external_id": "user_123"}]);
    for (key, body) in [
        (
            ScheduleKey::id(first, "user_123"),
            json!({"identifier": user, "id": first}),
        ),
        (
            ScheduleKey::named("review", "user_123").with_id(first),
            json!({"identifier": user, "name": "review", "id": first}),
        ),
    ] {
        // The embedded server deletes by name only.
        drop(client.unschedule(key).await);
        let sent = server.requests().pop().expect("a request");
        assert_eq!(sent.body, Some(body));
    }
    Ok(())
}

/// The names of a type's public functions, in the snapshot of the public API.
fn functions(of: &str) -> BTreeSet<&'static str> {
    let snapshot = include_str!("conventions/lunogram.api.txt");
    let found: BTreeSet<_> = snapshot
        .lines()
        .filter_map(|line| {
            let (_, item) = line.split_once(" fn lunogram::")?;
            let function = item.strip_prefix(of)?;
            let function = function.strip_prefix("<'_>").unwrap_or(function);
            function.strip_prefix("::")?.split(['(', '<']).next()
        })
        .collect();
    assert!(!found.is_empty(), "`{of}` is not in the snapshot");
    found
}

#[test]
fn the_blocking_client_has_every_function_of_the_client() {
    for (of, of_blocking, only_async) in [
        // A builder of the one builds the other, too, and the one turns into the other.
        ("Client", "blocking::Client", &["blocking", "builder"][..]),
        ("queue::Waiting", "blocking::Waiting", &[]),
        ("inbox::Inbox", "blocking::Inbox", &[]),
        ("session::Session", "blocking::Session", &[]),
    ] {
        let mut expected = functions(of);
        expected.retain(|name| !only_async.contains(name));
        assert_eq!(functions(of_blocking), expected, "`{of_blocking}`");
    }
}
