//! Calls that must not hang.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Longer than any test takes, even on a busy machine.
pub const TOO_LONG: Duration = Duration::from_secs(60);

/// The result of `run`, which is called on another thread.
///
/// # Panics
/// If it hangs or panics.
#[track_caller]
pub fn watched<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, ended) = channel();
    let thread = thread::spawn(move || {
        let result = run();
        let _ = sender.send(());
        result
    });
    match ended.recv_timeout(TOO_LONG) {
        Err(RecvTimeoutError::Timeout) => panic!("it hangs"),
        _ => thread.join().expect("no panic"),
    }
}
