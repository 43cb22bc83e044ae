//! The background queue, as an application uses it.

use lunogram::hooks::Decision;
use lunogram::queue::{Delivery, DropReason, Fate, Overflow, QueueOptions, Stats};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{
    Client, ClientBuilder, ErrorKind, Event, Identifier, LunogramEvent, UpsertOrganizationRequest,
    UpsertUserRequest,
};
use lunogram_tests::raw::{Raw, Reply};
use lunogram_tests::spool::drain;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(LunogramEvent)]
pub(crate) struct Seen<'a> {
    #[lunogram(external_id)]
    pub(crate) user: &'a str,
    pub(crate) n: u64,
}

/// Batches are sent at once, and retries have no pauses.
pub(crate) fn options() -> QueueOptions {
    QueueOptions::default()
        .batch_age(Duration::ZERO)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
}

/// Batches are sent only when they are full or flushed.
pub(crate) fn patient() -> QueueOptions {
    options().batch_age(Duration::from_secs(1_800))
}

pub(crate) fn builder(server: &Server, options: QueueOptions) -> ClientBuilder {
    Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
}

pub(crate) fn started(options: QueueOptions) -> (Server, Client) {
    let server = Server::start().expect("a port");
    let client = builder(&server, options).build().expect("a client");
    (server, client)
}

fn assert_conserved(stats: &Stats) {
    let sum = stats.delivered() + stats.dropped() + stats.unknown() + stats.pending();
    assert_eq!(stats.accepted(), sum, "{stats}");
}

/// The property `n` of the events that the server has received, in order of arrival.
fn numbers(server: &Server) -> Vec<u64> {
    server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect()
}

#[tokio::test]
async fn tracked_events_arrive_in_order() {
    let (server, client) = started(options().batch_events(7));
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    for n in 0..100 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    client.flush().await.unwrap();
    assert!(numbers(&server).into_iter().eq(0..100));
    assert!(server.lost().is_empty());
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(
        (stats.accepted(), stats.delivered(), stats.pending()),
        (101, 101, 0)
    );
    assert_eq!(stats.pending_bytes(), 0);
}

#[tokio::test]
async fn batches_close_by_count_and_by_size() {
    let batches = |server: &Server| -> Vec<usize> {
        let requests = server.requests();
        let bodies = requests
            .iter()
            .filter_map(|request| request.body.as_ref()?.as_array());
        bodies.map(Vec::len).collect()
    };
    let (server, client) = started(patient().batch_events(4));
    for n in 0..10 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    client.flush().await.unwrap();
    assert_eq!(batches(&server), [4, 4, 2]);

    let (server, client) = started(patient().batch_bytes(250));
    for n in 10..20 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    client.flush().await.unwrap();
    let bodies = server
        .requests()
        .into_iter()
        .filter_map(|request| request.body);
    for body in bodies {
        assert!(body.to_string().len() <= 250, "{body}");
    }
    assert_eq!(batches(&server).iter().sum::<usize>(), 10);
    assert!(batches(&server).len() < 10);
}

#[tokio::test]
async fn one_request_takes_the_events_of_many_subjects() {
    const USERS: u64 = 20;
    let server = Server::start().expect("a port");
    let clock = Clock::new();
    let options = QueueOptions::default().batch_events(30);
    let client = builder(&server, options)
        .clock(&clock)
        .build()
        .expect("a client");
    for user in 0..USERS {
        let user = UpsertUserRequest::new(user.to_string());
        client.upsert_user(&user).await.expect("no faults");
    }
    let before = server.requests().len() as u64;
    let requests = || server.requests().len() as u64 - before;
    let track = |n: u64| {
        let user = (n % USERS).to_string();
        client.track(&Seen { user: &user, n }).expect("room");
    };
    // One request at the age of the oldest event, with those that were tracked later.
    track(0);
    clock.idle().await;
    clock.advance(Duration::from_millis(900));
    (1..USERS).for_each(track);
    clock.idle().await;
    assert_eq!(requests(), 0);
    clock.advance(Duration::from_millis(100));
    clock.idle().await;
    assert_eq!((requests(), client.stats().delivered()), (1, USERS));
    // One request as soon as it is full. The rest waits for its own age.
    (20..60).for_each(track);
    clock.idle().await;
    assert_eq!((requests(), client.stats().delivered()), (2, 50));
    client.flush().await.expect("not held");
    assert_eq!((requests(), client.stats().delivered()), (3, 60));
    for user in 0..USERS {
        let sent = numbers(&server).into_iter();
        let own: Vec<u64> = sent.filter(|n| n % USERS == user).collect();
        assert_eq!(own, [user, user + 20, user + 40], "in order");
    }
}

