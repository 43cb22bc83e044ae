//! Tracking in every kind of runtime and without one, in destructors, and while the process ends.
//! Nothing hangs, nothing panics, and flushed events have arrived.
//!
//! Each scenario (`tests/support/scenario.rs`) runs in a separate process, which a watchdog kills
//! if it takes too long.

use lunogram::UpsertUserRequest;
use lunogram::testing::Server;
#[cfg(target_os = "linux")]
use lunogram_tests::process::preloaded;
use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

/// Longer than any scenario takes, even on a busy machine.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Runs a scenario, and asserts that this many events have arrived, in order.
#[track_caller]
fn assert_arrived(scenario: &str, events: u64) {
    assert_arrived_with(scenario, events, |_| ());
}

/// The same with changes to the process, such as variables of its environment.
#[track_caller]
fn assert_arrived_with(scenario: &str, events: u64, change: impl FnOnce(&mut Command)) {
    let server = Server::start().expect("a port");
    let own = lunogram::Client::builder(server.key())
        .base_url(server.url())
        .build()
        .and_then(|client| client.blocking())
        .expect("a client");
    own.upsert_user(&UpsertUserRequest::new("u"))
        .expect("no faults");

    let mut command = Command::new(env!("CARGO_BIN_EXE_lunogram-scenario"));
    command
        .args([scenario, server.url(), server.key()])
        .stderr(Stdio::piped());
    change(&mut command);
    let mut process = command.spawn().expect("the program starts");
    let mut stderr = process.stderr.take().expect("a pipe");
    let (sender, end) = channel();
    thread::spawn(move || {
        let mut output = String::new();
        // Ends when the process has ended.
        let _ = stderr.read_to_string(&mut output);
        let _ = sender.send(output);
    });
    let Ok(output) = end.recv_timeout(TOO_LONG) else {
        process.kill().expect("a running process");
        panic!("{scenario} hangs");
    };
    let status = process.wait().expect("a child process");
    assert!(status.success(), "{scenario}: {status}: {output}");
    assert_eq!(output, "", "{scenario}");

    let arrived = server.all_events();
    let numbers = arrived.iter().filter_map(|event| event.data["n"].as_u64());
    assert!(numbers.eq(0..events), "{scenario}: {arrived:?}");
    assert!(server.lost().is_empty());
}

#[test]
fn a_current_thread_runtime() {
    assert_arrived("current_thread", 3);
}

#[test]
fn a_runtime_of_one_worker() {
    assert_arrived("one_worker", 3);
}

#[test]
fn a_runtime_of_many_workers() {
    assert_arrived("many_workers", 3);
}

#[test]
fn no_runtime_at_all() {
    assert_arrived("no_runtime", 2);
}

#[test]
fn a_runtime_that_ends_before_the_client() {
    assert_arrived("runtime_gone", 3);
}

#[test]
fn cancelled_flush_and_shutdown() {
    assert_arrived("cancelled", 2);
}

#[test]
fn a_blocking_client_inside_of_runtimes() {
    assert_arrived("blocking", 5);
}

#[test]
fn a_destructor() {
    assert_arrived("drop", 2);
}

#[test]
fn a_destructor_while_a_panic_unwinds() {
    assert_arrived("unwinding", 2);
}

#[test]
fn a_destructor_of_a_thread_local() {
    assert_arrived("thread_local", 4);
}

#[test]
fn the_first_event_in_a_destructor_of_a_thread_local() {
    assert_arrived("first_in_thread_local", 1);
}

#[test]
fn the_end_of_main_with_events_queued() {
    // Without a shutdown, the drop of the last clone delivers, and a static is never dropped.
    assert_arrived("exit", 3);
    assert_arrived("exit_with_static", 0);
    assert_arrived("exit_with_thread_local", 1);
}

#[test]
fn the_end_of_main_after_a_shutdown() {
    assert_arrived("exit_after_shutdown", 3);
    assert_arrived("exit_with_static_after_shutdown", 3);
}

#[test]
fn an_exit_with_events_queued() {
    assert_arrived("process_exit", 0);
    assert_arrived("exit_inside_runtime", 0);
}

/// A library, loaded before the C library, makes each sync of a file wait forever.
#[cfg(target_os = "linux")]
#[test]
fn a_shutdown_with_a_disk_that_is_stuck() {
    const LIBRARY: &str = "#include <unistd.h>
int fsync(int file) { for (;;) pause(); }
int fdatasync(int file) { for (;;) pause(); }
";
    let folder = tempfile::tempdir().expect("a folder");
    let library = preloaded(folder.path(), LIBRARY);
    assert_arrived_with("stuck_disk", 0, |command| {
        command
            .env("LUNOGRAM_SCENARIO_SPOOL", folder.path().join("spool"))
            .env("LD_PRELOAD", &library);
    });
}
