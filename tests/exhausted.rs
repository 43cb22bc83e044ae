//! A process without free file descriptors.

use lunogram::testing::Server;
use lunogram::{Client, ErrorKind, Event};
use lunogram_tests::process::{again, assert_passes};
use std::fs::File;
use std::process::Command;

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
