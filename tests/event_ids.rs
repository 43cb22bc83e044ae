//! Ids of events, by which a program that reads them can recognise those that arrived more than
//! once.

use lunogram::queue::QueueOptions;
use lunogram::testing::{Fault, Server};
use lunogram::{AnyEvent, Client, ErrorKind, Event, LunogramEvent, Retries, UpsertUserRequest};
use lunogram_tests::raw::{Raw, Reply};
use lunogram_tests::spool;
use lunogram_tests::wire::{Wire, paths};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use uuid::{Uuid, Version};

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: &'static str,
    n: u64,
}

#[derive(LunogramEvent)]
#[lunogram(event_id)]
struct Purchased {
    #[lunogram(external_id)]
    user: &'static str,
    n: u64,
}

/// Has both properties. The order of the attributes is not the order on the wire.
#[derive(LunogramEvent)]
#[lunogram(event_id = "id", occurred_at = "at")]
struct Finished {
    #[lunogram(external_id)]
    user: &'static str,
    #[lunogram(flatten)]
    rest: BTreeMap<&'static str, u8>,
}

#[derive(LunogramEvent)]
#[lunogram(event_id)]
enum Cart {
    CartEmptied {
        #[lunogram(external_id)]
        user: &'static str,
    },
}

/// Events are sent only when the queue is flushed.
fn patient() -> QueueOptions {
    spool::options().batch_age(Duration::from_secs(1_800))
}

/// A client of this server that knows the user `u`.
async fn client(server: &Server, options: QueueOptions) -> Client {
    let client = Client::builder(server.key())
        .base_url(server.url())
        .queue(options)
        .build()
        .expect("a client");
    client.identify(&UpsertUserRequest::new("u")).expect("room");
    client.flush().await.expect("not held");
    client
}

/// Removes the id from an event's data and returns it.
fn id(data: &mut Value, name: &str) -> Uuid {
    let data = data.as_object_mut().expect("an object");
    let text = data.remove(name).expect("the event has its id");
    let id = Uuid::parse_str(text.as_str().expect("text")).expect("a UUID");
    assert_eq!(id.get_version(), Some(Version::SortRand));
    assert_eq!(text, id.to_string(), "as a property of the type `Uuid`");
    id
}

/// The data of the events that the server has received, in order of arrival.
fn arrived(server: &Server) -> Vec<Value> {
    let events = server.all_events();
    events.iter().map(|event| json!(event.data)).collect()
}

/// The ids of the events that the server has received, by their property `n`. Copies of one event
/// have one id, which is that of no other event.
fn ids_by_number(server: &Server) -> BTreeMap<u64, Uuid> {
    let mut ids = BTreeMap::new();
    for mut data in arrived(server) {
        let id = id(&mut data, "event_id");
        let n = data["n"].as_u64().expect("a number");
        assert_eq!(*ids.entry(n).or_insert(id), id, "copies of {n}");
    }
    let distinct: BTreeSet<_> = ids.values().collect();
    assert_eq!(distinct.len(), ids.len());
    ids
}

#[tokio::test]
async fn a_derived_event_can_carry_an_id() {
    let wire = Wire::start();
    let before = chrono::Utc::now().timestamp_millis();
    let mut purchased = wire.event(Purchased { user: "u", n: 1 }).await.unwrap();
    let mut emptied = wire.event(Cart::CartEmptied { user: "u" }).await.unwrap();
    let rest = BTreeMap::from([("gift", 1)]);
    let mut finished = wire.event(Finished { user: "u", rest }).await.unwrap();
    let after = chrono::Utc::now().timestamp_millis();
    let ids = [
        id(&mut purchased["data"], "event_id"),
        id(&mut emptied["data"], "event_id"),
        id(&mut finished["data"], "id"),
    ];
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    for id in ids {
        let (seconds, nanos) = id.get_timestamp().expect("version 7").to_unix();
        let millis = i64::try_from(seconds * 1_000).unwrap() + i64::from(nanos) / 1_000_000;
        assert!((before..=after).contains(&millis), "{id}");
    }
    assert_eq!(purchased["data"], json!({"n": 1}));
    assert_eq!(emptied["data"], json!({}));
    finished["data"]
        .as_object_mut()
        .unwrap()
        .remove("at")
        .unwrap();
    assert_eq!(finished["data"], json!({"gift": 1}));

    let rest = BTreeMap::from([("id", 1)]);
    let twice = Finished { user: "u", rest };
    assert_eq!(paths(&wire.event(twice).await), ["[0].data"]);
}

#[tokio::test]
async fn each_event_of_a_call_has_its_own_id() {
    let wire = Wire::start();
    wire.client
        .upsert_user(&UpsertUserRequest::new("u"))
        .await
        .unwrap();
    let events: Vec<_> = (0..10).map(|n| Purchased { user: "u", n }).collect();
    wire.client.send_all(&events).await.unwrap();
    let ids = ids_by_number(&wire.server);
    assert!(ids.into_keys().eq(0..10));
}

#[test]
fn an_event_gets_its_id_when_it_is_sent() {
    let event = Purchased { user: "u", n: 1 };
    let json: Value = serde_json::from_str(&event.to_json().unwrap()).unwrap();
    assert_eq!(json["data"], json!({"n": 1}));
    let both = Finished {
        user: "u",
        rest: BTreeMap::new(),
    };
    let json: Value = serde_json::from_str(&both.to_json().unwrap()).unwrap();
    assert_eq!(json["data"], json!({}));
}

