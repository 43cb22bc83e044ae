//! Tracking from every runtime and from none, in destructors, and while the process ends: nothing hangs, nothing panics, and
//! what was flushed or shut down has arrived.
//!
//! Each scenario (`tests/support/scenario.rs`) is a process of its own, which a watchdog ends when it takes too long.

use lunogram::UpsertUserRequest;
use lunogram::testing::Server;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// What none of them takes, however busy the machine is.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Runs a scenario, after which so many events must have arrived, in order.
#[track_caller]
fn arrives(scenario: &str, events: u64) {
    let server = Server::start().expect("a port");
    let own = lunogram::blocking::Client::builder(server.key())
        .base_url(server.url())
        .build_blocking()
        .expect("a client");
    own.upsert_user(&UpsertUserRequest::new("u"))
        .expect("the server is there");

    let mut process = Command::new(env!("CARGO_BIN_EXE_lunogram-scenario"))
        .args([scenario, server.url(), server.key()])
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program is built");
    let mut stderr = process.stderr.take().expect("it was asked for");
    let (told, end) = channel();
    thread::spawn(move || {
        let mut said = String::new();
        // Until the process has ended, however it does.
        let _ = stderr.read_to_string(&mut said);
        let _ = told.send(said);
    });
    let Ok(said) = end.recv_timeout(TOO_LONG) else {
        process.kill().expect("it runs");
        panic!("{scenario} hangs");
    };
    let status = process.wait().expect("it was started");
    assert!(status.success(), "{scenario}: {status}: {said}");
    assert_eq!(said, "", "{scenario}");

    let arrived = server.all_events();
    let numbers = arrived.iter().filter_map(|event| event.data["n"].as_u64());
    assert!(numbers.eq(0..events), "{scenario}: {arrived:?}");
    assert!(server.lost().is_empty());
}

#[test]
fn a_current_thread_runtime() {
    arrives("current_thread", 3);
}

#[test]
fn a_runtime_of_one_worker() {
    arrives("one_worker", 3);
}

#[test]
fn a_runtime_of_many_workers() {
    arrives("many_workers", 3);
}

#[test]
fn no_runtime_at_all() {
    arrives("no_runtime", 2);
}

#[test]
fn a_runtime_that_ends_before_the_client() {
    arrives("runtime_gone", 3);
}

#[test]
fn flush_and_shutdown_that_nobody_waits_for() {
    arrives("cancelled", 2);
}

#[test]
fn a_blocking_client_inside_of_runtimes() {
    arrives("blocking", 5);
}

#[test]
fn a_destructor() {
    arrives("drop", 2);
}

#[test]
fn a_destructor_while_a_panic_unwinds() {
    arrives("unwinding", 2);
}

#[test]
fn a_destructor_of_a_thread_local() {
    arrives("thread_local", 4);
}

#[test]
fn the_first_event_in_a_destructor_of_a_thread_local() {
    arrives("first_in_thread_local", 1);
}

#[test]
fn the_end_of_main_with_events_queued() {
    // Who does not shut down loses what is queued.
    arrives("exit", 0);
    arrives("exit_with_static", 0);
    arrives("exit_with_thread_local", 0);
}

#[test]
fn the_end_of_main_after_a_shutdown() {
    arrives("exit_after_shutdown", 3);
    arrives("exit_with_static_after_shutdown", 3);
}

#[test]
fn an_exit_with_events_queued() {
    arrives("process_exit", 0);
    arrives("exit_inside_runtime", 0);
}