#[tokio::test]
async fn an_upsert_leaves_although_the_event_before_it_was_dropped() {
    let server = Server::start().expect("a port");
    let clock = Clock::new();
    let options = options()
        .max_events(2)
        .requests_per_minute(1)
        .overflow(Overflow::DropOldest);
    let client = builder(&server, options)
        .clock(&clock)
        .build()
        .expect("a client");
    let track = |user, n| client.track(&Seen { user, n }).expect("room");
    track("first", 1);
    clock.idle().await;
    // Both wait in one lane for the next minute.
    track("second", 2);
    let upsert = UpsertUserRequest::new("second");
    client.identify(&upsert).expect("room");
    clock.idle().await;
    track("third", 3);
    assert_eq!(client.stats().dropped_because(DropReason::QueueFull), 1);
    for _ in 0..3 {
        clock.idle().await;
        clock.advance(Duration::from_secs(61));
    }
    clock.idle().await;
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.pending()), (3, 0), "{stats}");
}

#[tokio::test]
async fn an_unlimited_batch_age_waits_for_a_flush() {
    let server = Server::start().expect("a port");
    let clock = Clock::new();
    let client = builder(
        &server,
        options()
            .batch_age(Duration::MAX)
            .event_deadline(Duration::MAX),
    )
    .clock(&clock)
    .build()
    .expect("a client");
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    clock.idle().await;
    clock.advance(Duration::from_secs(3_600));
    clock.idle().await;
    assert_eq!(client.stats().pending(), 1);
    client.flush().await.unwrap();
    assert_eq!(numbers(&server), [1]);
}

#[tokio::test]
async fn events_wait_for_the_upsert_of_any_of_their_identifiers() {
    for _ in 0..20 {
        let (server, client) = started(options().in_flight(8));
        server.inject(Fault::status(503).times(3));
        let ids = ["a", "b", "c", "d"].map(|id| Identifier::new(id).source(id));
        client
            .identify(&UpsertUserRequest::new(ids.clone()))
            .unwrap();
        for id in ids {
            client
                .track(&Event::new("seen").to(id).data(json!({})))
                .unwrap();
        }
        client.flush().await.unwrap();
        assert!(server.lost().is_empty());
        assert_eq!(server.all_events().len(), 4);
        assert_conserved(&client.stats());
    }
}

#[tokio::test]
async fn organizations_use_their_own_routes() {
    let (server, client) = started(options());
    client
        .identify(&UpsertOrganizationRequest::new("u"))
        .unwrap();
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client
        .track(&Event::new("signed").to("u").organization())
        .unwrap();
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    client.flush().await.unwrap();
    assert!(server.lost().is_empty());
    let requests = server.requests();
    let mut paths: Vec<_> = requests
        .iter()
        .map(|request| request.path.as_str())
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "/api/client/organizations",
            "/api/client/organizations/events",
            "/api/client/users",
            "/api/client/users/events"
        ]
    );
}

#[tokio::test]
async fn invalid_payloads_are_reported_at_once_and_not_accepted() {
    let (server, client) = started(options());
    let error = client
        .track(&Seen {
            user: "",
            n: 1 << 60,
        })
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert_eq!(error.problems().len(), 2);
    assert_eq!(
        client
            .identify(&UpsertUserRequest::new(""))
            .unwrap_err()
            .kind(),
        ErrorKind::Invalid
    );
    assert_eq!(client.stats().accepted(), 0);
    client.flush().await.unwrap();
    assert!(server.requests().is_empty());
}

