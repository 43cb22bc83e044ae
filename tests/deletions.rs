//! A deleted user stays deleted: payloads that wait in the queue are not sent afterwards.

use futures_util::FutureExt;
use lunogram::queue::{DropReason, Fate, QueueOptions, Receipt, SpoolOptions};
use lunogram::testing::{Clock, Fault, RecordedRequest, Server};
use lunogram::{
    Client, ClientBuilder, Error, ErrorKind, Event, Identifier, ToIdentifiers,
    UpsertOrganizationRequest, UpsertUserRequest,
};
use lunogram_tests::spool::{assert_conserved, drain};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// The names of dropped payloads, each with the reason.
type Drops = Arc<Mutex<Vec<(String, DropReason)>>>;

struct World {
    server: Server,
    clock: Clock,
    drops: Drops,
    client: Client,
}

/// One request at a time.
fn narrow() -> QueueOptions {
    QueueOptions::default().in_flight(1)
}

fn builder(server: &Server, clock: &Clock, drops: &Drops) -> ClientBuilder {
    let drops = Arc::clone(drops);
    Client::builder(server.key())
        .base_url(server.url())
        .clock(clock)
        .retries(lunogram::Retries::none())
        .on_drop(move |dropped| {
            let name = dropped.name().to_owned();
            drops
                .lock()
                .expect("no panic")
                .push((name, dropped.reason()));
        })
}

impl World {
    /// With the users `a` and `b`.
    async fn new(queue: QueueOptions, spool: Option<&Path>) -> Self {
        let (clock, drops) = (Clock::new(), Drops::default());
        let server = Server::builder().clock(&clock).start().expect("a port");
        for user in ["a", "b"] {
            let user = UpsertUserRequest::new(user);
            server.client().upsert_user(&user).await.expect("no faults");
        }
        let mut builder = builder(&server, &clock, &drops).queue(queue);
        if let Some(spool) = spool {
            builder = builder.spool(spool);
        }
        let client = builder.build().expect("a client");
        Self {
            server,
            clock,
            drops,
            client,
        }
    }

    /// Keeps the queue busy with one request until the clock moves.
    async fn keep_busy(&self) {
        self.server.inject(Fault::latency(Duration::from_secs(5)));
        drop(self.identify("z"));
        while self.clock.idle().await.is_none() {}
    }

    fn track(&self, name: &'static str, user: impl ToIdentifiers) -> Receipt {
        let event = Event::new(name).to(user);
        self.client.receipts().track(&event).expect("room")
    }

    /// Tracks an event whose outcome is checked otherwise.
    fn queue(&self, name: &'static str, user: &'static str) {
        self.client.track(&Event::new(name).to(user)).expect("room");
    }

    fn identify(&self, user: impl ToIdentifiers) -> Receipt {
        let user = UpsertUserRequest::new(user);
        self.client.receipts().identify(&user).expect("room")
    }

    /// Deletes the user `a`, and advances the clock until the call has its outcome.
    async fn delete(&self) -> Result<(), Error> {
        let advance = async {
            loop {
                let next = self.clock.idle().await;
                self.clock.advance(next.expect("a pending answer"));
            }
        };
        tokio::select! {
            biased;
            outcome = self.client.delete_user("a") => outcome,
            () = advance => unreachable!("it does not end"),
        }
    }

    /// Advances the clock until everything is settled.
    async fn drain(&self) {
        // Otherwise events wait for their age.
        let flush = self.client.flush();
        let drained = drain(&self.client, &self.clock);
        let (flushed, _) = tokio::join!(flush, drained);
        flushed.expect("not held");
        assert_conserved(&self.client.stats());
    }

    /// Method and payload of each request since the users were made, in order: the external id of
    /// an upsert or a deletion, and the names of events.
    fn sent(&self) -> Vec<String> {
        let requests = self.server.requests();
        let requests = requests.iter().skip(2).filter(|sent| sent.method != "GET");
        requests
            .map(description)
            .filter(|sent| sent != "POST z")
            .collect()
    }

    fn dropped(&self) -> Vec<String> {
        let drops = self.drops.lock().expect("no panic");
        let mut names: Vec<_> = drops.iter().map(|(name, _)| name.clone()).collect();
        assert!(
            drops
                .iter()
                .all(|(_, reason)| *reason == DropReason::Deleted)
        );
        names.sort_unstable();
        names
    }
}

fn description(request: &RecordedRequest) -> String {
    let body = request.body.as_ref().expect("JSON");
    if let Some(events) = body.as_array() {
        let names = events.iter().map(|event| event["name"].as_str());
        return names.flatten().collect::<Vec<_>>().join(" ");
    }
    let id = body["identifier"][0]["external_id"].as_str();
    format!("{} {}", request.method, id.unwrap_or_default())
}

