//! Whether requests can be sent from the current thread: sockets and timers need tokio's runtime.

use crate::error::Error;
use tokio::runtime::Handle;

/// # Errors
/// [`Config`](crate::ErrorKind::Config) outside of a runtime, where a timer would panic.
pub(super) fn check() -> Result<(), Error> {
    match Handle::try_current() {
        Ok(_) => Ok(()),
        Err(_) => Err(no_runtime()),
    }
}

#[cold]
fn no_runtime() -> Error {
    Error::config(
        "there is no tokio runtime on this thread, so nothing was sent; await the call in one, such as the runtime of `#[tokio::main]`, or use the blocking client (`Client::blocking`)",
    )
}
