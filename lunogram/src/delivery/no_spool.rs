//! What stands in the place of the spool where that feature is off: something of which there is none, so that whatever would be
//! done with it is compiled to nothing.

use super::intake::{NotTaken, What};
use super::queue::Queue;
use super::send::Sender;
use super::stats::OnDisk;
use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use tokio::task::JoinSet;

#[derive(Clone, Copy, Debug)]
pub(super) struct Place(Infallible);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked {
    Yes,
    No,
}

#[derive(Debug)]
pub(crate) struct Spool(Infallible);

impl Spool {
    pub(super) fn settle(&self, _: &[Place], _: Marked) {
        match self.0 {}
    }

    pub(super) fn leave(&self, _: &[Place]) -> Marked {
        match self.0 {}
    }

    pub(super) fn come_back(&self, _: &[Place]) -> io::Result<()> {
        match self.0 {}
    }

    pub(super) fn end(&self) -> u64 {
        match self.0 {}
    }

    pub(super) fn is_read_to(&self, _: u64) -> bool {
        match self.0 {}
    }

    pub(super) fn figures(&self) -> OnDisk {
        match self.0 {}
    }

    pub(super) fn close(&self) {
        match self.0 {}
    }

    pub(super) fn damage(&self) -> Vec<Vec<u8>> {
        match self.0 {}
    }
}

impl Queue {
    #[expect(clippy::unused_self, reason = "it is called like the one of the spool")]
    pub(super) fn push_spooled(&self, spool: &Spool, _: What, _: &[u8]) -> Result<(), NotTaken> {
        match spool.0 {}
    }
}

pub(super) fn spawn(_: &mut JoinSet<()>, _: &Arc<Sender>) {}