fn fate(receipt: Receipt) -> Option<Fate> {
    receipt.now_or_never()
}

#[tokio::test]
async fn what_waits_for_a_deleted_user_is_dropped_and_nothing_else() {
    let world = World::new(narrow(), None).await;
    world.keep_busy().await;
    let dropped = [
        world.track("before", "a"),
        world.identify(Identifier::new("a").source("default")),
        world.track("after", "a"),
    ];
    let merged = UpsertUserRequest::new(vec![Identifier::new("x"), Identifier::new("a")]);
    let merged = world.client.receipts().identify(&merged).expect("room");
    let others = [
        world.track("other", "b"),
        // The same id of another source is another subject.
        world.track("sourced", Identifier::new("a").source("shop")),
        world.identify("b"),
    ];
    let organization = UpsertOrganizationRequest::new("a");
    let organization = world.client.receipts().identify(&organization);

    world.delete().await.expect("it exists");
    assert_eq!(world.dropped(), ["after", "before", "user", "user"]);
    world.drain().await;
    for receipt in dropped.into_iter().chain([merged]) {
        assert_eq!(fate(receipt), Some(Fate::Dropped(DropReason::Deleted)));
    }
    for receipt in others.into_iter().chain(organization) {
        assert_eq!(fate(receipt), Some(Fate::Delivered));
    }
    assert_eq!(world.client.stats().dropped_because(DropReason::Deleted), 4);
    assert!(world.server.user("a").is_none());
}

#[tokio::test]
async fn what_is_queued_after_the_answer_belongs_to_a_new_user() {
    for exists in [true, false] {
        let world = World::new(narrow(), None).await;
        if !exists {
            let client = world.server.client();
            client.delete_user("a").await.expect("it exists");
        }
        world.keep_busy().await;
        world.queue("old", "a");
        let deleted = world.delete().await;
        assert_eq!(
            deleted.map_err(|error| error.kind()).err(),
            (!exists).then_some(ErrorKind::NotFound)
        );
        let (user, event) = (world.identify("a"), world.track("new", "a"));
        world.drain().await;
        assert_eq!(world.dropped(), ["old"]);
        assert_eq!(fate(user), Some(Fate::Delivered));
        assert_eq!(fate(event), Some(Fate::Delivered));
        assert_eq!(world.server.events_named("new").len(), 1);
    }
}

#[tokio::test]
async fn a_refused_deletion_lets_everything_go_in_order() {
    let world = World::new(narrow(), None).await;
    world.keep_busy().await;
    world.queue("one", "a");
    drop(world.identify("a"));
    world.queue("two", "a");
    world.server.inject(Fault::status(403));
    let refused = world.delete().await;
    assert_eq!(refused.expect_err("refused").kind(), ErrorKind::Forbidden);
    world.drain().await;
    assert_eq!(world.sent(), ["DELETE a", "one", "POST a", "two"]);
    assert!(world.dropped().is_empty());
}

#[tokio::test]
async fn a_deletion_without_an_answer_holds_only_its_user_and_is_repeated() {
    let world = World::new(narrow(), None).await;
    world.keep_busy().await;
    world.queue("one", "a");
    let user = world.identify("a");
    world.server.inject(Fault::lose_answer());
    let lost = world.delete().await.expect_err("lost");
    assert!(lost.may_have_arrived());
    // The call is over, and the outcome is not known, so later payloads wait, too.
    world.queue("two", "a");
    world.queue("other", "b");
    world.drain().await;
    let sent = world.sent();
    assert_eq!(
        sent.iter().filter(|sent| *sent == "DELETE a").count(),
        2,
        "{sent:?}"
    );
    assert!(!sent.contains(&"POST a".to_owned()), "{sent:?}");
    assert_eq!(world.server.events_named("other").len(), 1);
    assert_eq!(world.dropped(), ["one", "two", "user"]);
    assert_eq!(fate(user), Some(Fate::Dropped(DropReason::Deleted)));
    assert!(world.server.user("a").is_none());
}

#[tokio::test]
async fn a_call_that_is_dropped_while_it_waits_counts_as_without_an_answer() {
    let world = World::new(narrow(), None).await;
    world.keep_busy().await;
    drop(world.identify("a"));
    world.server.inject(Fault::latency(Duration::from_secs(5)));
    {
        let deletion = world.client.delete_user("a");
        tokio::select! {
            biased;
            answer = deletion => panic!("the answer takes seconds: {answer:?}"),
            _ = world.clock.idle() => {}
        }
    }
    world.drain().await;
    assert_eq!(world.dropped(), ["user"]);
    assert!(world.server.user("a").is_none());
}