/// A client whose queue is full with the events 0, 1 and 2, and the numbers of dropped events.
async fn full(overflow: Overflow) -> (Server, Client, Arc<Mutex<Vec<u64>>>) {
    let server = Server::start().expect("a port");
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&dropped);
    let options = patient().max_events(3).overflow(overflow);
    let client = builder(&server, options)
        .on_drop(move |dropped| {
            assert_eq!(
                (dropped.name(), dropped.reason()),
                ("seen", DropReason::QueueFull)
            );
            let event: Value = serde_json::from_slice(dropped.json()).expect("JSON");
            collected
                .lock()
                .expect("no panic")
                .extend(event["data"]["n"].as_u64());
        })
        .build()
        .expect("a client");
    let user = UpsertUserRequest::new("u");
    client.upsert_user(&user).await.expect("no faults");
    for n in 0..3 {
        client.track(&Seen { user: "u", n }).expect("room");
    }
    (server, client, dropped)
}

async fn arrived(server: &Server, client: &Client) -> Vec<u64> {
    client.flush().await.expect("not held");
    assert_conserved(&client.stats());
    numbers(server)
}

#[tokio::test]
async fn a_full_queue_refuses() {
    let (server, client, dropped) = full(Overflow::Refuse).await;
    let error = client.track(&Seen { user: "u", n: 3 }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    assert!(error.is_retryable());
    assert_eq!(client.stats().accepted(), 3);
    assert_eq!(arrived(&server, &client).await, [0, 1, 2]);
    assert!(dropped.lock().unwrap().is_empty());
    client.track(&Seen { user: "u", n: 4 }).expect("room again");
}

#[tokio::test]
async fn a_full_queue_drops_the_newest() {
    let (server, client, dropped) = full(Overflow::DropNewest).await;
    client.track(&Seen { user: "u", n: 3 }).unwrap();
    assert_eq!(client.stats().dropped_because(DropReason::QueueFull), 1);
    assert_eq!(arrived(&server, &client).await, [0, 1, 2]);
    assert_eq!(*dropped.lock().unwrap(), [3]);
}

#[tokio::test]
async fn a_full_queue_drops_the_oldest() {
    let (server, client, dropped) = full(Overflow::DropOldest).await;
    client.track(&Seen { user: "u", n: 3 }).unwrap();
    assert_eq!(client.stats().dropped_because(DropReason::QueueFull), 1);
    assert_eq!(arrived(&server, &client).await, [1, 2, 3]);
    assert_eq!(*dropped.lock().unwrap(), [0]);
}

#[tokio::test]
async fn track_waits_for_room() {
    let (server, client, _) = full(Overflow::Wait).await;
    let error = client.track(&Seen { user: "u", n: 3 }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::QueueFull);
    let waiting = client.waiting().track(&Seen { user: "u", n: 4 });
    let (outcome, arrived) = tokio::join!(waiting, arrived(&server, &client));
    outcome.unwrap();
    assert_eq!(arrived[..3], [0, 1, 2]);
    client.flush().await.unwrap();
    assert_eq!(numbers(&server), [0, 1, 2, 4]);
}

#[test]
fn a_payload_larger_than_the_queue_never_fits() {
    for overflow in [
        Overflow::Refuse,
        Overflow::DropNewest,
        Overflow::DropOldest,
        Overflow::Wait,
    ] {
        let (_server, client) = started(patient().max_bytes(100).overflow(overflow));
        let long = "x".repeat(100);
        let error = client.track(&Seen { user: &long, n: 0 }).unwrap_err();
        assert!(error.to_string().contains("max_bytes"), "{error}");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(!error.is_retryable(), "{error}");
        assert_eq!(client.stats().accepted(), 0);
    }
}

#[tokio::test]
async fn a_refused_event_is_found_and_dropped_alone() {
    let server = Server::builder()
        .allow_events(["seen"])
        .start()
        .expect("a port");
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let collected = Arc::clone(&dropped);
    let client = builder(&server, patient())
        .on_drop(move |dropped| {
            collected
                .lock()
                .unwrap()
                .push((dropped.name().to_owned(), dropped.reason()));
        })
        .build()
        .expect("a client");
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    for n in 0..50 {
        client.track(&Seen { user: "u", n }).unwrap();
        if n == 17 || n == 31 {
            client
                .track(&Event::new("forbidden").to("u").data(json!({})))
                .unwrap();
        }
    }
    client.flush().await.unwrap();
    assert!(numbers(&server).into_iter().eq(0..50));
    assert_eq!(
        *dropped.lock().unwrap(),
        vec![("forbidden".to_owned(), DropReason::Refused); 2]
    );
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(stats.dropped_because(DropReason::Refused), 2);
}

#[tokio::test]
async fn a_batch_that_is_too_large_is_split() {
    let (server, client) = started(patient());
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.flush().await.unwrap();
    server.inject(Fault::status(413).times(3));
    for n in 0..8 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    client.flush().await.unwrap();
    // The faults refuse 8, 4 and 2 events; the smaller batches are accepted.
    assert!(numbers(&server).into_iter().eq(0..8));
    server.inject(Fault::status(413));
    client.track(&Seen { user: "u", n: 9 }).unwrap();
    client.flush().await.unwrap();
    assert_eq!(client.stats().dropped_because(DropReason::TooLarge), 1);
}

#[tokio::test]
async fn a_wrong_key_suspends_delivery_until_it_works() {
    let (server, client) = started(options());
    server.inject(Fault::status(401).always());
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    let error = client.flush().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let text = error.to_string();
    assert!(
        text.starts_with(
            "upsertUser: 401 Unauthorized: delivery is suspended; nothing was lost, and 2 items stay queued"
        ),
        "{text}"
    );
    let advice = "; check that LUNOGRAM_API_KEY belongs to this server (LUNOGRAM_API_URL), or that the session has not expired";
    assert!(text.ends_with(advice), "{text}");
    assert!(client.stats().is_held());
    assert_eq!(client.stats().pending(), 2);
    server.clear_faults();
    let delivered = server
        .wait_for(Duration::from_secs(60), |server| numbers(server) == [1])
        .await;
    assert!(delivered, "{}", client.stats());
    client.flush().await.unwrap();
    assert!(!client.stats().is_held());
}

/// A web page that answers a queued upsert must not count as its answer: the platform would then
/// lose the user's events.
#[tokio::test]
async fn an_upsert_is_held_until_the_api_answers_it() {
    for other in [
        Reply::with(200, "content-type: text/html\r\n", "<html></html>"),
        Reply::with(200, "", "OK"),
        Reply::json(203, "{}"),
    ] {
        let works = Arc::new(AtomicBool::new(false));
        let switch = Arc::clone(&works);
        let server = Raw::start(move |_| {
            if switch.load(Ordering::SeqCst) {
                Reply::with(204, "", "")
            } else {
                other.clone()
            }
        });
        let builder = Client::builder("sk_1").base_url(server.url());
        let client = builder.queue(options()).build().expect("a client");
        client.identify(&UpsertUserRequest::new("u")).unwrap();
        client.track(&Seen { user: "u", n: 1 }).unwrap();
        client.flush().await.unwrap_err();
        assert!(client.stats().is_held());
        assert_eq!(client.stats().pending(), 2);
        let requests = server.requests();
        let is_upsert = |request: &String| request.starts_with("POST /api/client/users HTTP");
        assert!(requests.iter().all(is_upsert), "{requests:?}");

        works.store(true, Ordering::SeqCst);
        while client.flush().await.is_err() {}
        assert_eq!(client.stats().delivered(), 2);
    }
}

#[tokio::test]
async fn an_ambiguous_outcome_follows_the_delivery_option() {
    for (delivery, arrived, unknown) in [
        (Delivery::AtLeastOnce, vec![0, 1, 2, 0, 1, 2], 0),
        (Delivery::AtMostOnce, vec![0, 1, 2], 3),
        (Delivery::Isolated, vec![0, 1, 2], 1),
    ] {
        let (server, client) = started(patient().delivery(delivery));
        client.identify(&UpsertUserRequest::new("u")).unwrap();
        client.flush().await.unwrap();
        server.inject(Fault::lose_answer());
        for n in 0..3 {
            client.track(&Seen { user: "u", n }).unwrap();
        }
        client.flush().await.unwrap();
        assert_eq!(numbers(&server), arrived, "{delivery:?}");
        let stats = client.stats();
        assert_conserved(&stats);
        assert_eq!(stats.unknown(), unknown, "{delivery:?}");
    }
}

#[tokio::test]
async fn hooks_change_drop_and_may_panic() {
    let server = Server::start().expect("a port");
    let client = builder(&server, patient())
        .before_send(|payload| match payload.data().get("n").map(Value::as_u64) {
            None => Decision::Send,
            Some(Some(0)) => Decision::Drop,
            Some(Some(1)) => {
                payload.data_mut().insert("seen".to_owned(), json!(true));
                Decision::Send
            }
            _ => panic!("a bug in the application"),
        })
        .on_drop(|_| panic!("another bug"))
        .build()
        .expect("a client");
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    for n in 0..3 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    client.flush().await.unwrap();
    let events = server.all_events();
    assert_eq!(numbers(&server), [1]);
    assert_eq!(events[0].data["seen"], true);
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(stats.dropped_because(DropReason::BeforeSend), 1);
    assert_eq!(stats.dropped_because(DropReason::BeforeSendFailed), 1);
    assert_eq!(stats.hook_panics(), 3);
    assert_eq!(stats.pending_bytes(), 0);
}

#[tokio::test]
async fn shutdown_delivers_and_then_refuses_events() {
    let (server, client) = started(patient());
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    let stats = client.shutdown(Duration::from_secs(60)).await.unwrap();
    assert_eq!((stats.delivered(), stats.pending()), (2, 0));
    assert_eq!(numbers(&server), [1]);
    let error = client.track(&Seen { user: "u", n: 2 }).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ShutDown);
    assert_eq!(
        client
            .identify(&UpsertUserRequest::new("u"))
            .unwrap_err()
            .kind(),
        ErrorKind::ShutDown
    );
    assert_eq!(client.shutdown(Duration::ZERO).await.unwrap(), stats);
    client.flush().await.unwrap();
    client
        .upsert_user(&UpsertUserRequest::new("u"))
        .await
        .expect("calls outside the queue still work");
}

