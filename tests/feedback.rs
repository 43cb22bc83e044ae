//! Hooks that use a client: it refuses what could call a hook again.

use lunogram::hooks::Decision;
use lunogram::queue::{DropReason, Overflow, QueueOptions};
use lunogram::testing::{Clock, Fault, Server};
use lunogram::{
    Client, ClientBuilder, Error, ErrorKind, Event, ScheduleRequest, UpsertOrganizationRequest,
    UpsertUserRequest,
};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;
use uuid::Uuid;

const LONG: Duration = Duration::from_secs(60);

/// The client that a hook uses. It exists after the hook only.
type Later = Arc<OnceLock<Client>>;

fn seen() -> Event {
    Event::new("seen").to("u")
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder(server.key()).base_url(server.url())
}

/// The result of a future that is ready at once.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits"),
    }
}

/// Each way to send or queue a payload that a hook may see.
fn attempts(client: &Client) -> Vec<Result<(), Error>> {
    let (user, organization) = (
        UpsertUserRequest::new("u"),
        UpsertOrganizationRequest::new("o"),
    );
    let schedule = ScheduleRequest::every("reminder", "u", "1h");
    let blocking = client.blocking().expect("a thread");
    vec![
        client.track(&seen()),
        client.identify(&user),
        ready(client.waiting().track(&seen())),
        ready(client.waiting().identify(&user)),
        ready(client.send(&seen())),
        ready(client.send_all(&[seen(), seen()])),
        ready(client.upsert_user(&user)).map(drop),
        ready(client.upsert_organization(&organization)).map(drop),
        ready(client.schedule(&schedule)).map(drop),
        blocking.track(&seen()),
        blocking.send(&seen()),
    ]
}

#[test]
fn a_hook_for_drops_cannot_use_its_client() {
    let server = Server::builder().clock(&Clock::new()).start();
    let server = server.expect("a port");
    // The first event stays in the queue, or on its way.
    server.inject(Fault::latency(LONG).always());
    let (later, errors) = (Later::default(), Arc::<Mutex<Vec<Error>>>::default());
    let (used, log) = (Arc::clone(&later), Arc::clone(&errors));
    let queue = QueueOptions::default()
        .max_events(1)
        .batch_age(LONG)
        .overflow(Overflow::DropNewest);
    let client = builder(&server)
        .queue(queue)
        .on_drop(move |_| {
            let outcomes = attempts(used.get().expect("set below"));
            let refused = outcomes.into_iter().map(|outcome| outcome.unwrap_err());
            log.lock().expect("no panic").extend(refused);
        })
        .build()
        .expect("a client");
    later.set(client.clone()).expect("empty");
    for _ in 0..3 {
        client.track(&seen()).expect("dropped without an error");
    }
    let stats = client.stats();
    assert_eq!((stats.accepted(), stats.hook_panics()), (3, 0));
    assert_eq!(stats.dropped_because(DropReason::QueueFull), 2);
    let errors = errors.lock().expect("no panic");
    assert_eq!(errors.len(), 2 * 11);
    for error in errors.iter() {
        assert_eq!(error.kind(), ErrorKind::Feedback, "{error}");
        assert!(error.to_string().contains("the hook `on_drop`"), "{error}");
        assert!(!error.is_retryable() && !error.may_have_arrived());
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_hook_on_the_delivery_thread_cannot_use_its_client() {
    let server = Server::start().expect("a port");
    let (later, kinds) = (Later::default(), Arc::<Mutex<Vec<ErrorKind>>>::default());
    let (used, log) = (Arc::clone(&later), Arc::clone(&kinds));
    let client = builder(&server)
        .queue(QueueOptions::default().batch_age(LONG))
        .on_drop(move |_| {
            let error = used.get().expect("set below").track(&seen()).unwrap_err();
            log.lock().expect("no panic").push(error.kind());
        })
        .build()
        .expect("a client");
    // Of another queue, which the shutdown does not close.
    later
        .set(client.for_project("sk_1", None).expect("a key"))
        .expect("empty");
    let project = client.for_project("sk_2", None).expect("a key");
    project.track(&seen()).expect("room");
    let _ = project.shutdown(Duration::ZERO).await.expect("not held");
    assert_eq!(*kinds.lock().expect("no panic"), [ErrorKind::Feedback]);
}

#[tokio::test]
async fn before_send_cannot_use_a_client_of_another_project() {
    let server = Server::builder().any_key().start().expect("a port");
    let (later, errors) = (Later::default(), Arc::<Mutex<Vec<Error>>>::default());
    let (used, log) = (Arc::clone(&later), Arc::clone(&errors));
    let client = builder(&server)
        .before_send(move |_| {
            let outcomes = attempts(used.get().expect("set below"));
            let refused = outcomes.into_iter().map(|outcome| outcome.unwrap_err());
            log.lock().expect("no panic").extend(refused);
            Decision::Send
        })
        .build()
        .expect("a client");
    let audit = client.for_project("sk_audit", Uuid::from_u128(9));
    let audit = audit.expect("a key");
    later.set(audit.clone()).expect("empty");

    client.track(&seen()).expect("room");
    client.send(&seen()).await.expect("no faults");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().delivered(), 1);
    assert_eq!((audit.stats().accepted(), server.requests().len()), (0, 2));
    let errors = std::mem::take(&mut *errors.lock().expect("no panic"));
    assert_eq!(errors.len(), 2 * 11);
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::Feedback, "{error}");
        let text = error.to_string();
        assert!(text.contains("the hook `before_send`"), "{text}");
    }
    let sent = errors.iter().map(Error::to_string);
    assert!(sent.clone().any(|text| text.starts_with("upsertUser: ")));
}

#[tokio::test]
async fn a_hook_can_use_a_client_without_hooks() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let reports = server.client();
    let report = reports.clone();
    let client = builder(&server)
        .before_send(|_| Decision::Drop)
        .on_drop(move |dropped| {
            let lost = Event::new("event_lost").to(dropped.name());
            report.track(&lost).expect("room");
        })
        .build()?;
    client.track(&seen())?;
    reports.flush().await?;
    assert_eq!(reports.stats().delivered(), 1);
    assert_eq!(client.stats().hook_panics(), 0);
    Ok(())
}

#[tokio::test]
async fn a_thread_can_use_the_client_after_the_hook_and_others_during_it() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let later = Later::default();
    let used = Arc::clone(&later);
    let client = builder(&server)
        .before_send(move |payload| match payload.name() {
            "panics" => panic!("a bug in the application"),
            "spawns" => {
                let client = used.get().expect("set below").clone();
                let tracking = thread::spawn(move || client.track(&seen()));
                let outcome = tracking.join().expect("no panic");
                outcome.expect("another thread");
                Decision::Send
            }
            _ => Decision::Send,
        })
        .build()?;
    later.set(client.clone()).expect("empty");
    for name in ["panics", "spawns", "seen"] {
        client.track(&Event::new(name).to("u"))?;
    }
    client.flush().await?;
    let stats = client.stats();
    assert_eq!((stats.delivered(), stats.hook_panics()), (3, 1));
    Ok(())
}