#[tokio::test]
async fn a_deletion_follows_the_upsert_that_is_on_its_way() {
    let world = World::new(narrow(), None).await;
    world.server.inject(Fault::latency(Duration::from_secs(2)));
    let user = world.identify("a");
    world.clock.idle().await;
    world.delete().await.expect("it exists");
    assert_eq!(world.sent(), ["POST a", "DELETE a"]);
    assert_eq!(fate(user), Some(Fate::Delivered));
    assert!(world.server.user("a").is_none());
}

#[tokio::test]
async fn the_next_process_settles_the_deletion_before_it_sends_anything_about_the_user() {
    let spool = TempDir::new().expect("a folder");
    let world = World::new(narrow(), Some(spool.path())).await;
    world.keep_busy().await;
    world.queue("one", "a");
    drop(world.identify("a"));
    world.queue("other", "b");
    world.server.inject(Fault::lose_answer());
    world.delete().await.expect_err("lost");
    // The user comes back meanwhile, which shows who comes first.
    let World {
        server,
        clock,
        drops,
        client,
    } = world;
    drop(client);
    let again = UpsertUserRequest::new("a");
    server
        .client()
        .upsert_user(&again)
        .await
        .expect("no faults");

    let client = builder(&server, &clock, &drops)
        .spool(SpoolOptions::new(spool.path()).any_project())
        .build();
    let world = World {
        client: client.expect("a free spool"),
        server,
        clock,
        drops,
    };
    world.queue("two", "a");
    world.drain().await;
    let sent = world.sent();
    assert_eq!(sent[..2], ["DELETE a", "POST a"], "{sent:?}");
    assert!(sent[2..].contains(&"DELETE a".to_owned()), "{sent:?}");
    assert!(!sent[2..].contains(&"POST a".to_owned()), "{sent:?}");
    assert_eq!(world.server.events_named("other").len(), 1);
    assert!(world.server.user("a").is_none());
    assert!(world.dropped().len() >= 2);
    let _ = world
        .client
        .shutdown(Duration::ZERO)
        .await
        .expect("not held");
    let left = std::fs::read_dir(spool.path()).expect("a folder");
    let names = "the lock, the project and the reserve";
    assert_eq!(left.count(), 3, "only {names}");
}

#[tokio::test]
async fn what_is_only_on_disk_is_dropped_too() {
    let spool = TempDir::new().expect("a folder");
    let queue = narrow().max_events(2).batch_age(Duration::ZERO);
    let world = World::new(queue, Some(spool.path())).await;
    world
        .server
        .inject(Fault::status(503).on_event("stuck").times(3));
    world.queue("stuck", "b");
    let receipts: Vec<_> = (0..50)
        .map(|n| world.track("viewed", if n % 2 == 0 { "a" } else { "b" }))
        .collect();
    let user = world.identify("a");
    world.delete().await.expect("it exists");
    let new = world.track("new", "a");
    world.drain().await;
    for (n, receipt) in receipts.into_iter().enumerate() {
        let dropped = Fate::Dropped(DropReason::Deleted);
        let expected = if n % 2 == 0 { dropped } else { Fate::Delivered };
        let fate = fate(receipt);
        // The first ones may have left before the deletion.
        assert!(fate == Some(expected) || n < 3, "{n}: {fate:?}");
    }
    assert_eq!(fate(user), Some(Fate::Dropped(DropReason::Deleted)));
    assert_eq!(fate(new), Some(Fate::Delivered));
}

#[tokio::test]
async fn an_upsert_that_waits_for_its_next_attempt_is_dropped_at_once() {
    let spool = TempDir::new().expect("a folder");
    let world = World::new(narrow(), Some(spool.path())).await;
    world.server.inject(Fault::status(503));
    let user = world.identify("a");
    while world.clock.idle().await.is_none() {}
    world.client.delete_user("a").await.expect("it exists");
    assert_eq!(user.await, Fate::Dropped(DropReason::Deleted));
    let stats = world.client.shutdown(Duration::ZERO).await;
    assert_eq!(stats.expect("not held").spooled(), 0);
    assert_eq!(world.sent(), ["POST a", "DELETE a"]);
}

#[tokio::test]
async fn a_second_call_that_is_not_judged_does_not_end_the_hold_of_the_first() {
    for status in [429, 401, 503] {
        let world = World::new(narrow(), None).await;
        world.keep_busy().await;
        world.server.inject(Fault::lose_answer());
        world.identify("a").now_or_never();
        world.delete().await.expect_err("lost");
        world.server.inject(Fault::status(status));
        let again = world.delete().await.map_err(|error| error.status());
        // The queue may have repeated the request already.
        assert!(matches!(again, Ok(()) | Err(Some(_))), "{again:?}");
        world.server.clear_faults();
        world.drain().await;
        assert!(!world.sent().contains(&"POST a".to_owned()), "{status}");
        assert!(world.server.user("a").is_none(), "{status}");
        assert_eq!(world.dropped(), ["user"]);
    }
}
