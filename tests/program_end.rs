//! A program that ends without `shutdown`: queued events are delivered, or their loss is reported.

use lunogram::queue::{DropReason, Fate, QueueOptions, SpoolOptions};
use lunogram::testing::{Clock, Server};
use lunogram::{Client, ClientBuilder, Event};
use lunogram_tests::process::again;
use lunogram_tests::raw::{Raw, Reply};
use lunogram_tests::spool::recovered;
use lunogram_tests::watched::watched;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

/// A time that no test waits for.
const HOUR: Duration = Duration::from_secs(3_600);

fn seen() -> Event {
    Event::new("seen").to("u")
}

fn track(client: &Client, count: usize) {
    for _ in 0..count {
        client.track(&seen()).expect("room");
    }
}

fn builder(url: &str, drain: Duration) -> ClientBuilder {
    let queue = QueueOptions::default().drain_on_drop(drain);
    Client::builder("sk_1").base_url(url).queue(queue)
}

/// A server that accepts all events, and is not known as an embedded one.
fn accepting() -> Raw {
    Raw::always(Reply::with(202, "", ""))
}

fn silent() -> Raw {
    Raw::always(Reply::Silence)
}

/// How many events a server has received.
fn received(server: &Raw) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .map(|request| request.matches("\"seen\"").count())
        .sum()
}

#[test]
fn dropping_the_last_clone_delivers_what_is_queued() {
    let server = accepting();
    let client = Client::builder("sk_1").base_url(server.url()).build();
    let client = client.expect("a client");
    track(&client, 1_000);
    drop(client.clone());
    client.track(&seen()).expect("a clone is left");
    drop(client);
    assert_eq!(received(&server), 1_001);
}

#[tokio::test]
async fn it_blocks_a_runtime_with_one_thread_until_the_events_are_delivered() {
    let server = accepting();
    let client = Client::builder("sk_1").base_url(server.url()).build();
    let client = client.expect("a client");
    track(&client, 10);
    drop(client);
    assert_eq!(received(&server), 10);
}

#[test]
fn each_lost_event_is_reported_before_the_drop_returns() {
    for drain in [Duration::ZERO, Duration::from_millis(10)] {
        let server = silent();
        let dropped = Arc::new(Mutex::new(0));
        let unknown = Arc::clone(&dropped);
        let count = Arc::clone(&dropped);
        let client = builder(server.url(), drain)
            .on_drop(move |dropped| {
                assert_eq!(dropped.reason(), DropReason::Shutdown);
                *count.lock().expect("no panic") += 1;
            })
            .on_unknown(move |_| *unknown.lock().expect("no panic") += 1)
            .build()
            .expect("a client");
        track(&client, 100);
        watched(move || drop(client));
        assert_eq!(*dropped.lock().expect("no panic"), 100);
    }
}

#[test]
fn the_bound_is_real_time_whatever_the_clock() {
    let (server, clock) = (silent(), Clock::new());
    let client = builder(server.url(), Duration::from_millis(10))
        .clock(&clock)
        .build();
    let client = client.expect("a client");
    track(&client, 3);
    watched(move || drop(client));
}

#[tokio::test]
async fn a_client_of_a_test_drops_its_events_at_once() {
    let (server, clock) = (Server::start().expect("a port"), Clock::new());
    let of_server = server.client();
    let built = Client::builder(server.key()).base_url(server.url()).build();
    let of_clock = Client::builder("sk_1")
        .base_url("http://127.0.0.1:1")
        .clock(&clock)
        .build();
    for client in [
        of_server,
        built.expect("a client"),
        of_clock.expect("a client"),
    ] {
        track(&client, 1);
        let receipt = client.receipts().track(&seen()).expect("room");
        drop(client);
        assert_eq!(receipt.await, Fate::Dropped(DropReason::Shutdown));
    }
}

#[test]
fn the_next_client_finds_the_spool_closed() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = silent();
    for drain in [Duration::ZERO, Duration::from_millis(10)] {
        let client = || builder(server.url(), drain).spool(folder.path()).build();
        let first = client().expect("a client");
        let before = recovered(&first).recovered();
        track(&first, 50);
        drop(first);
        let next = client().expect("the lock is free");
        assert_eq!(recovered(&next).recovered(), before + 50);
    }
}

#[test]
fn the_next_client_finds_the_spool_closed_also_if_nothing_was_pending() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = accepting();
    for _ in 0..5 {
        let spool = SpoolOptions::new(folder.path()).wait_for_lock(Duration::ZERO);
        let client = builder(server.url(), HOUR).spool(spool).build();
        let client = client.expect("the lock is free");
        track(&client, 1);
        let flushed = client.clone().blocking().expect("a thread").flush();
        flushed.expect("not suspended");
        drop(client);
    }
    let spool = SpoolOptions::new(folder.path()).wait_for_lock(Duration::ZERO);
    let client = builder(server.url(), HOUR).spool(spool.clone()).build();
    let client = client.expect("the lock is free");
    // Without a first event, there is no thread that closes the spool.
    drop(client.shutdown_guard(HOUR));
    let next = builder(server.url(), HOUR).spool(spool).build();
    let next = next.expect("the guard has closed the spool");
    assert_eq!(next.stats().pending(), 0);
}

#[test]
fn a_hook_does_not_wait_for_the_client_that_it_drops() {
    let server = silent();
    let inner = builder(server.url(), HOUR).build().expect("a client");
    track(&inner, 1);
    let held = Mutex::new(Some(inner));
    let outer = builder(server.url(), Duration::ZERO).on_drop(move |_| {
        drop(held.lock().expect("no panic").take());
    });
    let outer = outer.build().expect("a client");
    track(&outer, 1);
    watched(move || drop(outer));
}

