//! Calls of a client by its own hooks: a test runs the action of one row of the table in
//! `lunogram::hooks` in every hook, and on every thread on which hooks run.

use lunogram::hooks::Decision;
use lunogram::queue::{Delivery, Overflow, QueueOptions, Stats};
use lunogram::testing::{Fault, Server};
use lunogram::{Client, ClientBuilder, Error, ErrorKind, Event, UpsertUserRequest};
use lunogram_tests::watched::{TOO_LONG, watched};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(3_600);

/// A hook, on one of the threads on which it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `on_drop` on a full queue, on the thread that tracks.
    DropOnFullQueue,
    /// `on_drop` on the delivery thread.
    DropOnDelivery,
    /// `on_unknown`, on the delivery thread.
    Unknown,
    /// `before_send`, on the thread that tracks.
    BeforeSend,
}

const PLACES: [Place; 4] = [
    Place::DropOnFullQueue,
    Place::DropOnDelivery,
    Place::Unknown,
    Place::BeforeSend,
];

fn seen() -> Event {
    Event::new("seen").to("u")
}

impl Place {
    /// A builder of clients whose hook is called by [`trigger`](Self::trigger).
    fn builder(
        self,
        server: &Server,
        hook: impl Fn() + Clone + Send + Sync + 'static,
    ) -> ClientBuilder {
        let builder = Client::builder(server.key()).base_url(server.url());
        let at_once = QueueOptions::default().batch_age(Duration::ZERO);
        match self {
            Self::DropOnFullQueue => {
                let queue = QueueOptions::default().max_events(1).batch_age(LONG);
                let queue = queue
                    .event_deadline(2 * LONG)
                    .overflow(Overflow::DropOldest);
                builder.queue(queue).on_drop(move |_| hook())
            }
            Self::DropOnDelivery => {
                server.inject(Fault::status(400));
                builder.queue(at_once).on_drop(move |_| hook())
            }
            Self::Unknown => {
                server.inject(Fault::lose_answer());
                let queue = at_once.delivery(Delivery::AtMostOnce);
                builder.queue(queue).on_unknown(move |_| hook())
            }
            Self::BeforeSend => builder.queue(at_once).before_send(move |_| {
                hook();
                Decision::Send
            }),
        }
    }

    /// Makes the client call its hook once.
    fn trigger(self, client: &Client) {
        // A hook may end the client meanwhile, which refuses the event then.
        let _ = client.track(&seen());
        if self == Self::DropOnFullQueue {
            let _ = client.track(&seen());
        }
    }
}

/// The results of an action in every hook, with the counts when the client has ended.
fn in_every_hook<T: Send + 'static>(
    action: impl Fn(&Client) -> T + Send + Sync + 'static,
) -> Vec<(Place, T, Stats)> {
    let action = Arc::new(action);
    let run = |place: Place| {
        let server = Server::start().expect("a port");
        let later = Arc::new(OnceLock::<Client>::new());
        let (sender, results) = channel();
        let (used, action) = (Arc::clone(&later), Arc::clone(&action));
        let builder = place.builder(&server, move || {
            let _ = sender.send(action(used.get().expect("set below")));
        });
        let client = builder.build().expect("a client");
        later.get_or_init(|| client.clone());
        place.trigger(&client);
        let result = results.recv_timeout(TOO_LONG).expect("the hook returns");
        let blocking = client.blocking().expect("a thread");
        (place, result, blocking.shutdown(LONG).expect("not held"))
    };
    PLACES.into_iter().map(run).collect()
}

#[track_caller]
fn assert_refused(place: Place, outcome: Result<(), Error>) {
    let error = outcome.expect_err("called by a hook");
    assert_eq!(error.kind(), ErrorKind::Feedback, "{place:?}: {error}");
    assert!(!error.is_retryable() && !error.may_have_arrived());
    let hook = match place {
        Place::DropOnFullQueue | Place::DropOnDelivery => "the hook `on_drop`",
        Place::Unknown => "the hook `on_unknown`",
        Place::BeforeSend => "the hook `before_send`",
    };
    let text = error.to_string();
    assert!(
        text.contains(hook) && text.contains("another thread"),
        "{text}"
    );
}

#[test]
fn a_hook_cannot_queue_or_send() {
    watched(|| {
        let results = in_every_hook(|client| {
            let blocking = client.blocking().expect("a thread");
            let user = UpsertUserRequest::new("u");
            [
                client.track(&seen()),
                client.identify(&user),
                client.receipts().track(&seen()).map(drop),
                blocking.waiting().track(&seen()),
                blocking.send(&seen()),
                blocking.upsert_user(&user).map(drop),
            ]
        });
        for (place, outcomes, stats) in results {
            for outcome in outcomes {
                assert_refused(place, outcome);
            }
            let tracked = if place == Place::DropOnFullQueue {
                2
            } else {
                1
            };
            assert_eq!(stats.accepted(), tracked, "{place:?}");
        }
    });
}

