//! A thread with its runtime.

use std::io;
use std::thread;
use tokio::runtime::Runtime;

/// Starts a thread with this name that runs `run` with the runtime.
///
/// # Errors
/// If the operating system has no thread.
pub(crate) fn spawn_with(
    runtime: Runtime,
    name: &str,
    run: impl FnOnce(Runtime) + Send + 'static,
) -> io::Result<()> {
    let mut owned = Owned(Some(runtime));
    let body = move || {
        if let Some(runtime) = owned.0.take() {
            run(runtime);
        }
    };
    thread::Builder::new().name(name.to_owned()).spawn(body)?;
    Ok(())
}

/// Without a thread, the runtime is dropped by the caller, perhaps inside another runtime, where
/// its own destructor would panic.
struct Owned(Option<Runtime>);

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