#[tokio::test]
async fn shutdown_ends_although_the_server_never_answers() {
    let server = Raw::always(Reply::Silence);
    let client = Client::builder("sk_1")
        .base_url(server.url())
        .queue(options().batch_events(2))
        .build()
        .expect("a client");
    for n in 0..10 {
        client.track(&Seen { user: "u", n }).unwrap();
    }
    let begun = std::time::Instant::now();
    let stats = client.shutdown(Duration::from_millis(50)).await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(10),
        "shutdown must not wait for the request's time-out"
    );
    assert_conserved(&stats);
    assert_eq!(stats.pending(), 0);
    assert!(stats.unknown() <= 2, "one batch was in flight: {stats}");
    assert_eq!(
        stats.unknown() + stats.dropped_because(DropReason::Shutdown),
        10
    );
}

#[test]
fn dropping_the_client_reports_lost_events() {
    let server = Server::start().expect("a port");
    let (sender, dropped) = std::sync::mpsc::channel();
    let client = builder(&server, patient())
        .on_drop(move |dropped| {
            sender
                .send((dropped.name().to_owned(), dropped.reason()))
                .unwrap();
        })
        .build()
        .expect("a client");
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    drop(client.clone());
    client.track(&Seen { user: "u", n: 2 }).unwrap();
    drop(client);
    // Ends when the worker has dropped the hook, and the channel's sender with it.
    let dropped: Vec<_> = dropped.iter().collect();
    assert_eq!(dropped, vec![("seen".to_owned(), DropReason::Shutdown); 2]);
}

