//! Forks the process of a test.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The seconds after which a fork ends that waits for a lock or a thread that it does not have.
const HUNG: u32 = 60;

/// Runs `child` in a fork of this process, and waits until it ends.
///
/// # Panics
/// If the code panics there or does not end, or if there can be no further process.
pub fn in_fork(child: impl FnOnce()) {
    // SAFETY: the child uses only what the C library keeps usable after a fork, such as the
    // allocator, and the client, which must not depend on the threads that are missing.
    let process = unsafe { libc::fork() };
    match process {
        -1 => panic!("no further process: {}", io::Error::last_os_error()),
        0 => run(child),
        process => {
            let mut status = 0;
            // SAFETY: the status is written to a variable of this function.
            let ended = unsafe { libc::waitpid(process, &raw mut status, 0) };
            assert_eq!(ended, process, "{}", io::Error::last_os_error());
            assert!(!libc::WIFSIGNALED(status), "the child hung, or crashed");
            assert_eq!(libc::WEXITSTATUS(status), 0, "the child has failed");
        }
    }
}

fn run(child: impl FnOnce()) -> ! {
    // SAFETY: it takes a number, and its signal has no handler, so it ends this process.
    unsafe { libc::alarm(HUNG) };
    let outcome = catch_unwind(AssertUnwindSafe(child));
    if let Err(why) = &outcome {
        println!("in the fork: {}", text(&**why));
    }
    // SAFETY: nothing of the parent may be ended by a destructor or a handler of `exit`.
    unsafe { libc::_exit(i32::from(outcome.is_err())) }
}

fn text(panic: &dyn Any) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    let text = owned.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic")
}
