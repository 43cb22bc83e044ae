//! Blocks a thread, inside or outside a runtime, until a future is ready.

use crate::clock::spawn_with;
use crate::process::ForkGuard;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

/// A thread that drives connections and timers for the threads that are blocked on them. It ends
/// when the last client is dropped.
pub(super) struct Driver(Option<Running>);

struct Running {
    runtime: Handle,
    /// The thread runs until this sender is dropped.
    _stop: oneshot::Sender<()>,
    guard: ForkGuard,
}

impl Driver {
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        spawn_with(runtime, "lunogram-blocking", move |runtime| {
            let _ = runtime.block_on(stopped);
        })?;
        Ok(Self(Some(Running {
            runtime: handle,
            _stop: stop,
            guard: ForkGuard::new(),
        })))
    }

    /// A driver without a thread, for a disabled client: its futures wait for neither connections
    /// nor timers.
    pub(super) fn idle() -> Self {
        Self(None)
    }

    /// Blocks this thread until `future` is ready. `Runtime::block_on` would panic if the thread
    /// belonged to another runtime.
    pub(super) fn wait<F: Future>(&self, future: F) -> F::Output {
        let _inside = self.0.as_ref().map(|running| running.runtime.enter());
        park_until(future)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let forked = self.0.take_if(|running| running.guard.is_forked());
        // Stopping would wake the thread of the parent, whose event queue is shared.
        std::mem::forget(forked);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Polls the future on this thread, which is parked between polls.
pub(crate) fn park_until<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}
