//! A client in a process that forks. Each test runs alone in its own process.
#![cfg(unix)]

use lunogram::queue::{Fate, QueueOptions, Stats};
use lunogram::testing::Server;
use lunogram::{Client, ClientBuilder, Error, ErrorKind, Event, UpsertUserRequest};
use lunogram_tests::process::{again, assert_passes};
use lunogram_tests_fork::in_fork;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// Far beyond what a test takes.
const LONG: Duration = Duration::from_secs(60);

/// Set for the process of one test.
const ALONE: &str = "LUNOGRAM_TEST_FORKS";

/// Runs this test in another process, in which no other test runs. Returns whether this is it.
fn is_alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    // The output of a fork is not that of a test's thread.
    let mut process = again(test);
    assert_passes(process.arg("--nocapture").env(ALONE, "1"));
    false
}

/// A server that knows the user of the events.
fn server() -> Server {
    let server = Server::start().expect("a port");
    let user = UpsertUserRequest::new("user_123");
    run(server.client().upsert_user(&user)).expect("accepted");
    server
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder(server.key()).base_url(server.url())
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

/// Runs a call in a runtime of this process.
fn run<F: Future>(call: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(call)
}

fn event(name: &'static str) -> Event {
    Event::new(name).to("user_123")
}

/// How often each event has arrived.
fn arrived(server: &Server) -> BTreeMap<String, usize> {
    let mut arrived = BTreeMap::new();
    for event in server.all_events() {
        *arrived.entry(event.name.clone()).or_default() += 1;
    }
    arrived
}

fn once<const N: usize>(names: [&str; N]) -> BTreeMap<String, usize> {
    names.map(|name| (name.to_owned(), 1)).into()
}

/// Checks that the call has failed because of the fork.
#[track_caller]
fn assert_forked<T>(outcome: Result<T, Error>) {
    let Err(error) = outcome else {
        panic!("the call succeeded in a fork");
    };
    assert_eq!(error.kind(), ErrorKind::Forked, "{error}");
    assert!(!error.is_retryable() && !error.may_have_arrived());
    let text = error.to_string();
    assert!(text.contains("after the fork"), "{text}");
}

/// Checks each kind of call of a client that the parent uses.
fn assert_unusable(client: &Client) {
    let event = event("in_the_fork");
    let user = UpsertUserRequest::new("user_123");
    assert_forked(client.track(&event));
    assert_forked(client.identify(&user));
    assert_forked(client.receipts().track(&event));
    assert_forked(client.receipts().identify(&user));
    assert_forked(run(client.waiting().track(&event)));
    assert_forked(run(client.waiting().identify(&user)));
    assert_forked(run(client.waiting().receipts().track(&event)));
    assert_forked(run(client.waiting().receipts().identify(&user)));
    assert_forked(run(client.flush()));
    assert_forked(run(client.send(&event)));
    assert_forked(run(client.upsert_user(&user)));
    assert_forked(run(client.delete_user("user_123")));
    assert_forked(client.for_project("sk_2", None));
    assert_forked(client.blocking());
    assert_forked(run(client.shutdown(LONG)));
    assert_eq!(client.stats(), Stats::default());
}

#[test]
fn a_fork_gets_an_error_from_each_call_and_the_parent_delivers() {
    if !is_alone("a_fork_gets_an_error_from_each_call_and_the_parent_delivers") {
        return;
    }
    let server = server();
    let parent = process::id();
    let queue = QueueOptions::default().skip_identical(LONG);
    let client = builder(&server)
        .queue(queue)
        .on_drop(move |_| assert_eq!(process::id(), parent))
        .before_send(move |_| {
            assert_eq!(process::id(), parent);
            lunogram::hooks::Decision::Send
        })
        .build();
    let client = client.expect("a client");
    let project = client.for_project(server.key(), None).expect("a client");
    run(client.upsert_user(&UpsertUserRequest::new("user_123"))).expect("accepted");
    client.track(&event("before")).expect("there is room");
    let mut both = Some((client, project));
    in_fork(|| {
        let (client, project) = both.take().expect("not taken");
        assert_unusable(&client);
        assert_unusable(&project);
        drop((client, project));
    });
    let (client, _project) = both.expect("only the child has taken it");
    client.track(&event("after")).expect("there is room");
    run(client.send(&event("sent"))).expect("the connection is intact");
    let stats = run(client.shutdown(LONG)).expect("it ends");
    assert!(stats.is_lossless() && stats.delivered() == 2, "{stats}");
    assert_eq!(arrived(&server), once(["after", "before", "sent"]));
}

#[test]
fn a_fork_can_make_a_client() {
    if !is_alone("a_fork_can_make_a_client") {
        return;
    }
    let server = server();
    let parent = client(&server);
    parent.track(&event("parent")).expect("there is room");
    in_fork(|| {
        let own = client(&server);
        own.track(&event("child")).expect("there is room");
        run(own.send(&event("sent"))).expect("a connection");
        let stats = run(own.shutdown(LONG)).expect("it ends");
        assert_eq!(stats.delivered(), 1);
    });
    run(parent.flush()).expect("delivered");
    assert_eq!(arrived(&server), once(["child", "parent", "sent"]));
}

#[test]
fn a_client_that_is_not_in_use_works_on_both_sides_of_a_fork() {
    if !is_alone("a_client_that_is_not_in_use_works_on_both_sides_of_a_fork") {
        return;
    }
    let server = server();
    let client = client(&server);
    assert_eq!(client.clone().stats(), Stats::default());
    in_fork(|| {
        client.track(&event("child")).expect("there is room");
        in_fork(|| assert_unusable(&client));
        let blocking = client.blocking().expect("a thread");
        blocking.send(&event("sent")).expect("a connection");
        let stats = blocking.shutdown(LONG).expect("it ends");
        assert_eq!(stats.delivered(), 1);
    });
    client.track(&event("parent")).expect("there is room");
    in_fork(|| assert_unusable(&client));
    let stats = run(client.shutdown(LONG)).expect("it ends");
    assert_eq!(stats.delivered(), 1);
    assert_eq!(arrived(&server), once(["child", "parent", "sent"]));
}

#[test]
fn a_blocking_client_belongs_to_the_process_of_its_thread() {
    if !is_alone("a_blocking_client_belongs_to_the_process_of_its_thread") {
        return;
    }
    let server = server();
    let client = client(&server).blocking().expect("a thread");
    let mut client = Some(client);
    in_fork(|| {
        let client = client.take().expect("not taken");
        assert_forked(client.track(&event("in_the_fork")));
        assert_forked(client.send(&event("in_the_fork")));
        assert_forked(client.upsert_user(&UpsertUserRequest::new("user_123")));
        assert_forked(client.flush());
        assert_forked(client.shutdown(LONG));
        drop(client);
    });
    let client = client.expect("only the child has taken it");
    client.send(&event("parent")).expect("a connection");
    assert_eq!(arrived(&server), once(["parent"]));
}

#[test]
fn a_receipt_reports_the_outcome_only_to_the_parent() {
    if !is_alone("a_receipt_reports_the_outcome_only_to_the_parent") {
        return;
    }
    let server = server();
    let client = client(&server).blocking().expect("a thread");
    let receipts = client.receipts();
    let mut known = receipts.track(&event("known")).expect("there is room");
    assert_eq!(known.wait_for(LONG), Some(Fate::Delivered));
    let mut both = Some((
        known,
        receipts.track(&event("pending")).expect("there is room"),
    ));
    in_fork(|| {
        let (known, mut pending) = both.take().expect("not taken");
        assert_eq!(known.wait(), Fate::Delivered);
        assert_eq!(pending.wait_for(LONG), Some(Fate::Forked));
        assert_eq!(pending.wait(), Fate::Forked);
    });
    let (_, pending) = both.expect("only the child has taken it");
    client.flush().expect("delivered");
    assert_eq!(pending.wait(), Fate::Delivered);
}

#[test]
fn a_disabled_client_works_in_a_fork() {
    if !is_alone("a_disabled_client_works_in_a_fork") {
        return;
    }
    let client = Client::disabled();
    client.track(&event("parent")).expect("valid");
    in_fork(|| {
        client.track(&event("child")).expect("valid");
        run(client.send(&event("child"))).expect("valid");
        run(client.flush()).expect("nothing is queued");
    });
}

/// Options with which events stay in the queue.
fn unsent() -> QueueOptions {
    QueueOptions::default()
        .batch_age(LONG * 60)
        .event_deadline(LONG * 120)
}

/// The files in a folder.
fn content(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let files = fs::read_dir(folder).expect("a folder");
    let paths = files.map(|file| file.expect("a file").path());
    paths
        .map(|path| (path.clone(), fs::read(path).expect("readable")))
        .collect()
}

#[test]
fn a_fork_leaves_the_spool_to_the_parent() {
    if !is_alone("a_fork_leaves_the_spool_to_the_parent") {
        return;
    }
    let server = server();
    let folder = tempfile::tempdir().expect("a folder");
    let spool = || lunogram::queue::SpoolOptions::new(folder.path()).wait_for_lock(Duration::ZERO);
    let open = |queue| builder(&server).queue(queue).spool(spool()).build();
    let mut client = Some(open(unsent()).expect("a client"));
    for tracked in [false, true] {
        if tracked {
            let client = client.as_ref().expect("a client");
            client.track(&event("before")).expect("there is room");
        }
        let before = content(folder.path());
        in_fork(|| {
            let client = client.take().expect("not taken");
            assert_unusable(&client);
            drop(client);
            // A fork of the fork, too.
            in_fork(|| {
                let error = open(unsent()).expect_err("the parent has locked it");
                assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            });
        });
        assert_eq!(content(folder.path()), before);
        let error = open(unsent()).expect_err("the lock still holds");
        assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
    }
    let client = client.expect("only the children have taken it");
    client.track(&event("after")).expect("there is room");
    let stats = run(client.shutdown(Duration::ZERO)).expect("it ends");
    assert_eq!(stats.spooled(), 2, "{stats}");
    let next = open(QueueOptions::default()).expect("the folder is free");
    run(next.flush()).expect("delivered");
    assert_eq!(next.stats().recovered(), 2);
    assert_eq!(arrived(&server), once(["after", "before"]));
}

/// Ends the threads that wait for this sign.
struct End<'e>(&'e AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_fork_takes_no_lock_that_a_thread_of_the_parent_holds() {
    if !is_alone("a_fork_takes_no_lock_that_a_thread_of_the_parent_holds") {
        return;
    }
    let server = server();
    let client = client(&server);
    let (ended, tracked) = (AtomicBool::new(false), AtomicU64::new(0));
    client.track(&event("seen")).expect("there is room");
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !ended.load(Ordering::Relaxed) {
                    let _ = client.track(&event("seen"));
                    let _ = client.identify(&UpsertUserRequest::new("user_123"));
                    let _ = client.stats();
                    tracked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // Also ends them if a fork fails.
        let _end = End(&ended);
        for round in 1..=50 {
            while tracked.load(Ordering::Relaxed) < round * 10 {
                thread::yield_now();
            }
            in_fork(|| assert_unusable(&client));
        }
    });
}
