//! The embedded servers of this process, whose clients are those of tests.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

static PORTS: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// A server that runs on this port, until this is dropped.
#[derive(Debug)]
pub(crate) struct Embedded {
    port: u16,
}

impl Embedded {
    pub(crate) fn begin(port: u16) -> Self {
        ports().insert(port);
        Self { port }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        ports().remove(&self.port);
    }
}

pub(super) fn is_running(port: u16) -> bool {
    ports().contains(&port)
}

fn ports() -> MutexGuard<'static, BTreeSet<u16>> {
    PORTS.lock().unwrap_or_else(PoisonError::into_inner)
}
