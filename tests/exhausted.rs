//! A process without free file descriptors or threads.

use lunogram::testing::{Fault, Server};
use lunogram::{Client, ErrorKind, Event};
use lunogram_tests::process::{again, assert_passes, preloaded};
use lunogram_tests::watched::watched;
use std::fs::File;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::time::Duration;
use tokio::runtime::Builder;

/// Set for the process with few file descriptors.
const FEW: &str = "LUNOGRAM_TEST_FEW_FILES";

#[cfg(unix)]
#[tokio::test]
async fn a_client_whose_thread_could_not_start_delivers_after_the_next_call() {
    if std::env::var_os(FEW).is_none() {
        let test = "exhausted::a_client_whose_thread_could_not_start_delivers_after_the_next_call";
        let this = again(test);
        let mut child = Command::new("sh");
        child
            .args(["-c", "ulimit -n 128 && exec \"$0\" \"$@\""])
            .arg(this.get_program())
            .args(this.get_args())
            .env(FEW, "1");
        assert_passes(&mut child);
        return;
    }
    let server = Server::start().expect("a port");
    let client = Client::builder(server.key()).base_url(server.url()).build();
    let client = client.expect("a client");
    let event = Event::new("seen").to("u");
    let files: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    for _ in 0..2 {
        let error = client.track(&event).expect_err("no file descriptor");
        assert_eq!(error.kind(), ErrorKind::NoThread, "{error}");
        assert!(error.is_retryable() && !error.may_have_arrived());
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(client.stats().accepted(), 0);
    client.flush().await.expect("nothing is queued");
    drop(files);
    client.track(&event).expect("room");
    client.flush().await.expect("not held");
    assert_eq!(client.stats().delivered(), 1);
    assert_eq!(server.lost().len(), 1);
}

/// Set for the process that cannot start a thread.
const NO_THREAD: &str = "LUNOGRAM_TEST_NO_THREAD";

#[cfg(unix)]
#[tokio::test]
async fn a_client_without_a_thread_says_so_inside_a_runtime() {
    if std::env::var_os(NO_THREAD).is_none() {
        let mut child = again("exhausted::a_client_without_a_thread_says_so_inside_a_runtime");
        child
            .arg("--test-threads=1")
            .env(NO_THREAD, "1")
            // No thread of the standard library has room for this stack.
            .env("RUST_MIN_STACK", (1_u64 << 46).to_string());
        assert_passes(&mut child);
        return;
    }
    let client = Client::builder("sk_1").build().expect("a client");
    for _ in 0..2 {
        let error = client.track(&Event::new("seen").to("u"));
        let error = error.expect_err("no thread");
        assert_eq!(error.kind(), ErrorKind::NoThread, "{error}");
        let error = client.blocking().expect_err("no thread");
        assert_eq!(error.kind(), ErrorKind::NoThread, "{error}");
    }
}

/// The file with which no more threads start; set for the process in which it does that.
const NO_MORE: &str = "LUNOGRAM_TEST_NO_MORE_THREADS";

#[cfg(target_os = "linux")]
const LIBRARY: &str = r#"#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *with) {
    int (*next)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) =
        dlsym(RTLD_NEXT, "pthread_create");
    if (access(getenv("LUNOGRAM_TEST_NO_MORE_THREADS"), F_OK) == 0) return EAGAIN;
    return next(thread, how, run, with);
}
"#;

#[cfg(target_os = "linux")]
#[test]
fn shutdown_returns_at_its_deadline_although_no_thread_can_start() {
    let Some(no_more) = std::env::var_os(NO_MORE) else {
        let folder = tempfile::tempdir().expect("a folder");
        let test = "exhausted::shutdown_returns_at_its_deadline_although_no_thread_can_start";
        let mut child = again(test);
        child
            .env("LD_PRELOAD", preloaded(folder.path(), LIBRARY))
            .env(NO_MORE, folder.path().join("no_more"));
        assert_passes(&mut child);
        return;
    };
    let server = Server::start().expect("a port");
    let clients: Vec<_> = (0..2)
        .map(|_| {
            let (held_up, is_held_up) = channel();
            let (go_on, goes_on) = channel::<()>();
            let goes_on = Mutex::new(goes_on);
            let client = Client::builder(server.key())
                .base_url(server.url())
                .on_drop(move |_| {
                    let _ = held_up.send(());
                    // Until the test ends.
                    let _ = goes_on.lock().expect("no panic").recv();
                })
                .build()
                .expect("a client");
            server.inject(Fault::status(400));
            client.track(&Event::new("seen").to("u")).expect("room");
            is_held_up.recv().expect("the hook runs");
            (client, go_on)
        })
        .collect();
    watched(move || {
        File::create(no_more).expect("a writable folder");
        let error = std::thread::Builder::new().spawn(|| ());
        assert!(error.is_err(), "the library is not used");
        let with_timers = Builder::new_current_thread().enable_all().build();
        let without_timers = Builder::new_current_thread().build();
        for (runtime, (client, _)) in [with_timers, without_timers].into_iter().zip(&clients) {
            let ended = client.shutdown(Duration::from_millis(10));
            let ended = runtime.expect("a runtime").block_on(ended);
            let stats = ended.expect("not suspended");
            assert_eq!((stats.accepted(), stats.pending()), (1, 1), "{stats}");
        }
    });
}