#[test]
fn tracking_works_in_every_runtime_and_without_one() {
    struct TrackOnDrop<'a>(&'a Client);
    impl Drop for TrackOnDrop<'_> {
        fn drop(&mut self) {
            self.0.track(&Seen { user: "u", n: 3 }).expect("room");
        }
    }
    let (server, client) = started(options());
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.track(&Seen { user: "u", n: 0 }).unwrap();
    let current = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    current
        .block_on(async { client.track(&Seen { user: "u", n: 1 }) })
        .unwrap();
    current
        .block_on(client.flush())
        .expect("works in a runtime without I/O and time drivers");
    drop(current);
    let multi = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    multi
        .block_on(async { client.track(&Seen { user: "u", n: 2 }) })
        .unwrap();
    multi.block_on(async { drop(TrackOnDrop(&client)) });
    multi.block_on(client.flush()).unwrap();
    multi.shutdown_background();
    let many = tokio::runtime::Runtime::new().unwrap();
    let stats = many
        .block_on(client.shutdown(Duration::from_secs(60)))
        .unwrap();
    assert_eq!(stats.delivered(), 5);
    assert_eq!(numbers(&server), [0, 1, 2, 3]);
}

#[test]
fn tracking_from_many_threads_loses_no_events() {
    let (server, client) = started(options().batch_events(50));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let users: Vec<String> = (0..4).map(|thread| format!("u{thread}")).collect();
    for user in &users {
        client
            .identify(&UpsertUserRequest::new(user.as_str()))
            .unwrap();
    }
    std::thread::scope(|scope| {
        for user in &users {
            let client = &client;
            scope.spawn(move || {
                for n in 0..1_000 {
                    client.track(&Seen { user, n }).unwrap();
                    if n % 100 == 0 {
                        assert_conserved(&client.stats());
                    }
                }
            });
        }
    });
    runtime.block_on(client.flush()).unwrap();
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(stats.delivered(), 4_004);
    assert!(server.lost().is_empty());
    for user in &users {
        let id = server.user(user).unwrap().id;
        let events = server.all_events();
        let own = events.iter().filter(|event| event.reached == [id]);
        assert!(
            own.filter_map(|event| event.data["n"].as_u64())
                .eq(0..1_000)
        );
    }
}