#[test]
fn the_clients_of_one_server_wait_in_vain_only_once() {
    let server = silent();
    let client = builder(server.url(), Duration::from_secs(2))
        .build()
        .expect("a client");
    let projects: Vec<_> = (0..300)
        .map(|n| {
            client
                .for_project(format!("sk_{n}"), None)
                .expect("a client")
        })
        .collect();
    for project in &projects {
        track(project, 1);
    }
    // One after the other, they would wait for ten minutes.
    watched(move || drop((client, projects)));
}

/// Set for the process that runs a test again.
const AGAIN: &str = "LUNOGRAM_TEST_END_OF_PROGRAM";

fn is_again() -> bool {
    std::env::var_os(AGAIN).is_some()
}

/// The text that a test writes to standard error when it runs again.
fn told(test: &str) -> String {
    let mut this = again(&format!("program_end::{test}"));
    let output = this
        .arg("--nocapture")
        .env(AGAIN, "1")
        .output()
        .expect("a process");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).expect("text")
}

#[test]
fn a_loss_without_a_hook_is_one_line_on_standard_error() {
    let test = "a_loss_without_a_hook_is_one_line_on_standard_error";
    if !is_again() {
        let told = told(test);
        let lines: Vec<_> = told
            .lines()
            .filter(|line| line.contains("lunogram"))
            .collect();
        assert_eq!(lines.len(), 1, "{told}");
        assert!(lines[0].contains("of unknown outcome (3)"), "{told}");
        return;
    }
    let server = silent();
    let client = builder(server.url(), Duration::ZERO).build();
    let client = client.expect("a client");
    // One line is enough for a family of clients.
    let project = client.for_project("sk_2", None).expect("a client");
    track(&client, 3);
    track(&project, 4);
    drop(client);
    drop(project);
}

#[test]
fn a_loss_that_hooks_hear_of_and_a_test_write_nothing() {
    let test = "a_loss_that_hooks_hear_of_and_a_test_write_nothing";
    if !is_again() {
        let told = told(test);
        assert!(!told.contains("lunogram:"), "{told}");
        return;
    }
    let server = silent();
    let client = builder(server.url(), Duration::ZERO)
        .on_drop(|_| {})
        .on_unknown(|_| {});
    let client = client.build().expect("a client");
    track(&client, 3);
    drop(client);
    let embedded = Server::start().expect("a port");
    track(&embedded.client(), 3);
}

#[test]
fn a_guard_shuts_down_a_client_that_is_never_dropped() {
    static CLIENT: OnceLock<Client> = OnceLock::new();

    let server = accepting();
    let client = CLIENT.get_or_init(|| builder(server.url(), HOUR).build().expect("a client"));
    let stopped = thread::scope(|scope| {
        let program = scope.spawn(|| {
            let _guard = client.shutdown_guard(HOUR);
            track(client, 10);
            panic!("the program fails");
        });
        program.join()
    });
    assert!(stopped.is_err());
    assert_eq!(received(&server), 10);
    assert!(client.track(&seen()).is_err());
    assert!(client.stats().is_lossless());
}

#[test]
fn a_guard_covers_projects_and_returns_at_its_deadline() {
    let server = silent();
    let client = builder(server.url(), HOUR).build().expect("a client");
    let project = client.for_project("sk_2", None).expect("a client");
    track(&client, 2);
    track(&project, 3);
    let guard = client.shutdown_guard(Duration::from_millis(10));
    watched(move || drop(guard));
    for (client, count) in [(client, 2), (project, 3)] {
        let stats = client.stats();
        assert_eq!(
            (stats.pending(), stats.dropped() + stats.unknown()),
            (0, count),
            "{stats}"
        );
    }
}

#[tokio::test]
async fn a_guard_after_shutdown_does_nothing() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let guard = client.shutdown_guard(HOUR);
    track(&client, 2);
    let stats = client.shutdown(HOUR).await.expect("not suspended");
    drop(guard);
    assert_eq!(client.stats(), stats);
}

#[cfg(unix)]
#[test]
fn a_program_that_is_asked_to_end_shuts_down_first() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let test = "program_end::a_program_that_is_asked_to_end_shuts_down_first";
    if is_again() {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let server = accepting();
            let client = builder(server.url(), Duration::ZERO)
                .build()
                .expect("a client");
            let terminated = lunogram::signal::terminated().expect("in a runtime");
            track(&client, 5);
            println!("\nready");
            terminated.await;
            let stats = client.shutdown(HOUR).await.expect("not suspended");
            assert_eq!(stats.delivered(), 5);
        });
        return;
    }
    for signal in ["-TERM", "-INT"] {
        let mut program = again(test);
        program
            .arg("--nocapture")
            .env(AGAIN, "1")
            .stdout(Stdio::piped());
        let mut program = program.spawn().expect("a process");
        let output = BufReader::new(program.stdout.take().expect("piped"));
        let mut lines = output.lines().map(|line| line.expect("text"));
        assert!(lines.any(|line| line == "ready"));
        let pid = program.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status();
        assert!(killed.expect("a process").success());
        assert!(lines.any(|line| line.contains("1 passed")), "{signal}");
        assert!(program.wait().expect("a process").success(), "{signal}");
    }
}

#[test]
fn signals_need_a_runtime() {
    let error = lunogram::signal::terminated()
        .map(drop)
        .expect_err("no runtime");
    assert_eq!(error.kind(), lunogram::ErrorKind::Config);
    assert!(error.to_string().contains("tokio runtime"), "{error}");
}
