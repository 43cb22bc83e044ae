//! Whether the current thread is inside of one of the application's hooks.
//!
//! A client that is used by a hook may call a hook again, of the same client or of another, which
//! may use a client again, until the stack overflows. So clients with a hook refuse it.

use crate::error::{Error, ErrorKind};
use crate::wire::Outcome;
use std::cell::Cell;

thread_local! {
    static INSIDE: Cell<Option<Hook>> = const { Cell::new(None) };
    static DELIVERS: Cell<bool> = const { Cell::new(false) };
}

/// Marks this thread as one that delivers queues.
pub(super) fn enter_delivery_thread() {
    DELIVERS.set(true);
}

/// Whether this thread may wait for deliveries: it is not inside of a hook or of a log subscriber,
/// and does not deliver itself.
pub(super) fn may_wait() -> bool {
    current().is_none()
        && !DELIVERS.try_with(Cell::get).unwrap_or(true)
        && !crate::trace::is_emitting()
}

/// A hook of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    BeforeSend,
    OnDrop,
    OnUnknown,
}

/// Marks this thread as inside of a hook until it is dropped, also by a panic.
pub(super) struct Inside {
    /// The hook that this one interrupts: one that builds a client may find a damaged spool.
    outer: Option<Hook>,
}

impl Inside {
    pub(super) fn enter(hook: Hook) -> Self {
        // The thread-local is gone while the thread ends, and the hook runs unmarked.
        let outer = INSIDE.try_with(|inside| inside.replace(Some(hook)));
        Self {
            outer: outer.unwrap_or_default(),
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // Without the thread-local, there is no mark to remove.
        let _ = INSIDE.try_with(|inside| inside.set(self.outer));
    }
}

/// For a client with a hook, before it does anything that may call one.
///
/// # Errors
/// [`ErrorKind::Feedback`] inside of a hook.
pub(super) fn check_outside() -> Result<(), Error> {
    match current() {
        None => Ok(()),
        Some(hook) => Err(feedback(hook, "it could be called again without end")),
    }
}

/// For any client, before it waits for deliveries. The thread that delivers them may be the one
/// that logs.
///
/// # Errors
/// [`ErrorKind::Feedback`] inside of a log subscriber.
pub(super) fn check_not_logging() -> Result<(), Error> {
    if crate::trace::is_emitting() {
        Err(Error::new(
            ErrorKind::Feedback,
            Outcome::Unsent,
            "called by a subscriber while it handles a log event of this crate: the call would wait for a delivery that waits for the subscriber; exclude the target `lunogram` in that subscriber, or use another thread for which it does not wait",
        ))
    } else {
        Ok(())
    }
}

/// For a client with a hook, before it waits for deliveries. The thread that delivers them may be
/// the one that runs the hook.
///
/// # Errors
/// [`ErrorKind::Feedback`] inside of a hook.
pub(super) fn check_may_wait() -> Result<(), Error> {
    match current() {
        None => Ok(()),
        Some(hook) => Err(feedback(
            hook,
            "the call would wait for a delivery that waits for the hook",
        )),
    }
}

fn current() -> Option<Hook> {
    INSIDE.try_with(Cell::get).unwrap_or_default()
}

#[cold]
fn feedback(hook: Hook, why: &str) -> Error {
    let hook = match hook {
        Hook::BeforeSend => "before_send",
        Hook::OnDrop => "on_drop",
        Hook::OnUnknown => "on_unknown",
    };
    let message = format!(
        "called by the hook `{hook}`, which a client with hooks refuses: {why}; use a client without hooks, or another thread for which the hook does not wait"
    );
    Error::new(ErrorKind::Feedback, Outcome::Unsent, message)
}