#[tokio::test]
async fn the_time_comes_before_the_id() {
    let server = Raw::always(Reply::with(202, "", ""));
    let options = patient().event_id("a").occurred_at("b");
    let client = Client::builder("sk_1")
        .base_url(server.url())
        .queue(options)
        .build()
        .unwrap();
    let rest = BTreeMap::from([("gift", 1)]);
    client.send(&Finished { user: "u", rest }).await.unwrap();
    client.track(&Seen { user: "u", n: 1 }).unwrap();
    client.flush().await.unwrap();
    let requests = server.requests();
    for (request, keys) in requests.iter().zip([["gift", "at", "id"], ["n", "b", "a"]]) {
        let places = keys.map(|key| request.find(&format!("\"{key}\":")).expect(key));
        assert!(places.is_sorted(), "{request}");
    }
    assert_eq!(requests.len(), 2);
}

#[tokio::test]
async fn the_queue_can_add_an_id_to_every_tracked_event() {
    let server = Server::start().unwrap();
    let client = client(&server, patient().event_id("event_id").occurred_at("at")).await;
    client.track(&Seen { user: "u", n: 0 }).unwrap();
    client
        .waiting()
        .track(&Seen { user: "u", n: 1 })
        .await
        .unwrap();
    client.track(&Purchased { user: "u", n: 2 }).unwrap();
    let nested = json!({"n": 3, "deeper": {"event_id": 1}});
    client
        .track(&Event::new("seen").to("u").data(nested))
        .unwrap();
    let own = json!({"n": 4, "event_id": "mine"});
    client.track(&Event::new("seen").to("u").data(own)).unwrap();
    client.flush().await.unwrap();
    let mut arrived = arrived(&server);
    assert_eq!(arrived.pop().unwrap()["event_id"], "mine");
    let ids: Vec<_> = arrived
        .iter_mut()
        .map(|data| id(data, "event_id"))
        .collect();
    assert_eq!(ids.len(), 4);
    assert!(ids.is_sorted_by(|one, next| one < next), "{ids:?}");
    for data in &mut arrived {
        data.as_object_mut()
            .unwrap()
            .remove("at")
            .expect("the event has its time");
    }
    assert_eq!(
        arrived[..3],
        [json!({"n": 0}), json!({"n": 1}), json!({"n": 2})]
    );
}

#[tokio::test]
async fn copies_after_a_lost_answer_have_one_id() {
    let server = Server::start().unwrap();
    let client = client(&server, patient().event_id("event_id")).await;
    server.inject(Fault::lose_answer());
    client.track(&Seen { user: "u", n: 0 }).unwrap();
    client.track(&Purchased { user: "u", n: 1 }).unwrap();
    client.flush().await.unwrap();
    assert!(arrived(&server).len() > 2, "at least one arrived twice");
    assert_eq!(ids_by_number(&server).len(), 2);
}

#[tokio::test]
async fn an_event_keeps_its_id_in_the_spool() {
    let (server, folder) = (Server::start().unwrap(), tempfile::tempdir().unwrap());
    let options = || spool::options().event_id("event_id");
    let started = || {
        spool::builder(&server, folder.path())
            .queue(options())
            .build()
            .unwrap()
    };
    let first = started();
    first.identify(&UpsertUserRequest::new("u")).unwrap();
    first.flush().await.unwrap();
    server.inject(Fault::lose_answer().always());
    for n in 0..20 {
        first.track(&Seen { user: "u", n }).unwrap();
    }
    while arrived(&server).is_empty() {
        tokio::task::yield_now().await;
    }
    let stats = first.shutdown(Duration::ZERO).await.unwrap();
    assert!(stats.spooled() > 0, "{stats}");
    server.clear_faults();

    let next = started();
    next.flush().await.unwrap();
    assert_eq!(next.stats().delivered(), stats.spooled());
    assert!(arrived(&server).len() > 20, "at least one arrived twice");
    assert!(ids_by_number(&server).into_keys().eq(0..20));
}

#[tokio::test]
async fn a_call_that_is_retried_keeps_the_id() {
    let server = Raw::start(|number| match number {
        0 => Reply::with(429, "retry-after: 0\r\n", ""),
        1 => Reply::with(408, "", ""),
        _ => Reply::with(202, "", ""),
    });
    let retries = Retries::default().first_pause(Duration::ZERO);
    let client = Client::builder("sk_1")
        .base_url(server.url())
        .retries(retries)
        .build()
        .unwrap();
    client.send(&Purchased { user: "u", n: 1 }).await.unwrap();
    let requests = server.requests();
    let bodies: BTreeSet<_> = requests
        .iter()
        .map(|request| request.split_once("\r\n\r\n").expect("a body").1)
        .collect();
    assert_eq!((requests.len(), bodies.len()), (3, 1));
    let mut event: Value = serde_json::from_str(bodies.first().unwrap()).unwrap();
    id(&mut event[0]["data"], "event_id");
}

#[test]
fn names_that_cannot_be_added_are_refused() {
    for (options, words) in [
        (
            QueueOptions::default().event_id(""),
            "the id of an event has no name",
        ),
        (
            QueueOptions::default().occurred_at("x").event_id("x"),
            "name the same property",
        ),
    ] {
        let client = Client::builder("sk_1").queue(options).build();
        let error = client.expect_err(words);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(words), "{error}");
    }
}