#[tokio::test]
async fn undelivered_events_expire() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", free.local_addr().expect("an address"));
    drop(free);
    let client = Client::builder("sk_1")
        .base_url(url)
        .queue(options().event_deadline(Duration::from_nanos(1)))
        .build()
        .expect("a client");
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    client.identify(&UpsertUserRequest::new("u")).unwrap();
    client.flush().await.unwrap();
    let stats = client.stats();
    assert_conserved(&stats);
    assert_eq!(stats.dropped_because(DropReason::Expired), 2);
}

#[tokio::test]
async fn occurred_at_adds_the_time_of_track() {
    #[derive(LunogramEvent)]
    struct Own {
        #[lunogram(external_id)]
        user: &'static str,
        at: &'static str,
    }
    let (server, client) = started(options().occurred_at("at"));
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    client.track(&Seen { user: "u", n: 0 }).expect("room");
    let dynamic = Event::new("seen")
        .to("u")
        .data(json!({"deeper": {"at": 1}}));
    client.track(&dynamic).expect("room");
    let organization = UpsertOrganizationRequest::new("o");
    client.identify(&organization).expect("room");
    let without_data = Event::new("seen").to("o").organization();
    client.track(&without_data).expect("room");
    client
        .waiting()
        .track(&Seen { user: "u", n: 1 })
        .await
        .expect("room");
    let own = Own {
        user: "u",
        at: "noon",
    };
    client.track(&own).expect("room");
    client.flush().await.expect("not held");
    let (own, stamped): (Vec<Value>, Vec<Value>) = server
        .all_events()
        .iter()
        .map(|event| json!(event.data))
        .partition(|data| data["at"] == "noon");
    assert_eq!((own.len(), stamped.len()), (1, 4));
    for data in stamped {
        let at = data["at"].as_str().expect("a timestamp");
        assert!(chrono::DateTime::parse_from_rfc3339(at).is_ok(), "{at}");
    }

    let nameless = Client::builder("sk_1")
        .queue(options().occurred_at(""))
        .build();
    let error = nameless.expect_err("an empty property name");
    assert_eq!(error.kind(), ErrorKind::Config);
}

/// A call's future can be spawned and can outlive the client and the event.
#[tokio::test]
async fn calls_do_not_borrow_the_client_or_the_event() {
    let (server, client) = started(options());
    let user = client.upsert_user(&UpsertUserRequest::new("u"));
    tokio::spawn(user)
        .await
        .expect("no panic")
        .expect("no faults");
    let event = Event::new("seen").to("u").data(json!({"n": 0}));
    let posted = client.send_all(&[event]);
    drop(client);
    tokio::spawn(posted)
        .await
        .expect("no panic")
        .expect("no faults");
    assert_eq!(numbers(&server), [0]);
}