#[test]
fn a_hook_cannot_wait_for_deliveries() {
    watched(|| {
        let results = in_every_hook(|client| {
            let blocking = client.blocking().expect("a thread");
            [
                blocking.flush(),
                blocking.shutdown(LONG).map(drop),
                blocking.delete_user("u"),
                blocking.delete_organization("o"),
            ]
        });
        for (place, outcomes, stats) in results {
            for outcome in outcomes {
                assert_refused(place, outcome);
            }
            assert_eq!((stats.pending(), stats.hook_panics()), (0, 0), "{place:?}");
        }
    });
}

#[test]
fn a_hook_cannot_wait_for_the_deliveries_of_another_project() {
    watched(|| {
        let results = in_every_hook(|client| {
            let project = client.for_project("sk_2", None).expect("a key");
            let project = project.blocking().expect("a thread");
            [project.flush(), project.shutdown(LONG).map(drop)]
        });
        for (place, outcomes, _) in results {
            for outcome in outcomes {
                assert_refused(place, outcome);
            }
        }
    });
}

#[test]
fn a_hook_can_make_other_calls_and_read_the_counts() {
    watched(|| {
        let results = in_every_hook(|client| {
            let blocking = client.clone().blocking().expect("a thread");
            (blocking.vapid_public_key().is_ok(), client.stats())
        });
        for (place, (is_answered, then), stats) in results {
            assert!(is_answered, "{place:?}");
            // The hook runs before its payload is counted as settled.
            assert!(
                then.delivered() + then.dropped() + then.unknown() == 0,
                "{place:?}: {then}"
            );
            assert_eq!(stats.pending(), 0, "{place:?}");
        }
    });
}

#[test]
fn a_hook_can_use_a_client_without_hooks() {
    watched(|| {
        let other = Server::start().expect("a port");
        let plain = other.client().blocking().expect("a thread");
        let used = plain.clone();
        let results = in_every_hook(move |_| {
            used.track(&seen())?;
            used.flush()?;
            used.send(&seen())?;
            used.upsert_user(&UpsertUserRequest::new("u"))?;
            used.delete_user("u")
        });
        for (place, outcome, _) in results {
            outcome.unwrap_or_else(|error| panic!("{place:?}: {error}"));
        }
        let ended = plain.stats();
        assert_eq!(ended.delivered(), PLACES.len() as u64);
    });
}

#[test]
fn another_thread_can_end_the_client_while_a_hook_runs() {
    watched(|| {
        // The hook does not wait for the thread.
        let results = in_every_hook(|client| {
            let client = client.clone();
            thread::spawn(move || client.blocking().and_then(|client| client.shutdown(LONG)))
        });
        for (place, thread, stats) in results {
            let ended = thread.join().expect("no panic").expect("not held");
            assert_eq!(ended.hook_panics(), 0, "{place:?}");
            assert_eq!(stats.pending(), 0, "{place:?}: {stats}");
        }
    });
}

#[test]
fn a_hook_can_drop_the_last_clone_of_its_client() {
    watched(|| {
        for place in PLACES {
            let server = Server::start().expect("a port");
            let last = Arc::<Mutex<Option<Client>>>::default();
            let (open, gate) = channel();
            let (used, gate) = (Arc::clone(&last), Arc::new(Mutex::new(gate)));
            let builder = place.builder(&server, move || {
                let _ = gate.lock().expect("no panic").recv();
                drop(used.lock().expect("no panic").take());
            });
            let client = builder.build().expect("a client");
            *last.lock().expect("no panic") = Some(client.clone());
            if place == Place::DropOnFullQueue || place == Place::BeforeSend {
                // The hook runs within the call, which has a clone itself.
                open.send(()).expect("a hook");
            }
            let receipt = client.receipts().track(&seen()).expect("room");
            if place == Place::DropOnFullQueue {
                client.track(&seen()).expect("the first one is dropped");
            }
            drop(client);
            let _ = open.send(());
            // It completes when the client has ended, at the latest.
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.expect("a runtime").block_on(receipt);
            assert!(last.lock().expect("no panic").is_none(), "{place:?}");
        }
    });
}

#[test]
fn a_panic_in_a_hook_is_counted_and_delivery_goes_on() {
    watched(|| {
        let results = in_every_hook(|_| ());
        assert!(
            results
                .iter()
                .all(|(_, (), stats)| stats.hook_panics() == 0)
        );
        for place in PLACES {
            let server = Server::start().expect("a port");
            let builder = place.builder(&server, || panic!("a bug in the application"));
            let client = builder.build().expect("a client");
            place.trigger(&client);
            let blocking = client.blocking().expect("a thread");
            blocking.flush().expect("not held");
            assert_eq!(client.stats().hook_panics(), 1, "{place:?}");
            server.clear_faults();
            if place != Place::BeforeSend {
                client.track(&seen()).expect("room");
                blocking.flush().expect("not held");
                let stats = blocking.shutdown(LONG).expect("not held");
                assert!(stats.delivered() >= 1 && stats.pending() == 0, "{stats}");
            }
        }
    });
}