#[tokio::test]
async fn an_identical_upsert_is_skipped_while_it_says_what_the_server_was_sent_last() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    let hour = Duration::from_secs(3600);
    let client = Client::builder(server.key())
        .base_url(server.url())
        .clock(&clock)
        .queue(QueueOptions::default().skip_identical(hour))
        .build()
        .expect("a client");
    let user = |plan: &'static str| UpsertUserRequest::new("u").data(json!({"plan": plan}));
    let identify = async |plan| {
        let receipt = client.receipts().identify(&user(plan)).expect("room");
        client.flush().await.expect("not held");
        assert_eq!(receipt.await, Fate::Delivered);
        server.requests().len()
    };
    assert_eq!(identify("pro").await, 1);
    assert_eq!(identify("pro").await, 1, "skipped");
    assert_eq!(identify("free").await, 2);
    assert_eq!(identify("pro").await, 3, "the other one came between");
    client.upsert_user(&user("free")).await.expect("no faults");
    assert_eq!(identify("pro").await, 5, "the call came between");
    client.delete_user("u").await.expect("it exists");
    assert_eq!(identify("pro").await, 7, "the deletion came between");
    assert_eq!(server.user("u").expect("a new one").data["plan"], "pro");
    clock.advance(hour + Duration::from_secs(1));
    assert_eq!(identify("pro").await, 8, "an hour later");

    // Refused, so the server does not have it.
    server.inject(Fault::status(400));
    client.identify(&user("basic")).expect("room");
    client.flush().await.expect("not held");
    assert_eq!(identify("basic").await, 10);
    let stats = client.stats();
    assert_eq!(stats.skipped(), 1, "{stats}");
    assert_eq!(
        stats.delivered() + stats.dropped(),
        stats.accepted(),
        "{stats}"
    );
}

/// A client whose first request takes long enough for others to wait.
async fn busy(server: &Server, clock: &Clock) -> Client {
    let client = Client::builder(server.key())
        .base_url(server.url())
        .clock(clock)
        .queue(QueueOptions::default().in_flight(1))
        .build()
        .expect("a client");
    server.inject(Fault::latency(Duration::from_secs(2)));
    client
        .identify(&UpsertUserRequest::new("first"))
        .expect("room");
    while clock.idle().await.is_none() {}
    client
}

#[tokio::test]
async fn waiting_upserts_of_one_user_share_a_request() {
    let clock = Clock::new();
    let server = Server::builder().clock(&clock).start().expect("a port");
    let client = busy(&server, &clock).await;
    let user = || UpsertUserRequest::new("u");
    let identify = |upsert: UpsertUserRequest| client.receipts().identify(&upsert).expect("room");
    let receipts = [
        identify(
            user()
                .locale("nl-NL")
                .data(json!({"plan": "pro", "seats": 1})),
        ),
        identify(user().data(json!({"seats": {"all": 2}}))),
        identify(user().email("jane@example.com").data(json!({"plan": null}))),
    ];
    // These are about others, or merged by other rules.
    drop(identify(UpsertUserRequest::new("other")));
    let both = vec![Identifier::new("u"), Identifier::new("v")];
    drop(identify(UpsertUserRequest::new(both)));
    drain(&client, &clock).await;
    for receipt in receipts {
        assert_eq!(receipt.await, Fate::Delivered);
    }
    let stored = server.user("u").expect("it exists");
    assert_eq!(stored.email.as_deref(), Some("jane@example.com"));
    assert_eq!(stored.locale.as_deref(), Some("nl-NL"));
    let data = json!({"plan": null, "seats": {"all": 2}});
    assert_eq!(Value::Object(stored.data), data);
    assert_eq!(server.requests().len(), 4);
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.requests()), (6, 4), "{stats}");
}

#[tokio::test]
async fn merged_upserts_are_refused_one_by_one() {
    let clock = Clock::new();
    let server = Server::builder().clock(&clock).start().expect("a port");
    let client = busy(&server, &clock).await;
    let receipts = [1, 2, 3].map(|n| {
        let upsert = UpsertUserRequest::new("u").data(json!({"n": n}));
        client.receipts().identify(&upsert).expect("room")
    });
    // All together, so that it is not known which of them is to blame, and then the first one.
    server.inject(Fault::status(400).times(2));
    drain(&client, &clock).await;
    let [one, two, three] = receipts;
    assert_eq!(one.await, Fate::Dropped(DropReason::Refused));
    assert_eq!(two.await, Fate::Delivered);
    assert_eq!(three.await, Fate::Delivered);
    assert_eq!(server.requests().len(), 5);
    assert_eq!(server.user("u").expect("it exists").data["n"], 3);
}
